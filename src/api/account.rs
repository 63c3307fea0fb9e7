//! Operations under `/users/me`: a person's own account.

use std::sync::Arc;

use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::types::{Example, MaybeUndefined, ToJSON};
use poem_openapi::{ApiResponse, Object, OpenApi};
use serde::Deserialize;
use uuid::Uuid;
use validator::Validate;

use super::Tag;
use super::attempt::AddressAttempt;
use super::audit::EventPage;
use super::body::{Body, JsonBody};
use super::caller::Authenticated;
use super::email_text::EmailText;
use super::failure::{Failure, Input, Limited, Member, Parameters};
use super::parameters::{Cursor, Given, Limit, Param, QueryReader};
use super::problem::{ErrorCode, FieldError, FieldErrorCode, Flaw, Problem};
use super::rules;
use super::secret_text::{NewPasswordText, PasswordText};
use super::wire::{Nullable, Timestamp};
use crate::model::{PasswordPolicy, User};
use crate::service::paging::ListError;
use crate::service::profile::{
    ChangePasswordError, DeleteProfileError, ProfileUpdate, UpdateProfileError,
};
use crate::service::{Audit, Profile};

/// A person's account, without its secrets.
#[derive(Object)]
#[oai(example)]
pub struct UserResponse {
    /// Identifies the account for good.
    id: Uuid,
    /// The e-mail address.
    email: String,
    /// The user name, where one was chosen.
    username: Nullable<String>,
    /// Whether the account may use the service.
    is_active: bool,
    /// Whether the account may administer the service.
    is_superuser: bool,
    /// Whether the e-mail address was shown to be the person's own.
    email_verified: bool,
    /// When the account was created.
    created_at: Timestamp,
    /// When the account was last changed.
    updated_at: Timestamp,
    /// When the person last logged in by password.
    last_login: Nullable<Timestamp>,
}

impl From<User> for UserResponse {
    fn from(user: User) -> Self {
        Self {
            id: user.id.0,
            email: user.email.as_str().to_owned(),
            username: Nullable(user.username.map(|name| name.as_str().to_owned())),
            is_active: user.is_active,
            is_superuser: user.is_superuser,
            email_verified: user.email_verified,
            created_at: user.created_at.into(),
            updated_at: user.updated_at.into(),
            last_login: Nullable(user.last_login.map(Timestamp::from)),
        }
    }
}

/// An account as the API shows it, for what shows it elsewhere.
#[must_use]
pub fn user_json(user: User) -> serde_json::Value {
    UserResponse::from(user).to_json().unwrap_or_default()
}

impl Example for UserResponse {
    fn example() -> Self {
        Self {
            id: Uuid::from_u128(0x019c_12d4_6d63_7a3b_9c5d_1f2e_3a4b_5c6d),
            email: "ada@example.com".into(),
            username: Nullable(Some("ada".into())),
            is_active: true,
            is_superuser: false,
            email_verified: false,
            created_at: Timestamp::example(),
            updated_at: Timestamp::example(),
            last_login: Nullable(Some(Timestamp::example())),
        }
    }
}

/// What a person changes about the own account; what is left out stays as it is.
#[derive(Deserialize, Object, Validate)]
#[serde(deny_unknown_fields)]
#[oai(deny_unknown_fields, example)]
pub struct UpdateMeRequest {
    /// Another e-mail address, which is not verified then. Needs `current_password`.
    #[oai(skip_serializing_if_is_none)]
    #[validate(custom(function = "rules::is_email"))]
    email: Option<EmailText>,
    /// Another user name; `null` takes it away.
    #[serde(default)]
    #[oai(
        nullable,
        validator(min_length = 3, max_length = 50, pattern = "^[A-Za-z0-9_.-]*$")
    )]
    #[validate(custom(function = "rules::is_username_or_none"))]
    username: MaybeUndefined<String>,
    /// The password now in use. Only another e-mail address needs it.
    #[oai(nullable)]
    current_password: Option<PasswordText>,
}

impl Example for UpdateMeRequest {
    fn example() -> Self {
        Self {
            email: Some(EmailText("ada.lovelace@example.com".into())),
            username: MaybeUndefined::Value("lovelace".into()),
            current_password: Some(PasswordText::example()),
        }
    }
}

impl Body for UpdateMeRequest {}

