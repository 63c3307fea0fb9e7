//! The tables as sea-orm sees them.

pub(super) mod address_limits;
pub(super) mod audit_events;
pub(super) mod email_tokens;
pub(super) mod known_devices;
pub(super) mod login_throttles;
pub(super) mod mail_outbox;
pub(super) mod sessions;
pub(super) mod users;
