//! Mail: what the service sends to people, and what becomes of it.

use std::fmt;
use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Device, Email, EmailTokenId, MailId, UserId};

/// Lists the words of a closed list beside what they mean, so that none is without.
macro_rules! words {
    ($(#[$doc:meta])* $list:ident { $($(#[$meaning:meta])* $variant:ident => $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $list {
            $($(#[$meaning])* $variant,)+
        }

        impl $list {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name, for programs.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// The one of this name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.name() == name)
            }
        }
    };
}

words! {
    /// What a mail is about.
    MailKind {
        /// A link shows that the address is the person's own.
        VerifyEmail => "verify_email",
        /// A link sets a new password.
        PasswordReset => "password_reset",
        /// A link sets the first password of an account that an administrator made.
        Invitation => "invitation",
        /// Somebody wanted to register with an address that has an account; a link sets a new password.
        AlreadyRegistered => "already_registered",
        /// The password was changed.
        PasswordChanged => "password_changed",
        /// Somebody logged in with a device that the account did not know.
        NewDeviceLogin => "new_device_login",
        /// The account has another address now; told to the one before, perhaps with a link back.
        EmailChanged => "email_changed",
    }
}

words! {
    /// What becomes of a mail.
    MailState {
        /// It is to be sent, now or later.
        Pending => "pending",
        /// Somebody is sending it.
        Sending => "sending",
        /// The mail server, or the folder, has it.
        Sent => "sent",
        /// It was given up: it was refused for good, or could not be sent for too long.
        Failed => "failed",
        /// It was not sent, because the link in it was no longer good.
        Cancelled => "cancelled",
    }
}

impl MailState {
    /// Whether something is still to happen.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Sending)
    }
}

/// A mail as it is kept: what it is to say, and not its text. Nothing in it opens an account: the token of a
/// link can only be made with the secret.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Identifies the mail, and orders it by time.
    pub id: MailId,
    /// What it is about.
    pub kind: MailKind,
    /// Whom it goes to.
    pub to: Email,
    /// The token in its link, where it has one. What anybody may ask for has none until it is known whether
    /// there is an account.
    pub token_id: Option<EmailTokenId>,
    /// The language that it is written in.
    pub language: String,
    /// What else it tells.
    pub details: MailDetails,
    /// What becomes of it.
    pub state: MailState,
    /// How often it was tried to send it.
    pub attempts: u32,
    /// When to try, while it is [`MailState::Pending`]; while it is [`MailState::Sending`], from when on
    /// whoever does is taken for gone.
    pub next_attempt_at: DateTime<Utc>,
    /// From when on it is given up.
    pub expires_at: DateTime<Utc>,
    /// Why it was not sent the last time, in words of the mail server.
    pub last_error: Option<String>,
}

/// What a mail tells besides its kind. Only what there is is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailDetails {
    /// The address that the request came from which the mail is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<IpAddr>,
    /// What the request was made with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// Which request it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// An account that is to be made, if nobody has the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration: Option<PendingRegistration>,
}

impl MailDetails {
    /// The device of the request.
    #[must_use]
    pub fn device(&self) -> Device {
        Device {
            ip: self.ip,
            user_agent: self.user_agent.clone(),
        }
    }
}

/// An account that is to be made, if nobody has the address. Whoever asked was not told which.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingRegistration {
    /// The id that was told.
    pub user_id: UserId,
    /// The hash of the password, as a PHC string.
    pub password_hash: String,
}

impl fmt::Debug for PendingRegistration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingRegistration")
            .field("user_id", &self.user_id)
            .finish_non_exhaustive()
    }
}

/// How long a mail waits of which it is not known yet whether there is an account that it is for: half a second to
/// two and a half. What has to be done if there is one would else slow down whatever is asked for next, which can
/// be measured.
#[must_use]
pub fn request_delay(id: MailId) -> TimeDelta {
    TimeDelta::milliseconds(500 + 2000 * random(id, 0) / 0x400)
}

/// A number from 0 to 1023 that an id leads to. The lower half of an id is random, and another part of it is as
/// good as another number.
fn random(id: MailId, number: u32) -> i64 {
    let part = (id.0.as_u128() >> (number % 40)) & 0x3ff;
    i64::try_from(part).unwrap_or(0)
}

/// How long to wait before a mail is tried again: 30 seconds after the first time, then twice as long each
/// time, up to an hour, and up to a fifth more, so that what failed together does not come back together.
#[must_use]
pub fn retry_delay(id: MailId, attempts: u32) -> TimeDelta {
    const FIRST: i64 = 30_000;
    const MOST: i64 = 3_600_000;
    let doublings = attempts.saturating_sub(1).min(16);
    let delay = (FIRST << doublings).min(MOST);
    let jitter = delay / 5 * random(id, attempts) / 0x400;
    TimeDelta::milliseconds(delay + jitter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_by_its_own_name() {
        for kind in MailKind::ALL {
            assert_eq!(MailKind::named(kind.name()), Some(*kind));
        }
        for state in MailState::ALL {
            assert_eq!(MailState::named(state.name()), Some(*state));
        }
        assert_eq!(MailKind::named("newsletter"), None);
    }

    #[test]
    fn what_was_asked_for_waits_for_seconds_that_nobody_can_tell() {
        let ids = (0..100).map(|_| MailId::generate(DateTime::UNIX_EPOCH));
        let delays: std::collections::BTreeSet<i64> =
            ids.map(|id| request_delay(id).num_milliseconds()).collect();
        assert!(delays.iter().all(|delay| (500..2500).contains(delay)));
        assert!(delays.len() > 50, "{delays:?}");
    }

    #[test]
    fn waits_grow_up_to_an_hour_and_differ() {
        let ids: Vec<MailId> = (0..20)
            .map(|_| MailId::generate(DateTime::UNIX_EPOCH))
            .collect();
        for (attempts, seconds) in [
            (1, 30),
            (2, 60),
            (3, 120),
            (7, 1920),
            (8, 3600),
            (500, 3600),
        ] {
            let least = TimeDelta::seconds(seconds);
            let delays: std::collections::BTreeSet<_> =
                ids.iter().map(|id| retry_delay(*id, attempts)).collect();
            assert!(delays.iter().all(|delay| *delay >= least), "{delays:?}");
            let most = least + least / 5;
            assert!(delays.iter().all(|delay| *delay <= most), "{delays:?}");
            assert!(delays.len() > 10, "{delays:?}");
        }
    }
}
