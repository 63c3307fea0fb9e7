//! Operations under `/admin/users`: the accounts of everybody, for superusers.

use std::sync::Arc;

use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::{Example, MaybeUndefined};
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use secrecy::ExposeSecret;
use serde::Deserialize;
use validator::Validate;

use super::Tag;
use super::account::UserResponse;
use super::body::{Body, JsonBody};
use super::caller::Administrator;
use super::described::described;
use super::email_text::EmailText;
use super::failure::{Failure, Input, Parameters, Superuser};
use super::parameters::{Cursor, Given, IdParam, Limit, Param, Prefix, QueryReader};
use super::problem::{ErrorCode, FieldError, Flaw, Problem};
use super::rules;
use super::secret_text::NewPasswordText;
use super::wire::{Nullable, Timestamp};
use crate::model::{PasswordPolicy, User, UserFilter, UserId};
use crate::service::accounts::NewAccount;
use crate::service::administration::{
    Actor, AdministerError, CreateUserError, DeleteUserError, UpdateUserError, UserUpdate,
};
use crate::service::paging::{Cursors, ListError, Listed};
use crate::service::password_reset::Handover;
use crate::service::{Administration, PasswordReset};

/// A page of accounts.
#[derive(Object)]
#[oai(example)]
pub struct UserPage {
    /// The accounts, the newest first.
    items: Vec<UserResponse>,
    /// Asks for the next page; `null` where this is the last.
    next_cursor: Nullable<String>,
}

impl From<Listed<User>> for UserPage {
    fn from(listed: Listed<User>) -> Self {
        Self {
            items: listed.items.into_iter().map(Into::into).collect(),
            next_cursor: Nullable(listed.next_cursor),
        }
    }
}

impl Example for UserPage {
    fn example() -> Self {
        Self {
            items: vec![UserResponse::example()],
            next_cursor: Nullable(Some("AZwS1G1jejucXR8uOktcbWl4c2VhbGVkY3Vyc29y".into())),
        }
    }
}

/// The account to create.
#[derive(Deserialize, Object, Validate)]
#[serde(deny_unknown_fields)]
#[oai(deny_unknown_fields, example)]
pub struct CreateUserRequest {
    /// The e-mail address: at most 254 characters of ASCII, unique without case.
    #[validate(custom(function = "rules::is_email"))]
    email: EmailText,
    /// A user name: 3 to 50 of `A-Z a-z 0-9 _ . -`, unique without case.
    #[oai(
        nullable,
        validator(min_length = 3, max_length = 50, pattern = "^[A-Za-z0-9_.-]*$")
    )]
    #[validate(custom(function = "rules::is_username"))]
    username: Option<String>,
    /// The password, as at registration. Without one, the person is sent a link to set one.
    #[oai(nullable)]
    password: Option<NewPasswordText>,
    /// Whether the account may administer the service; not, unless it is given.
    #[oai(nullable)]
    is_superuser: Option<bool>,
    /// Whether the account may use the service; it may, unless it is given.
    #[oai(nullable)]
    is_active: Option<bool>,
}

impl Example for CreateUserRequest {
    fn example() -> Self {
        Self {
            email: EmailText("grace@example.com".into()),
            username: Some("grace".into()),
            password: Some(NewPasswordText::example()),
            is_superuser: Some(false),
            is_active: Some(true),
        }
    }
}

impl Body for CreateUserRequest {
    fn weaknesses(&self, policy: PasswordPolicy) -> Vec<FieldError> {
        let Some(password) = &self.password else {
            return Vec::new();
        };
        let mut identity = vec![&*self.email];
        identity.extend(self.username.as_deref());
        let weaknesses = policy.weaknesses(&password.password(), &identity);
        Flaw::all_of(weaknesses, "password")
    }
}

