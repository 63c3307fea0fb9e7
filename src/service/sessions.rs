//! Sessions: giving out tokens, taking them back, and knowing whose they are.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

use super::access_token::{AccessTokens, InvalidAccessToken};
use super::keys::Keys;
use super::refresh_token::{Presented, RefreshTokens};
use super::signing_key::SigningKeys;
use super::{Fault, audit};
use crate::config;
use crate::model::rotation::{Rotation, Verdict};
use crate::model::{Clock, Device, EventKind, Session, SessionId, User};
use crate::store::Store;
use crate::telemetry::context;
use crate::telemetry::metrics::{Metrics, RefreshOutcome};

/// Begins, refreshes, checks and ends sessions.
#[derive(Debug)]
pub struct Sessions {
    store: Store,
    clock: Clock,
    access: AccessTokens,
    refresh: RefreshTokens,
    rotation: Rotation,
    access_ttl: TimeDelta,
    refresh_ttl: TimeDelta,
    session_ttl: TimeDelta,
    metrics: Metrics,
}

/// A pair of tokens and the person they stand for.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Presented with every request.
    pub access_token: SecretString,
    /// Exchanged for the next pair.
    pub refresh_token: SecretString,
    /// Lifetime of the access token.
    pub expires_in: TimeDelta,
    /// Lifetime of the refresh token.
    pub refresh_expires_in: TimeDelta,
    /// The person.
    pub user: User,
}

/// A person making a request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who it is.
    pub user: User,
    /// On which device.
    pub session_id: SessionId,
}

