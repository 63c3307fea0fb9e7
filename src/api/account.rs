//! Operations under `/users/me`: a person's own account.

use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

use super::Tag;
use super::caller::Authenticated;
use super::failure::{Failure, Member};
use super::wire::{Nullable, Timestamp};
use crate::model::User;

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

#[derive(ApiResponse)]
enum GetMeAnswer {
    /// The account that the access token stands for.
    #[oai(status = 200)]
    Found(Json<UserResponse>),
}

/// Operations on a person's own account.
#[derive(Debug)]
pub struct AccountApi;

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
}
