//! Operations under `/users/me/sessions`: the devices a person is logged in on.

use std::sync::Arc;

use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

use super::Tag;
use super::caller::Authenticated;
use super::failure::{Failure, Member};
use super::parameters::IdParam;
use super::problem::{ErrorCode, Problem};
use super::wire::{Nullable, Timestamp};
use crate::model::{Session, SessionId};
use crate::service::Sessions;

/// A device on which the person is logged in.
#[derive(Object)]
#[oai(example)]
pub struct SessionResponse {
    /// Identifies the session.
    id: Uuid,
    /// Whether the request was made in this session.
    current: bool,
    /// The address that the person logged in from.
    ip: Nullable<String>,
    /// What the person logged in with: the `User-Agent` header of that time.
    user_agent: Nullable<String>,
    /// When the person logged in.
    created_at: Timestamp,
    /// When the person logged in, or last refreshed.
    last_used_at: Timestamp,
    /// When the session ends, unless it is refreshed before.
    expires_at: Timestamp,
}

impl SessionResponse {
    fn new(session: Session, current: SessionId) -> Self {
        Self {
            id: session.id.0,
            current: session.id == current,
            ip: Nullable(session.device.ip.map(|ip| ip.to_string())),
            user_agent: Nullable(session.device.user_agent),
            created_at: session.created_at.into(),
            last_used_at: session.last_used_at.into(),
            expires_at: session.expires_at.into(),
        }
    }
}

impl Example for SessionResponse {
    fn example() -> Self {
        Self {
            id: Uuid::from_u128(0x019c_12d4_6d64_7c1d_8e2f_4a5b_6c7d_8e9f),
            current: true,
            ip: Nullable(Some("203.0.113.7".into())),
            user_agent: Nullable(Some("Mozilla/5.0 (X11; Linux x86_64)".into())),
            created_at: Timestamp::example(),
            last_used_at: Timestamp::example(),
            expires_at: Timestamp::example(),
        }
    }
}

/// The devices on which the person is logged in.
#[derive(Object)]
#[oai(example)]
pub struct SessionList {
    /// The sessions, the one used last first.
    items: Vec<SessionResponse>,
}

impl Example for SessionList {
    fn example() -> Self {
        Self {
            items: vec![SessionResponse::example()],
        }
    }
}

#[derive(ApiResponse)]
enum ListSessionsAnswer {
    /// The sessions, the one used last first.
    #[oai(status = 200)]
    Listed(Json<SessionList>),
}

#[derive(ApiResponse)]
enum EndSessionAnswer {
    /// The session is over; its tokens work no more.
    #[oai(status = 204)]
    Ended,
    /// `SESSION_NOT_FOUND`: the caller has no such session. `NOT_FOUND`: the path is not in UTF-8.
    #[oai(status = 404)]
    NotFound(Json<Problem>),
}

#[derive(ApiResponse)]
enum EndOtherSessionsAnswer {
    /// All sessions but the caller's own are over.
    #[oai(status = 204)]
    Ended,
}

/// Operations on a person's own sessions.
#[derive(Debug)]
pub struct SessionsApi {
    /// Lists and ends sessions.
    pub sessions: Arc<Sessions>,
}

#[OpenApi(prefix_path = "/users/me/sessions", tag = "Tag::Sessions")]
impl SessionsApi {
    /// List my sessions
    ///
    /// The devices on which the person is logged in, the one used last first.
    #[oai(path = "/", method = "get", operation_id = "list_sessions")]
    async fn list_sessions(
        &self,
        caller: Authenticated,
    ) -> Result<ListSessionsAnswer, Failure<(Member,)>> {
        let sessions = self.sessions.list(&caller.0).await?;
        let items = sessions
            .into_iter()
            .map(|session| SessionResponse::new(session, caller.0.session_id))
            .collect();
        Ok(ListSessionsAnswer::Listed(Json(SessionList { items })))
    }

    /// End one of my sessions
    ///
    /// Logs the person out on one device, at once. It may be the device that asks.
    #[oai(path = "/:id", method = "delete", operation_id = "end_session")]
    async fn end_session(
        &self,
        caller: Authenticated,
        /// The session to end.
        id: Path<IdParam<SessionId>>,
    ) -> Result<EndSessionAnswer, Failure<(Member,)>> {
        let ended = match id.0.0 {
            Some(id) => self.sessions.end(&caller.0, id).await?,
            None => false,
        };
        Ok(if ended {
            EndSessionAnswer::Ended
        } else {
            EndSessionAnswer::NotFound(Problem::json(ErrorCode::SessionNotFound))
        })
    }

    /// End all my other sessions
    ///
    /// Logs the person out on every device but the one that asks, at once.
    #[oai(path = "/", method = "delete", operation_id = "end_other_sessions")]
    async fn end_other_sessions(
        &self,
        caller: Authenticated,
    ) -> Result<EndOtherSessionsAnswer, Failure<(Member,)>> {
        self.sessions.end_others(&caller.0).await?;
        Ok(EndOtherSessionsAnswer::Ended)
    }
}