/// Why a bearer token does not identify a caller.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticateError {
    /// The token is not a valid one.
    #[error(transparent)]
    Token(#[from] InvalidAccessToken),
    /// The session was ended.
    #[error("the session has ended")]
    Revoked,
    /// The person may not use the service.
    #[error("the account is not active")]
    Inactive,
    /// The question could not be answered.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why a refresh token gives no new tokens.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// The token is not one of ours.
    #[error("the refresh token is invalid")]
    Invalid,
    /// The token was not used in time, or the session is as old as one may get.
    #[error("the refresh token has expired")]
    Expired,
    /// The token was used before; the session is ended.
    #[error("the refresh token was used before")]
    Reused,
    /// The session was ended.
    #[error("the session has ended")]
    Revoked,
    /// The person may not use the service.
    #[error("the account is not active")]
    Inactive,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl RefreshError {
    fn outcome(&self) -> RefreshOutcome {
        match self {
            Self::Invalid => RefreshOutcome::Invalid,
            Self::Expired => RefreshOutcome::Expired,
            Self::Reused => RefreshOutcome::Reused,
            Self::Revoked => RefreshOutcome::Revoked,
            Self::Inactive => RefreshOutcome::Inactive,
            Self::Fault(fault) if fault.is_overload() => RefreshOutcome::Overloaded,
            Self::Fault(_) => RefreshOutcome::Fault,
        }
    }
}

impl Sessions {
    /// Sessions kept in `store`, with tokens made from `keys`.
    #[must_use]
    pub fn new(
        store: Store,
        clock: Clock,
        keys: &Keys,
        signing: SigningKeys,
        config: &config::Tokens,
        metrics: Metrics,
    ) -> Self {
        Self {
            store,
            clock,
            access: AccessTokens::new(signing, &config.issuer, &config.audience),
            refresh: RefreshTokens::new(keys),
            rotation: Rotation {
                enabled: config.refresh_rotation,
                reuse_leeway: config.reuse_leeway(),
            },
            access_ttl: config.access_ttl(),
            refresh_ttl: config.refresh_ttl(),
            session_ttl: config.session_ttl(),
            metrics,
        }
    }

    /// A new session of `user`, for the caller to store together with what led to it.
    #[must_use]
    pub(super) fn begin(&self, user: &User, device: Device) -> Session {
        let now = self.clock.now();
        Session::new(
            user.id,
            device,
            now,
            now + self.refresh_ttl.min(self.session_ttl),
        )
    }

    /// The tokens of a session that is stored, given out at `now`.
    pub(super) fn grant(
        &self,
        user: User,
        session: &Session,
        now: DateTime<Utc>,
    ) -> Result<Grant, Fault> {
        let refresh_expires_in = session.expires_at - now;
        let expires_in = self.access_ttl.min(refresh_expires_in);
        Ok(Grant {
            access_token: self.access.issue(&user, session, now, now + expires_in)?,
            refresh_token: self.refresh.issue(Presented {
                session_id: session.id,
                generation: session.generation,
            }),
            expires_in,
            refresh_expires_in,
            user,
        })
    }

    /// Exchanges a refresh token for new tokens.
    ///
    /// # Errors
    /// Says why not; after [`RefreshError::Reused`] the session is over.
    pub async fn refresh(&self, token: &str) -> Result<Grant, RefreshError> {
        let result = self.exchange(token).await;
        self.metrics.refresh(match &result {
            Ok(_) => RefreshOutcome::Success,
            Err(error) => error.outcome(),
        });
        result
    }

    async fn exchange(&self, token: &str) -> Result<Grant, RefreshError> {
        let presented = self.refresh.verify(token).ok_or(RefreshError::Invalid)?;
        loop {
            let found = self.store.find_session(presented.session_id).await;
            let (session, user) = found.map_err(Fault::from)?.ok_or(RefreshError::Revoked)?;
            context::identify(user.id);
            let now = self.clock.now();
            if now >= session.expires_at {
                return Err(RefreshError::Expired);
            }
            if !user.is_active {
                return Err(RefreshError::Inactive);
            }
            let verdict = self.rotation.judge(
                presented.generation,
                session.generation,
                session.rotated_at,
                now,
            );
            let generation = match verdict {
                Verdict::Advance { next } => next,
                Verdict::Repeat { .. } if self.rotation.enabled => {
                    return Ok(self.grant(user, &session, now)?);
                }
                Verdict::Repeat { current } => current,
                Verdict::Reused => {
                    self.end_reused(&session).await?;
                    return Err(RefreshError::Reused);
                }
            };
            let expected = session.generation;
            let refreshed = Session {
                generation,
                // Stays where rotation is off, or its predecessor would come to life again.
                rotated_at: if generation == expected {
                    session.rotated_at
                } else {
                    now
                },
                last_used_at: now,
                expires_at: (now + self.refresh_ttl).min(session.created_at + self.session_ttl),
                ..session
            };
            let written = self.store.advance_session(&refreshed, expected).await;
            if written.map_err(Fault::from)? {
                return Ok(self.grant(user, &refreshed, now)?);
            }
            // Another request used the same token in between, or ended the session: look again. Since
            // generations only grow, the next verdict can't be to advance to the same one.
        }
    }

    async fn end_reused(&self, session: &Session) -> Result<(), Fault> {
        let change = self.store.change().await?;
        if change.end_session(session.user_id, session.id).await? {
            let kind = EventKind::RefreshTokenReused;
            let mut event = audit::event(kind, Some(session.user_id), self.clock.now());
            // Whoever presents a replaced token may well have stolen it.
            event.actor_id = None;
            event.details.session_id = Some(session.id);
            audit::commit(change, &[event]).await?;
        }
        Ok(())
    }

    /// Finds out who presents an access token.
    ///
    /// # Errors
    /// Says why it identifies nobody; a database that fails is a fault, never an invalid token.
    pub async fn authenticate(&self, token: &str) -> Result<Caller, AuthenticateError> {
        self.identify(&self.store, token).await
    }

    /// The same, but past the breaker of the database.
    ///
    /// # Errors
    /// As [`Sessions::authenticate`].
    pub async fn authenticate_past_the_breaker(
        &self,
        token: &str,
    ) -> Result<Caller, AuthenticateError> {
        self.identify(&self.store.past_the_breaker(), token).await
    }

    async fn identify(&self, store: &Store, token: &str) -> Result<Caller, AuthenticateError> {
        let bearer = self.access.verify(token, self.clock.now())?;
        let found = store.find_owner(bearer.session_id).await;
        let user = found
            .map_err(Fault::from)?
            .filter(|user| user.id == bearer.user_id)
            .ok_or(AuthenticateError::Revoked)?;
        context::identify(user.id);
        if !user.is_active {
            return Err(AuthenticateError::Inactive);
        }
        Ok(Caller {
            user,
            session_id: bearer.session_id,
        })
    }

    /// The caller's sessions, the one used last first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self, caller: &Caller) -> Result<Vec<Session>, Fault> {
        let now = self.clock.now();
        Ok(self.store.sessions_of(caller.user.id, now).await?)
    }

    /// Ends the caller's own session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_out(&self, caller: &Caller) -> Result<(), Fault> {
        let id = caller.session_id;
        self.end_as(EventKind::LoggedOut, caller, id).await?;
        Ok(())
    }

    /// Ends one of the caller's sessions. Whether it was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end(&self, caller: &Caller, id: SessionId) -> Result<bool, Fault> {
        self.end_as(EventKind::SessionEnded, caller, id).await
    }

    async fn end_as(&self, kind: EventKind, caller: &Caller, id: SessionId) -> Result<bool, Fault> {
        let change = self.store.change().await?;
        let ended = change.end_session(caller.user.id, id).await?;
        if ended {
            let mut event = audit::event(kind, Some(caller.user.id), self.clock.now());
            event.details.session_id = Some(id);
            audit::commit(change, &[event]).await?;
        }
        Ok(ended)
    }

    /// Ends all sessions of the caller but the one that asks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_others(&self, caller: &Caller) -> Result<(), Fault> {
        let change = self.store.change().await?;
        let ended = change
            .end_sessions(caller.user.id, Some(caller.session_id))
            .await?;
        let kind = EventKind::OtherSessionsEnded;
        let mut event = audit::event(kind, Some(caller.user.id), self.clock.now());
        event.details.count = Some(ended);
        audit::commit(change, &[event]).await?;
        Ok(())
    }
}
