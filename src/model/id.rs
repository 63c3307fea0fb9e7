//! Identifiers: UUID version 7 (RFC 9562), so that newer rows sort after older ones.

use chrono::{DateTime, Utc};
use uuid::{NoContext, Timestamp, Uuid};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
