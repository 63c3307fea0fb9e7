//! Knowing the devices that people log in with, so that they are told of others.

use aws_lc_rs::digest;
use chrono::{DateTime, Utc};

use super::outbox::Outbox;
use crate::model::{Device, MailKind, User, UserId};
use crate::store::{Change, StoreError};

/// Notes a login with a device, and tells its owner if the account knows others, but not this one. Whether
/// somebody was told.
pub(super) async fn note(
    change: &Change,
    outbox: &Outbox,
    user: &User,
    device: &Device,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let fingerprint = fingerprint(user.id, device);
    if change.note_device(user.id, fingerprint, at).await? {
        outbox.tell(change, user, MailKind::NewDeviceLogin).await
    } else {
        Ok(false)
    }
}

/// What a device is known by: what it says of itself, without the versions that change with every update.
/// Not its address, which changes with every journey.
fn fingerprint(user_id: UserId, device: &Device) -> [u8; digest::SHA256_OUTPUT_LEN] {
    let is_version = |c: char| c.is_ascii_digit() || matches!(c, '.' | '_');
    let name: String = device
        .user_agent
        .iter()
        .flat_map(|text| text.chars())
        .filter(|c| !is_version(*c))
        .collect();
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(user_id.0.as_bytes());
    context.update(name.as_bytes());
    let mut bytes = [0; digest::SHA256_OUTPUT_LEN];
    bytes.copy_from_slice(context.finish().as_ref());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Clock;

    #[test]
    fn a_device_is_known_after_an_update_and_a_journey_but_not_to_others() {
        let now = Clock::default().now();
        let (ada, bob) = (UserId::generate(now), UserId::generate(now));
        let device = |ip: &str, text: &str| Device::new(ip.parse().ok(), Some(text));
        let old = device("192.0.2.1", "Mozilla/5.0 (X11; Linux x86_64) Firefox/120.0");
        let new = device(
            "2001:db8::1",
            "Mozilla/5.0 (X11; Linux x86_64) Firefox/131.0.2",
        );
        let other = device("192.0.2.1", "Mozilla/5.0 (Windows NT 10.0) Firefox/120.0");
        assert_eq!(fingerprint(ada, &old), fingerprint(ada, &new));
        assert_ne!(fingerprint(ada, &old), fingerprint(ada, &other));
        assert_ne!(fingerprint(ada, &old), fingerprint(bob, &old));
        assert_ne!(fingerprint(ada, &old), fingerprint(ada, &Device::default()));
    }
}