impl CreateUserRequest {
    /// What the request asks for. Its rules were kept when it was read; this turns them into types.
    fn account(&self, policy: PasswordPolicy) -> Result<NewAccount, Input> {
        let email = rules::email(&self.email)?;
        let username = self.username.as_deref().map(rules::username).transpose()?;
        let accept = |text: &NewPasswordText| {
            policy
                .accept(text.password(), &email, username.as_ref())
                .map_err(|weaknesses| Input::invalid(Flaw::all_of(weaknesses, "password")))
        };
        let password = self.password.as_ref().map(accept).transpose()?;
        Ok(NewAccount {
            email,
            username,
            password,
        })
    }
}

/// What to change about an account; what is left out stays as it is.
#[derive(Deserialize, Object, Validate)]
#[serde(deny_unknown_fields)]
#[oai(deny_unknown_fields, example)]
pub struct UpdateUserRequest {
    /// Whether the account may use the service. Without it, all its sessions end at once.
    #[oai(skip_serializing_if_is_none)]
    is_active: Option<bool>,
    /// Whether the account may administer the service, from the next request on.
    #[oai(skip_serializing_if_is_none)]
    is_superuser: Option<bool>,
    /// Another e-mail address, which is not verified then, unless `email_verified` says so.
    #[oai(skip_serializing_if_is_none)]
    #[validate(custom(function = "rules::is_email"))]
    email: Option<EmailText>,
    /// Another user name; `null` takes it away.
    #[serde(default)]
    #[oai(
        nullable,
        skip_serializing_if_is_none,
        validator(min_length = 3, max_length = 50, pattern = "^[A-Za-z0-9_.-]*$")
    )]
    #[validate(custom(function = "rules::is_username_or_none"))]
    username: MaybeUndefined<String>,
    /// Whether the e-mail address was shown to be the person's own.
    #[oai(skip_serializing_if_is_none)]
    email_verified: Option<bool>,
}

impl Example for UpdateUserRequest {
    fn example() -> Self {
        Self {
            is_active: Some(false),
            is_superuser: None,
            email: None,
            username: MaybeUndefined::Undefined,
            email_verified: None,
        }
    }
}

impl Body for UpdateUserRequest {}

impl UpdateUserRequest {
    fn update(&self) -> Result<UserUpdate, Input> {
        Ok(UserUpdate {
            is_active: self.is_active,
            is_superuser: self.is_superuser,
            email: self.email.as_deref().map(rules::email).transpose()?,
            username: rules::username_edit(&self.username)?,
            email_verified: self.email_verified,
        })
    }
}

described! {
    /// How the person gets the link.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Enum)]
    #[serde(rename_all = "snake_case")]
    #[oai(rename_all = "snake_case")]
    pub enum ResetDelivery {
        /// The person is sent a mail with a link.
        Email,
        /// The answer has the token, to be handed over by the caller.
        Response,
    }
}

/// How a new password is to be set.
#[derive(Deserialize, Object, Validate)]
#[serde(deny_unknown_fields)]
#[oai(deny_unknown_fields, example)]
pub struct StartPasswordResetRequest {
    /// How the person gets the link.
    delivery: ResetDelivery,
}

impl Example for StartPasswordResetRequest {
    fn example() -> Self {
        Self {
            delivery: ResetDelivery::Response,
        }
    }
}

impl Body for StartPasswordResetRequest {}

impl From<ResetDelivery> for Handover {
    fn from(delivery: ResetDelivery) -> Self {
        match delivery {
            ResetDelivery::Email => Self::Mail,
            ResetDelivery::Response => Self::Answer,
        }
    }
}

/// A password reset that was started.
#[derive(Object)]
#[oai(example)]
pub struct StartedPasswordReset {
    /// From when on the token is void.
    expires_at: Timestamp,
    /// The token for `POST /auth/password/reset`; `null` where the person gets it by mail.
    token: Nullable<String>,
}

impl Example for StartedPasswordReset {
    fn example() -> Self {
        Self {
            expires_at: Timestamp::example(),
            token: Nullable(Some(
                "csl_3q2-7wXbLm0c5mXo2Tq9rV1uYf8hJk4sNd6pZt0aBcE".into(),
            )),
        }
    }
}

