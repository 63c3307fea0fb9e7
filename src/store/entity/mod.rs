//! The tables as sea-orm sees them.

pub(super) mod sessions;
pub(super) mod users;