impl UpdateMeRequest {
    fn update(&self) -> Result<ProfileUpdate, Input> {
        Ok(ProfileUpdate {
            email: self.email.as_deref().map(rules::email).transpose()?,
            username: rules::username_edit(&self.username)?,
            current_password: self.current_password.as_ref().map(PasswordText::password),
        })
    }
}

/// What a password is replaced with.
#[derive(Deserialize, Object, Validate)]
#[serde(deny_unknown_fields)]
#[oai(deny_unknown_fields, example)]
pub struct ChangePasswordRequest {
    /// The password now in use.
    current_password: PasswordText,
    /// The new password: as at registration.
    new_password: NewPasswordText,
}

impl Example for ChangePasswordRequest {
    fn example() -> Self {
        Self {
            current_password: PasswordText::example(),
            new_password: NewPasswordText("another horse, another battery".into()),
        }
    }
}

impl Body for ChangePasswordRequest {
    fn weaknesses(&self, policy: PasswordPolicy) -> Vec<FieldError> {
        let weaknesses = policy.weaknesses(&self.new_password.password(), &[]);
        Flaw::all_of(weaknesses, "new_password")
    }
}

/// What shows that it is the person who deletes the account.
#[derive(Deserialize, Object, Validate)]
#[serde(deny_unknown_fields)]
#[oai(deny_unknown_fields, example)]
pub struct DeleteMeRequest {
    /// The password now in use.
    current_password: PasswordText,
}

impl Example for DeleteMeRequest {
    fn example() -> Self {
        Self {
            current_password: PasswordText::example(),
        }
    }
}

impl Body for DeleteMeRequest {}

#[derive(ApiResponse)]
enum GetMeAnswer {
    /// The account that the access token stands for.
    #[oai(status = 200)]
    Found(Json<UserResponse>),
}

#[derive(ApiResponse)]
enum UpdateMeAnswer {
    /// The account as it is now.
    #[oai(status = 200)]
    Updated(Json<UserResponse>),
    /// `USER_ALREADY_EXISTS`: another account has the address or the name; `errors` says which.
    #[oai(status = 409)]
    Taken(Json<Problem>),
}

#[derive(ApiResponse)]
enum ChangePasswordAnswer {
    /// The password is the new one, and all other sessions are over.
    #[oai(status = 204)]
    Changed,
}

#[derive(ApiResponse)]
enum DeleteMeAnswer {
    /// The account is gone, and its sessions with it.
    #[oai(status = 204)]
    Deleted,
    /// `LAST_SUPERUSER`: nobody else could administer the service.
    #[oai(status = 409)]
    LastSuperuser(Json<Problem>),
}

#[derive(ApiResponse)]
enum ListSecurityEventsAnswer {
    /// A page of what happened to the account.
    #[oai(status = 200)]
    Listed(Json<EventPage>),
}

/// The current password is another one.
fn incorrect_password() -> Input {
    Input::invalid(vec![Problem::incorrect_password()])
}

/// Operations on a person's own account.
#[derive(Debug)]
pub struct AccountApi {
    /// Changes accounts.
    pub profile: Arc<Profile>,
    /// Knows what happened to them.
    pub audit: Arc<Audit>,
}