#[derive(ApiResponse)]
enum ListUsersAnswer {
    /// A page of accounts.
    #[oai(status = 200)]
    Listed(Json<UserPage>),
}

#[derive(ApiResponse)]
enum CreateUserAnswer {
    /// The account exists.
    #[oai(status = 201)]
    Created(
        Json<UserResponse>,
        /// Where the account is found.
        #[oai(header = "Location")]
        String,
    ),
    /// `USER_ALREADY_EXISTS`: another account has the address or the name; `errors` says which.
    #[oai(status = 409)]
    Taken(Json<Problem>),
}

#[derive(ApiResponse)]
enum GetUserAnswer {
    /// The account.
    #[oai(status = 200)]
    Found(Json<UserResponse>),
    /// `USER_NOT_FOUND`: there is no such account. `NOT_FOUND`: the path is not in UTF-8.
    #[oai(status = 404)]
    NotFound(Json<Problem>),
}

#[derive(ApiResponse)]
enum UpdateUserAnswer {
    /// The account as it is now.
    #[oai(status = 200)]
    Updated(Json<UserResponse>),
    /// `USER_NOT_FOUND`: there is no such account. `NOT_FOUND`: the path is not in UTF-8.
    #[oai(status = 404)]
    NotFound(Json<Problem>),
    /// `USER_ALREADY_EXISTS`: another account has the address or the name; `errors` says which.
    /// `LAST_SUPERUSER`: nobody else could administer the service.
    #[oai(status = 409)]
    Conflict(Json<Problem>),
}

#[derive(ApiResponse)]
enum DeleteUserAnswer {
    /// The account is gone, and its sessions with it.
    #[oai(status = 204)]
    Deleted,
    /// `USER_NOT_FOUND`: there is no such account. `NOT_FOUND`: the path is not in UTF-8.
    #[oai(status = 404)]
    NotFound(Json<Problem>),
    /// `LAST_SUPERUSER`: nobody else could administer the service.
    #[oai(status = 409)]
    LastSuperuser(Json<Problem>),
}

#[derive(ApiResponse)]
enum StartPasswordResetAnswer {
    /// The person can set a new password with the token, or with the link that was sent.
    #[oai(status = 200)]
    Started(Json<StartedPasswordReset>),
    /// `USER_NOT_FOUND`: there is no such account. `NOT_FOUND`: the path is not in UTF-8.
    #[oai(status = 404)]
    NotFound(Json<Problem>),
}

#[derive(ApiResponse)]
enum EndUserSessionsAnswer {
    /// All sessions of the account are over; their tokens work no more.
    #[oai(status = 204)]
    Ended,
    /// `USER_NOT_FOUND`: there is no such account. `NOT_FOUND`: the path is not in UTF-8.
    #[oai(status = 404)]
    NotFound(Json<Problem>),
}

fn not_found() -> Json<Problem> {
    Problem::json(ErrorCode::UserNotFound)
}

/// Operations on the accounts of everybody.
#[derive(Debug)]
pub struct AdminUsersApi {
    /// Administers accounts.
    pub administration: Arc<Administration>,
    /// Lets people set new passwords.
    pub password_reset: Arc<PasswordReset>,
    /// Leads from page to page.
    pub cursors: Cursors,
    /// Which passwords may be chosen.
    pub passwords: PasswordPolicy,
}

