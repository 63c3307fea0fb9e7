//! Identifiers: UUID version 7 (RFC 9562), so that newer rows sort after older ones.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::{NoContext, Timestamp, Uuid};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new identifier, ordered by `now`.
            #[must_use]
            pub fn generate(now: DateTime<Utc>) -> Self {
                let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
                Self(Uuid::new_v7(Timestamp::from_unix(
                    NoContext,
                    seconds,
                    now.timestamp_subsec_nanos(),
                )))
            }

            /// The lowest identifier that can be generated at `time`: what is older sorts before it.
            #[must_use]
            pub fn lowest_at(time: DateTime<Utc>) -> Self {
                let milliseconds = u64::try_from(time.timestamp_millis()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(milliseconds, &[0; 10]).into_uuid())
            }

            /// When the identifier was generated, in whole milliseconds.
            #[must_use]
            pub fn time(self) -> DateTime<Utc> {
                let milliseconds = i64::try_from(self.0.as_u128() >> 80).unwrap_or(0);
                DateTime::from_timestamp_millis(milliseconds).unwrap_or_default()
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// Identifies a user; the `sub` claim of an access token.
    UserId
);
id!(
    /// Identifies a session; the `sid` claim of an access token.
    SessionId
);
id!(
    /// Identifies an event of the audit trail.
    EventId
);
id!(
    /// Identifies a token that was sent to an e-mail address.
    EmailTokenId
);
id!(
    /// Identifies a mail.
    MailId
);

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::model::Clock;

    #[test]
    fn an_identifier_sorts_after_all_that_are_older() {
        let now = Clock::default().now();
        let millisecond = TimeDelta::milliseconds(1);
        for _ in 0..100 {
            let id = UserId::generate(now);
            assert!(id >= UserId::lowest_at(now));
            assert!(id < UserId::lowest_at(now + millisecond));
            assert!(id > UserId::generate(now - millisecond));
            assert_eq!(id.time().timestamp_millis(), now.timestamp_millis());
        }
    }
}