#[OpenApi(prefix_path = "/users/me", tag = "Tag::Account")]
impl AccountApi {
    /// Get my account
    ///
    /// The account that the access token stands for, as it is now.
    #[oai(path = "/", method = "get", operation_id = "get_me")]
    #[expect(
        clippy::unused_async,
        reason = "operations are async, whatever they do"
    )]
    async fn get_me(&self, caller: Authenticated) -> Result<GetMeAnswer, Failure<(Member,)>> {
        Ok(GetMeAnswer::Found(Json(caller.0.user.into())))
    }

    /// Change my account
    ///
    /// Changes the e-mail address or the user name. Another address needs the current password, and is not
    /// verified. A wrong one counts as a failed login.
    #[oai(path = "/", method = "patch", operation_id = "update_me")]
    async fn update_me(
        &self,
        caller: Authenticated,
        _attempt: AddressAttempt,
        body: JsonBody<UpdateMeRequest>,
    ) -> Result<UpdateMeAnswer, Failure<(Member, Input, Limited)>> {
        let update = body.0.update()?;
        match self.profile.update(&caller.0, &update).await {
            Ok(user) => Ok(UpdateMeAnswer::Updated(Json(user.into()))),
            Err(UpdateProfileError::PasswordRequired) => {
                let flaw = Flaw::new(
                    FieldErrorCode::Required,
                    "is required to change the address",
                );
                Err(Input::invalid(vec![flaw.of("current_password")]).into())
            }
            Err(UpdateProfileError::IncorrectPassword) => Err(incorrect_password().into()),
            Err(UpdateProfileError::ForeignDomain) => Err(rules::foreign_domain().into()),
            Err(UpdateProfileError::Taken(taken)) => {
                Ok(UpdateMeAnswer::Taken(Problem::exists(taken)))
            }
            Err(UpdateProfileError::SessionEnded) => {
                Err(Member::unauthorized(ErrorCode::SessionRevoked).into())
            }
            Err(UpdateProfileError::Throttled(wait)) => Err(Limited::until(wait).into()),
            Err(UpdateProfileError::Fault(fault)) => Err(fault.into()),
        }
    }

    /// Change my password
    ///
    /// Replaces the password and ends every other session, at once. A wrong current password counts as a
    /// failed login.
    #[oai(path = "/password", method = "post", operation_id = "change_password")]
    async fn change_password(
        &self,
        caller: Authenticated,
        _attempt: AddressAttempt,
        body: JsonBody<ChangePasswordRequest>,
    ) -> Result<ChangePasswordAnswer, Failure<(Member, Input, Limited)>> {
        let current = body.0.current_password.password();
        let new = body.0.new_password.password();
        match self.profile.change_password(&caller.0, &current, new).await {
            Ok(()) => Ok(ChangePasswordAnswer::Changed),
            Err(ChangePasswordError::Weak(weaknesses)) => {
                Err(Input::invalid(Flaw::all_of(weaknesses, "new_password")).into())
            }
            Err(ChangePasswordError::IncorrectPassword) => Err(incorrect_password().into()),
            Err(ChangePasswordError::SessionEnded) => {
                Err(Member::unauthorized(ErrorCode::SessionRevoked).into())
            }
            Err(ChangePasswordError::Throttled(wait)) => Err(Limited::until(wait).into()),
            Err(ChangePasswordError::Fault(fault)) => Err(fault.into()),
        }
    }

    /// Delete my account
    ///
    /// Deletes the account with its sessions, for good. A wrong current password counts as a failed login.
    #[oai(path = "/", method = "delete", operation_id = "delete_me")]
    async fn delete_me(
        &self,
        caller: Authenticated,
        _attempt: AddressAttempt,
        body: JsonBody<DeleteMeRequest>,
    ) -> Result<DeleteMeAnswer, Failure<(Member, Input, Limited)>> {
        let current = body.0.current_password.password();
        match self.profile.delete(&caller.0, &current).await {
            Ok(()) => Ok(DeleteMeAnswer::Deleted),
            Err(DeleteProfileError::IncorrectPassword) => Err(incorrect_password().into()),
            Err(DeleteProfileError::LastSuperuser) => Ok(DeleteMeAnswer::LastSuperuser(
                Problem::json(ErrorCode::LastSuperuser),
            )),
            Err(DeleteProfileError::SessionEnded) => {
                Err(Member::unauthorized(ErrorCode::SessionRevoked).into())
            }
            Err(DeleteProfileError::Throttled(wait)) => Err(Limited::until(wait).into()),
            Err(DeleteProfileError::Fault(fault)) => Err(fault.into()),
        }
    }

    /// List my security events
    ///
    /// What happened to the account: logins, failed ones too, changes and ended sessions, the newest first.
    #[oai(
        path = "/security-events",
        method = "get",
        operation_id = "list_security_events"
    )]
    async fn list_security_events(
        &self,
        caller: Authenticated,
        given: Given,
        /// How many events a page has.
        limit: Query<Option<Param<Limit>>>,
        /// The `next_cursor` of the page before.
        cursor: Query<Option<Param<Cursor>>>,
    ) -> Result<ListSecurityEventsAnswer, Failure<(Member, Parameters)>> {
        let mut query = QueryReader::from(given);
        let page = query.page(limit.0, cursor.0);
        query.finish()?;
        match self.audit.of(caller.0.user.id, &page).await {
            Ok(events) => Ok(ListSecurityEventsAnswer::Listed(Json(events.into()))),
            Err(ListError::Cursor) => Err(Cursor::refused().into()),
            Err(ListError::Fault(fault)) => Err(fault.into()),
        }
    }
}