#[OpenApi(prefix_path = "/admin/users", tag = "Tag::Administration")]
impl AdminUsersApi {
    /// List accounts
    ///
    /// The accounts, the newest first, page by page. Accounts that are created meanwhile make no account
    /// come twice or be missed. For superusers.
    #[oai(path = "/", method = "get", operation_id = "list_users")]
    async fn list_users(
        &self,
        _administrator: Administrator,
        given: Given,
        /// How many accounts a page has.
        limit: Query<Option<Param<Limit>>>,
        /// The `next_cursor` of the page before.
        cursor: Query<Option<Param<Cursor>>>,
        /// Only accounts whose address or name begins so, in any case.
        q: Query<Option<Param<Prefix>>>,
        /// Only accounts that may, or may not, use the service.
        is_active: Query<Option<Param<bool>>>,
    ) -> Result<ListUsersAnswer, Failure<(Superuser, Parameters)>> {
        let mut query = QueryReader::from(given);
        let page = query.page(limit.0, cursor.0);
        let filter = UserFilter {
            prefix: query.read("q", q.0).map(|prefix| prefix.0),
            is_active: query.read("is_active", is_active.0),
        };
        query.finish()?;
        match self
            .administration
            .list(&self.cursors, &filter, &page)
            .await
        {
            Ok(users) => Ok(ListUsersAnswer::Listed(Json(users.into()))),
            Err(ListError::Cursor) => Err(Cursor::refused().into()),
            Err(ListError::Fault(fault)) => Err(fault.into()),
        }
    }

    /// Create an account
    ///
    /// Creates an account, whether or not registration is open. Without a password, the person is sent a link to
    /// set one; with one, a link to verify the address. For superusers.
    #[oai(path = "/", method = "post", operation_id = "create_user")]
    async fn create_user(
        &self,
        administrator: Administrator,
        body: JsonBody<CreateUserRequest>,
    ) -> Result<CreateUserAnswer, Failure<(Superuser, Input)>> {
        let account = body.0.account(self.passwords)?;
        let is_superuser = body.0.is_superuser.unwrap_or(false);
        let is_active = body.0.is_active.unwrap_or(true);
        let actor = Actor::Superuser(&administrator.0);
        let created = self
            .administration
            .create(actor, account, is_superuser, is_active);
        match created.await {
            Ok(user) => {
                let location = format!("/api/v1/admin/users/{}", user.id);
                Ok(CreateUserAnswer::Created(Json(user.into()), location))
            }
            Err(CreateUserError::Taken(taken)) => {
                Ok(CreateUserAnswer::Taken(Problem::exists(taken)))
            }
            Err(CreateUserError::Weak(weaknesses)) => {
                Err(Input::invalid(Flaw::all_of(weaknesses, "password")).into())
            }
            Err(CreateUserError::Unauthorized(reason)) => Err(Superuser::from(reason).into()),
            Err(CreateUserError::Fault(fault)) => Err(fault.into()),
        }
    }

    /// Get an account
    ///
    /// Anybody's account. For superusers.
    #[oai(path = "/:id", method = "get", operation_id = "get_user")]
    async fn get_user(
        &self,
        _administrator: Administrator,
        /// The account.
        id: Path<IdParam<UserId>>,
    ) -> Result<GetUserAnswer, Failure<(Superuser,)>> {
        let found = match id.0.0 {
            Some(id) => self.administration.find(id).await?,
            None => None,
        };
        Ok(match found {
            Some(user) => GetUserAnswer::Found(Json(user.into())),
            None => GetUserAnswer::NotFound(not_found()),
        })
    }

    /// Change an account
    ///
    /// Changes what is given, and all of it or nothing. A role acts from the next request on. An account
    /// that may no longer use the service loses all its sessions at once. For superusers.
    #[oai(path = "/:id", method = "patch", operation_id = "update_user")]
    async fn update_user(
        &self,
        administrator: Administrator,
        /// The account.
        id: Path<IdParam<UserId>>,
        body: JsonBody<UpdateUserRequest>,
    ) -> Result<UpdateUserAnswer, Failure<(Superuser, Input)>> {
        let update = body.0.update()?;
        let Some(id) = id.0.0 else {
            return Ok(UpdateUserAnswer::NotFound(not_found()));
        };
        let actor = Actor::Superuser(&administrator.0);
        match self.administration.update(actor, id, &update).await {
            Ok(user) => Ok(UpdateUserAnswer::Updated(Json(user.into()))),
            Err(UpdateUserError::NotFound) => Ok(UpdateUserAnswer::NotFound(not_found())),
            Err(UpdateUserError::Taken(taken)) => {
                Ok(UpdateUserAnswer::Conflict(Problem::exists(taken)))
            }
            Err(UpdateUserError::LastSuperuser) => Ok(UpdateUserAnswer::Conflict(Problem::json(
                ErrorCode::LastSuperuser,
            ))),
            Err(UpdateUserError::Unauthorized(reason)) => Err(Superuser::from(reason).into()),
            Err(UpdateUserError::Fault(fault)) => Err(fault.into()),
        }
    }

