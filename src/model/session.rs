//! A session: one device on which a person is logged in.

use std::net::IpAddr;

use chrono::{DateTime, Utc};

use super::{SessionId, UserId};

/// A session as it is kept.
#[derive(Clone, Debug)]
pub struct Session {
    /// Identifies the session; the `sid` claim.
    pub id: SessionId,
    /// Whose session it is.
    pub user_id: UserId,
    /// Number of the refresh token that may be used next; see [`super::rotation`].
    pub generation: u32,
    /// When `generation` last went up.
    pub rotated_at: DateTime<Utc>,
    /// The device as it presented itself at login.
    pub device: Device,
    /// When the person logged in.
    pub created_at: DateTime<Utc>,
    /// When the person logged in, or last refreshed.
    pub last_used_at: DateTime<Utc>,
    /// When the refresh token runs out, unless it is used before.
    pub expires_at: DateTime<Utc>,
}

impl Session {
    /// A new session, whose refresh token runs out at `expires_at`.
    #[must_use]
    pub fn new(
        user_id: UserId,
        device: Device,
        now: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Self {
        Self {
            id: SessionId::generate(now),
            user_id,
            generation: 0,
            rotated_at: now,
            device,
            created_at: now,
            last_used_at: now,
            expires_at,
        }
    }
}

/// What a client says and shows of itself. Only for the person's own list of sessions, since
/// none of it can be trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// The address the request came from.
    pub ip: Option<IpAddr>,
    /// The `User-Agent` header, cleaned and cut to [`Device::MAX_USER_AGENT`].
    pub user_agent: Option<String>,
}

impl Device {
    /// The most characters kept of a `User-Agent` header.
    pub const MAX_USER_AGENT: usize = 256;

    /// Describes a device; control characters of `user_agent` are dropped.
    #[must_use]
    pub fn new(ip: Option<IpAddr>, user_agent: Option<&str>) -> Self {
        let user_agent = user_agent.map(|text| {
            text.chars()
                .filter(|c| !c.is_control())
                .take(Self::MAX_USER_AGENT)
                .collect()
        });
        Self { ip, user_agent }
    }
}
