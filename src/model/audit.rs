//! Security events: what the audit trail remembers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Device, EventId, SessionId, UserId};

/// Lists the events once: their variants, their names, and what is said of them in a log line.
macro_rules! events {
    ($($(#[doc = $meaning:literal])+ $variant:ident = $name:literal, $message:literal;)+) => {
        /// What happened. The names are stable: alerts and programs go by them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum EventKind {
            $($(#[doc = $meaning])+ $variant,)+
        }

        impl EventKind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name, for programs.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What it means that this happened.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($meaning),+).trim_ascii_start(),)+
                }
            }

            /// What to tell a person.
            #[must_use]
            pub fn message(self) -> &'static str {
                match self {
                    $(Self::$variant => $message,)+
                }
            }
        }
    };
}

events! {
    /// A person created an account.
    UserRegistered = "user_registered", "user registered";
    /// An administrator or operator created an account.
    UserCreated = "user_created", "user created";
    /// An operator imported accounts.
    UsersImported = "users_imported", "users imported";
    /// An operator exported accounts.
    UsersExported = "users_exported", "users exported";
    /// Somebody logged in.
    LoginSucceeded = "login_succeeded", "logged in";
    /// Somebody did not log in, or named a wrong current password.
    LoginFailed = "login_failed", "login failed";
    /// After failures in a row, nobody may try an account's password for a while.
    AccountThrottled = "account_throttled", "account throttled";
    /// Somebody logged out.
    LoggedOut = "logged_out", "logged out";
    /// A person ended one of the own sessions.
    SessionEnded = "session_ended", "session ended";
    /// A person ended all other own sessions.
    OtherSessionsEnded = "other_sessions_ended", "other sessions ended";
    /// An administrator ended all sessions of a person.
    AllSessionsEnded = "all_sessions_ended", "all sessions ended";
    /// A replaced refresh token was used again, and its session is ended.
    RefreshTokenReused = "refresh_token_reused", "a replaced refresh token was used again, the session is ended";
    /// A person changed the own password.
    PasswordChanged = "password_changed", "password changed";
    /// An operator set a password.
    PasswordSet = "password_set", "password set";
    /// An administrator made a link to set a new password.
    PasswordResetStarted = "password_reset_started", "password reset started";
    /// A new password was set by such a link.
    PasswordReset = "password_reset", "password reset";
    /// The address, the name or its verification changed; `changed` says which.
    UserUpdated = "user_updated", "user updated";
    /// An account may administer the service from now on.
    SuperuserGranted = "superuser_granted", "superuser granted";
    /// An account may no longer administer the service.
    SuperuserRevoked = "superuser_revoked", "superuser revoked";
    /// An account may use the service again.
    UserActivated = "user_activated", "user activated";
    /// An account may no longer use the service.
    UserDeactivated = "user_deactivated", "user deactivated";
    /// An account is gone.
    UserDeleted = "user_deleted", "user deleted";
    /// An administrator closed a circuit breaker by hand.
    CircuitBreakerReset = "circuit_breaker_reset", "circuit breaker reset";
}

impl EventKind {
    /// The kind of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

/// One line of the audit trail. Never changed once it is written.
#[derive(Clone, Debug)]
pub struct AuditEvent {
    /// Identifies the event, and orders it by time.
    pub id: EventId,
    /// What happened.
    pub kind: EventKind,
    /// Who did it, where that is known; an operator at the command line is nobody.
    pub actor_id: Option<UserId>,
    /// Whose account it happened to.
    pub subject_id: Option<UserId>,
    /// Where the request came from.
    pub device: Device,
    /// Which request it was.
    pub request_id: Option<String>,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What else is worth knowing.
    pub details: Details,
}

/// What else is worth knowing of an event. Only what its kind has is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// The session that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// Why something was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The members of the account that changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<Vec<String>>,
    /// How many there were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The circuit breaker that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaker: Option<String>,
    /// For how long it holds, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_seconds: Option<u64>,
}

/// Which events to look for.
#[derive(Clone, Copy, Debug, Default)]
pub struct EventFilter {
    /// Done by or to this user.
    pub user_id: Option<UserId>,
    /// Of this kind.
    pub kind: Option<EventKind>,
    /// Not before this time.
    pub since: Option<DateTime<Utc>>,
    /// Before this time.
    pub until: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_is_found_by_its_own_name() {
        let names: BTreeSet<_> = EventKind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), EventKind::ALL.len());
        for kind in EventKind::ALL {
            assert_eq!(EventKind::named(kind.name()), Some(*kind));
        }
        assert_eq!(EventKind::named("nothing_of_ours"), None);
    }

    #[test]
    fn details_have_only_what_there_is() {
        let details = Details {
            count: Some(2),
            ..Details::default()
        };
        let text = serde_json::to_string(&details).unwrap();
        assert_eq!(text, r#"{"count":2}"#);
        assert_eq!(serde_json::from_str::<Details>(&text).unwrap(), details);
    }
}