    /// Delete an account
    ///
    /// Deletes an account with its sessions, for good. For superusers.
    #[oai(path = "/:id", method = "delete", operation_id = "delete_user")]
    async fn delete_user(
        &self,
        administrator: Administrator,
        /// The account.
        id: Path<IdParam<UserId>>,
    ) -> Result<DeleteUserAnswer, Failure<(Superuser,)>> {
        let Some(id) = id.0.0 else {
            return Ok(DeleteUserAnswer::NotFound(not_found()));
        };
        let actor = Actor::Superuser(&administrator.0);
        match self.administration.delete(actor, id).await {
            Ok(()) => Ok(DeleteUserAnswer::Deleted),
            Err(DeleteUserError::NotFound) => Ok(DeleteUserAnswer::NotFound(not_found())),
            Err(DeleteUserError::LastSuperuser) => Ok(DeleteUserAnswer::LastSuperuser(
                Problem::json(ErrorCode::LastSuperuser),
            )),
            Err(DeleteUserError::Unauthorized(reason)) => Err(Superuser::from(reason).into()),
            Err(DeleteUserError::Fault(fault)) => Err(fault.into()),
        }
    }

    /// Start a password reset
    ///
    /// Sends the person a link to set a new password, or answers with its token for the caller to hand over. It
    /// works once; older ones are void. Nobody ever chooses a password for somebody else. For superusers.
    #[oai(
        path = "/:id/password-reset",
        method = "post",
        operation_id = "start_password_reset"
    )]
    async fn start_password_reset(
        &self,
        administrator: Administrator,
        /// The account.
        id: Path<IdParam<UserId>>,
        body: JsonBody<StartPasswordResetRequest>,
    ) -> Result<StartPasswordResetAnswer, Failure<(Superuser, Input)>> {
        let Some(id) = id.0.0 else {
            return Ok(StartPasswordResetAnswer::NotFound(not_found()));
        };
        let actor = Actor::Superuser(&administrator.0);
        let handover = body.0.delivery.into();
        match self.password_reset.start(actor, id, handover).await {
            Ok(started) => {
                let token = started.token.map(|token| token.expose_secret().to_owned());
                Ok(StartPasswordResetAnswer::Started(Json(
                    StartedPasswordReset {
                        expires_at: started.expires_at.into(),
                        token: Nullable(token),
                    },
                )))
            }
            Err(AdministerError::NotFound) => Ok(StartPasswordResetAnswer::NotFound(not_found())),
            Err(AdministerError::Unauthorized(reason)) => Err(Superuser::from(reason).into()),
            Err(AdministerError::Fault(fault)) => Err(fault.into()),
        }
    }

    /// End all sessions of an account
    ///
    /// Logs a person out on every device, at once. For superusers.
    #[oai(
        path = "/:id/sessions",
        method = "delete",
        operation_id = "end_user_sessions"
    )]
    async fn end_user_sessions(
        &self,
        administrator: Administrator,
        /// The account.
        id: Path<IdParam<UserId>>,
    ) -> Result<EndUserSessionsAnswer, Failure<(Superuser,)>> {
        let Some(id) = id.0.0 else {
            return Ok(EndUserSessionsAnswer::NotFound(not_found()));
        };
        let actor = Actor::Superuser(&administrator.0);
        match self.administration.end_sessions(actor, id).await {
            Ok(()) => Ok(EndUserSessionsAnswer::Ended),
            Err(AdministerError::NotFound) => Ok(EndUserSessionsAnswer::NotFound(not_found())),
            Err(AdministerError::Unauthorized(reason)) => Err(Superuser::from(reason).into()),
            Err(AdministerError::Fault(fault)) => Err(fault.into()),
        }
    }
}
