//! Operations under `/auth`: becoming a user, logging in, staying logged in, logging out.

use std::sync::Arc;

use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiRequest, ApiResponse, Object, OpenApi};
use secrecy::ExposeSecret;
use serde::Deserialize;
use validator::{Validate, ValidationError};

use super::Tag;
use super::account::UserResponse;
use super::attempt::{AddressAttempt, AddressMail, AddressRefresh};
use super::body::{Body, FormBody, JsonBody, blame};
use super::caller::{Authenticated, Device};
use super::email_text::EmailText;
use super::failure::{Failure, Input, Limited, LinkInput, Member, challenge};
use super::problem::{ErrorCode, FieldError, FieldErrorCode, Flaw, Problem};
use super::rules;
use super::secret_text::{LinkTokenText, NewPasswordText, PasswordText, RefreshTokenText};
use crate::model::{Identifier, Password, PasswordPolicy};
use crate::service::accounts::NewAccount;
use crate::service::login::LoginError;
use crate::service::mail_requests::RequestMailError;
use crate::service::password_reset::ResetError;
use crate::service::registration::{RegisterError, Registered};
use crate::service::sessions::{Grant, RefreshError};
use crate::service::verification::VerifyError;
use crate::service::{Login, MailRequests, PasswordReset, Registration, Sessions, Verification};

/// What somebody registers with.
#[derive(Deserialize, Object, Validate)]
#[serde(deny_unknown_fields)]
#[oai(deny_unknown_fields, example)]
pub struct RegisterRequest {
    /// The e-mail address: at most 254 characters of ASCII, unique without case.
    #[validate(custom(function = "rules::is_email"))]
    email: EmailText,
    /// The password: 8 to 128 characters unless configured otherwise, none that is common, known from
    /// a leak, or made from the e-mail address or user name.
    password: NewPasswordText,
    /// A user name: 3 to 50 of `A-Z a-z 0-9 _ . -`, unique without case. Where registration is private, it
    /// can only be chosen later.
    #[oai(
        nullable,
        validator(min_length = 3, max_length = 50, pattern = "^[A-Za-z0-9_.-]*$")
    )]
    #[validate(custom(function = "rules::is_username"))]
    username: Option<String>,
}

impl Example for RegisterRequest {
    fn example() -> Self {
        Self {
            email: EmailText("ada@example.com".into()),
            password: NewPasswordText::example(),
            username: Some("ada".into()),
        }
    }
}

impl Body for RegisterRequest {
    fn weaknesses(&self, policy: PasswordPolicy) -> Vec<FieldError> {
        let mut identity = vec![&*self.email];
        identity.extend(self.username.as_deref());
        let weaknesses = policy.weaknesses(&self.password.password(), &identity);
        Flaw::all_of(weaknesses, "password")
    }
}

impl RegisterRequest {
    /// What the request asks for. Its rules were kept when it was read; this turns them into types.
    fn account(&self, policy: PasswordPolicy) -> Result<NewAccount, Input> {
        let email = rules::email(&self.email)?;
        let username = self.username.as_deref().map(rules::username).transpose()?;
        let password = policy
            .accept(self.password.password(), &email, username.as_ref())
            .map_err(|weaknesses| Input::invalid(Flaw::all_of(weaknesses, "password")))?;
        Ok(NewAccount {
            email,
            username,
            password: Some(password),
        })
    }
}

/// What a person logs in with: exactly one of `email` and `username`.
#[derive(Deserialize, Object, Validate)]
#[serde(deny_unknown_fields)]
#[oai(deny_unknown_fields, example)]
#[validate(schema(function = "has_one_identifier"))]
pub struct LoginRequest {
    /// The e-mail address, in any case.
    #[oai(nullable)]
    email: Option<String>,
    /// The user name, in any case.
    #[oai(nullable)]
    username: Option<String>,
    /// The password.
    password: PasswordText,
}

impl Example for LoginRequest {
    fn example() -> Self {
        Self {
            email: Some("ada@example.com".into()),
            username: None,
            password: PasswordText::example(),
        }
    }
}

impl Body for LoginRequest {}

fn has_one_identifier(request: &LoginRequest) -> Result<(), ValidationError> {
    match (&request.email, &request.username) {
        (None, None) => Err(blame(
            "email",
            Flaw::new(FieldErrorCode::Required, "this or username is required"),
        )),
        (Some(_), Some(_)) => Err(blame(
            "username",
            Flaw::new(
                FieldErrorCode::Conflict,
                "can't be given together with email",
            ),
        )),
        _ => Ok(()),
    }
}

/// The password form of OAuth 2.0 (RFC 6749 section 4.3.2), as many tools send it. As it has to be there, members
/// that are not known are passed over, and empty ones are taken for missing.
#[derive(Deserialize, Object, Validate)]
#[oai(example)]
pub struct PasswordForm {
    /// The e-mail address or the user name, in any case.
    username: String,
    /// The password.
    password: PasswordText,
    /// Only `password` is granted here.
    #[oai(skip_serializing_if_is_none, validator(pattern = "^(password)?$"))]
    #[validate(custom(function = "is_password_grant"))]
    grant_type: Option<String>,
    /// Accepted and ignored: what a token allows is decided by the account.
    #[oai(skip_serializing_if_is_none)]
    scope: Option<String>,
    /// Accepted and ignored: there are no clients to tell apart.
    #[oai(skip_serializing_if_is_none)]
    client_id: Option<String>,
    /// Accepted and ignored, as `client_id`.
    #[oai(skip_serializing_if_is_none)]
    client_secret: Option<String>,
}

impl Example for PasswordForm {
    fn example() -> Self {
        Self {
            username: "ada@example.com".into(),
            password: PasswordText::example(),
            grant_type: Some("password".into()),
            scope: None,
            client_id: None,
            client_secret: None,
        }
    }
}

impl Body for PasswordForm {
    const IS_OAUTH: bool = true;
}

fn is_password_grant(grant_type: &str) -> Result<(), ValidationError> {
    if grant_type == "password" {
        Ok(())
    } else {
        Err(Flaw::new(FieldErrorCode::InvalidFormat, "must be `password`").into())
    }
}

/// A login, as JSON or as a form.
#[derive(ApiRequest)]
enum LoginBody {
    Json(JsonBody<LoginRequest>),
    Form(FormBody<PasswordForm>),
}

impl LoginBody {
    fn credentials(self) -> Result<(Identifier, Password), Input> {
        let (identifier, password) = match self {
            Self::Json(JsonBody(request)) => {
                let identifier = match (request.email, request.username) {
                    (Some(email), None) => Some(Identifier::Email(email)),
                    (None, Some(username)) => Some(Identifier::Username(username)),
                    _ => None,
                };
                (identifier, request.password)
            }
            Self::Form(FormBody(form)) => {
                (Some(Identifier::from_either(form.username)), form.password)
            }
        };
        let identifier = identifier.ok_or(Input::malformed(
            "Exactly one of email and username is required",
        ))?;
        Ok((identifier, password.password()))
    }
}

/// What a session is refreshed with.
#[derive(Deserialize, Object, Validate)]
#[serde(deny_unknown_fields)]
#[oai(deny_unknown_fields, example)]
pub struct RefreshRequest {
    /// The refresh token given out last.
    refresh_token: RefreshTokenText,
}

impl Example for RefreshRequest {
    fn example() -> Self {
        Self {
            refresh_token: RefreshTokenText::example(),
        }
    }
}

impl Body for RefreshRequest {}

/// Whom a mail is asked for to.
#[derive(Deserialize, Object, Validate)]
#[serde(deny_unknown_fields)]
#[oai(deny_unknown_fields, example)]
pub struct MailRequest {
    /// The e-mail address of the account, in any case.
    #[validate(custom(function = "rules::is_email"))]
    email: EmailText,
}

impl Example for MailRequest {
    fn example() -> Self {
        Self {
            email: EmailText("ada@example.com".into()),
        }
    }
}

impl Body for MailRequest {}

/// What an address is verified with.
#[derive(Deserialize, Object, Validate)]
#[serde(deny_unknown_fields)]
#[oai(deny_unknown_fields, example)]
pub struct VerifyEmailRequest {
    /// The token of the link.
    token: LinkTokenText,
}

impl Example for VerifyEmailRequest {
    fn example() -> Self {
        Self {
            token: LinkTokenText::example(),
        }
    }
}

impl Body for VerifyEmailRequest {}

/// What a forgotten password is replaced with.
#[derive(Deserialize, Object, Validate)]
#[serde(deny_unknown_fields)]
#[oai(deny_unknown_fields, example)]
pub struct ResetPasswordRequest {
    /// The token of the link.
    token: LinkTokenText,
    /// The new password: as at registration.
    new_password: NewPasswordText,
}

impl Example for ResetPasswordRequest {
    fn example() -> Self {
        Self {
            token: LinkTokenText::example(),
            new_password: NewPasswordText::example(),
        }
    }
}

impl Body for ResetPasswordRequest {
    fn weaknesses(&self, policy: PasswordPolicy) -> Vec<FieldError> {
        let weaknesses = policy.weaknesses(&self.new_password.password(), &[]);
        Flaw::all_of(weaknesses, "new_password")
    }
}

/// A pair of tokens and the person they stand for.
#[derive(Object)]
#[oai(example)]
pub struct TokenResponse {
    /// A JWT (RFC 9068) for the `Authorization: Bearer` header.
    access_token: String,
    /// An opaque token that gets the next pair.
    refresh_token: String,
    /// Always `bearer`.
    token_type: String,
    /// Lifetime of the access token, in seconds.
    expires_in: i64,
    /// Lifetime of the refresh token, in seconds.
    refresh_expires_in: i64,
    /// The person.
    user: UserResponse,
}

const TOKEN_TYPE: &str = "bearer";

impl From<Grant> for TokenResponse {
    fn from(grant: Grant) -> Self {
        Self {
            access_token: grant.access_token.expose_secret().to_owned(),
            refresh_token: grant.refresh_token.expose_secret().to_owned(),
            token_type: TOKEN_TYPE.to_owned(),
            expires_in: grant.expires_in.num_seconds(),
            refresh_expires_in: grant.refresh_expires_in.num_seconds(),
            user: grant.user.into(),
        }
    }
}

impl Example for TokenResponse {
    fn example() -> Self {
        Self {
            access_token:
                "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl".into(),
            refresh_token: RefreshTokenText::example().0.expose_secret().to_owned(),
            token_type: TOKEN_TYPE.to_owned(),
            expires_in: 1800,
            refresh_expires_in: 604_800,
            user: UserResponse::example(),
        }
    }
}

#[derive(ApiResponse)]
enum RegisterAnswer {
    /// The account exists and its owner is logged in.
    #[oai(status = 201)]
    Registered(
        Json<TokenResponse>,
        /// Where the account is found.
        #[oai(header = "Location")]
        String,
    ),
    /// The address has to be verified first, by the link in a mail; until then nobody can log in. Where
    /// registration is private, this is the answer to everybody, and whether there is an account is told by mail
    /// only.
    #[oai(status = 202)]
    ToVerify(Json<UserResponse>),
    /// `REGISTRATION_CLOSED`: nobody may register here.
    #[oai(status = 403)]
    Closed(Json<Problem>),
    /// `USER_ALREADY_EXISTS`: another account has the address or the name; `errors` says which.
    #[oai(status = 409)]
    Taken(Json<Problem>),
}

#[derive(ApiResponse)]
enum LoginAnswer {
    /// The person is logged in, in a new session.
    #[oai(status = 200)]
    LoggedIn(Json<TokenResponse>),
    /// `INVALID_CREDENTIALS`: there is no such account, or it has another password. Both look the same
    /// and take the same time.
    #[oai(status = 401)]
    WrongCredentials(
        Json<Problem>,
        /// How to authenticate (RFC 6750 section 3).
        #[oai(header = "WWW-Authenticate")]
        String,
    ),
    /// `USER_INACTIVE`: the password is right, but the account may not use the service.
    /// `EMAIL_NOT_VERIFIED`: the password is right, but the address has to be verified first.
    #[oai(status = 403)]
    Refused(Json<Problem>),
}

#[derive(ApiResponse)]
enum RefreshAnswer {
    /// New tokens for the same session.
    #[oai(status = 200)]
    Refreshed(Json<TokenResponse>),
    /// `TOKEN_INVALID`: not a refresh token of this service. `TOKEN_EXPIRED`: it was not used in time.
    /// `TOKEN_REUSED`: it was replaced before, so somebody else may have it; the session is ended.
    /// `SESSION_REVOKED`: the session was ended.
    #[oai(status = 401)]
    Refused(
        Json<Problem>,
        /// How to authenticate (RFC 6750 section 3).
        #[oai(header = "WWW-Authenticate")]
        String,
    ),
    /// `USER_INACTIVE`: the account may not use the service.
    #[oai(status = 403)]
    Inactive(Json<Problem>),
}

impl RefreshAnswer {
    fn refused(code: ErrorCode) -> Self {
        Self::Refused(Problem::json(code), challenge(code))
    }
}

#[derive(ApiResponse)]
enum LogoutAnswer {
    /// The session is over; its tokens work no more.
    #[oai(status = 204)]
    LoggedOut,
}

#[derive(ApiResponse)]
enum VerifyEmailAnswer {
    /// The address is verified, and the link is used up.
    #[oai(status = 204)]
    Verified,
}

#[derive(ApiResponse)]
enum RequestMailAnswer {
    /// If there is an account that it is for, the mail is on its way. Nobody is told whether there is.
    #[oai(status = 202)]
    Accepted,
}

#[derive(ApiResponse)]
enum ResetPasswordAnswer {
    /// The password is the new one, the link is used up, and all sessions are over.
    #[oai(status = 204)]
    Reset,
}

/// Operations under `/auth`.
#[derive(Debug)]
pub struct AuthApi {
    /// Creates accounts.
    pub registration: Arc<Registration>,
    /// Logs in.
    pub login: Arc<Login>,
    /// Keeps logged in.
    pub sessions: Arc<Sessions>,
    /// Sets new passwords.
    pub password_reset: Arc<PasswordReset>,
    /// Verifies addresses.
    pub verification: Arc<Verification>,
    /// Takes requests for mail.
    pub mail_requests: Arc<MailRequests>,
    /// Which passwords may be chosen.
    pub passwords: PasswordPolicy,
}

#[OpenApi(prefix_path = "/auth", tag = "Tag::Authentication")]
impl AuthApi {
    /// Register
    ///
    /// Creates an account and logs its owner in, or has the address verified first, as the service is
    /// configured. A link to verify the address is sent in any case. Of two requests for the same address or
    /// name, exactly one succeeds.
    #[oai(path = "/register", method = "post", operation_id = "register")]
    async fn register(
        &self,
        _attempt: AddressAttempt,
        device: Device,
        body: JsonBody<RegisterRequest>,
    ) -> Result<RegisterAnswer, Failure<(Input, Limited)>> {
        let account = body.0.account(self.passwords)?;
        match self.registration.register(account, device.0).await {
            Ok(Registered::LoggedIn(grant)) => Ok(RegisterAnswer::Registered(
                Json((*grant).into()),
                "/api/v1/users/me".to_owned(),
            )),
            Ok(Registered::ToVerify(user)) => Ok(RegisterAnswer::ToVerify(Json(user.into()))),
            Err(RegisterError::Closed) => Ok(RegisterAnswer::Closed(Problem::json(
                ErrorCode::RegistrationClosed,
            ))),
            Err(RegisterError::ForeignDomain) => Err(rules::foreign_domain().into()),
            Err(RegisterError::NameTooEarly) => {
                let flaw = Flaw::new(
                    FieldErrorCode::Unknown,
                    "can't be chosen before the address is verified",
                );
                Err(Input::invalid(vec![flaw.of("username")]).into())
            }
            Err(RegisterError::Throttled(wait)) => Err(Limited::until(wait).into()),
            Err(RegisterError::Taken(taken)) => Ok(RegisterAnswer::Taken(Problem::exists(taken))),
            Err(RegisterError::Weak(weaknesses)) => {
                Err(Input::invalid(Flaw::all_of(weaknesses, "password")).into())
            }
            Err(RegisterError::Fault(fault)) => Err(fault.into()),
        }
    }

    /// Log in
    ///
    /// Begins a new session on this device. Takes JSON, or the password form of OAuth 2.0 with the
    /// e-mail address or user name in `username`.
    #[oai(path = "/login", method = "post", operation_id = "login")]
    async fn login(
        &self,
        _attempt: AddressAttempt,
        device: Device,
        body: LoginBody,
    ) -> Result<LoginAnswer, Failure<(Input, Limited)>> {
        let (identifier, password) = body.credentials()?;
        match self.login.log_in(&identifier, &password, device.0).await {
            Ok(grant) => Ok(LoginAnswer::LoggedIn(Json(grant.into()))),
            Err(LoginError::WrongCredentials) => Ok(LoginAnswer::WrongCredentials(
                Problem::json(ErrorCode::InvalidCredentials),
                challenge(ErrorCode::InvalidCredentials),
            )),
            Err(LoginError::Inactive) => {
                Ok(LoginAnswer::Refused(Problem::json(ErrorCode::UserInactive)))
            }
            Err(LoginError::Unverified) => Ok(LoginAnswer::Refused(Problem::json(
                ErrorCode::EmailNotVerified,
            ))),
            Err(LoginError::Throttled(wait)) => Err(Limited::until(wait).into()),
            Err(LoginError::Fault(fault)) => Err(fault.into()),
        }
    }

    /// Refresh
    ///
    /// Exchanges a refresh token for a new pair of tokens; the old refresh token is void from then on.
    /// Within a few seconds it gets the same new refresh token again, for two tabs that refresh together
    /// or an answer that was lost. Used later, it ends the session.
    #[oai(path = "/refresh", method = "post", operation_id = "refresh")]
    async fn refresh(
        &self,
        _attempt: AddressRefresh,
        body: JsonBody<RefreshRequest>,
    ) -> Result<RefreshAnswer, Failure<(Input, Limited)>> {
        let token = body.0.refresh_token.0;
        match self.sessions.refresh(token.expose_secret()).await {
            Ok(grant) => Ok(RefreshAnswer::Refreshed(Json(grant.into()))),
            Err(RefreshError::Invalid) => Ok(RefreshAnswer::refused(ErrorCode::TokenInvalid)),
            Err(RefreshError::Expired) => Ok(RefreshAnswer::refused(ErrorCode::TokenExpired)),
            Err(RefreshError::Reused) => Ok(RefreshAnswer::refused(ErrorCode::TokenReused)),
            Err(RefreshError::Revoked) => Ok(RefreshAnswer::refused(ErrorCode::SessionRevoked)),
            Err(RefreshError::Inactive) => Ok(RefreshAnswer::Inactive(Problem::json(
                ErrorCode::UserInactive,
            ))),
            Err(RefreshError::Fault(fault)) => Err(fault.into()),
        }
    }

    /// Log out
    ///
    /// Ends the session that the access token belongs to, at once.
    #[oai(path = "/logout", method = "post", operation_id = "logout")]
    async fn logout(&self, caller: Authenticated) -> Result<LogoutAnswer, Failure<(Member,)>> {
        self.sessions.log_out(&caller.0).await?;
        Ok(LogoutAnswer::LoggedOut)
    }

    /// Verify an e-mail address
    ///
    /// Shows by the token of a link that the address is the person's own. It works once.
    #[oai(path = "/verify-email", method = "post", operation_id = "verify_email")]
    async fn verify_email(
        &self,
        _attempt: AddressAttempt,
        body: JsonBody<VerifyEmailRequest>,
    ) -> Result<VerifyEmailAnswer, Failure<(LinkInput, Limited)>> {
        let token = body.0.token.0;
        match self.verification.verify(token.expose_secret()).await {
            Ok(()) => Ok(VerifyEmailAnswer::Verified),
            Err(VerifyError::InvalidLink) => Err(LinkInput::invalid_link().into()),
            Err(VerifyError::Fault(fault)) => Err(fault.into()),
        }
    }

    /// Ask for a link to verify an address
    ///
    /// Has a link sent to the address, if there is an active account that has it and has not verified it yet.
    /// Older links are void then. The answer is the same for every address, and takes the same time.
    #[oai(
        path = "/verify-email/request",
        method = "post",
        operation_id = "request_email_verification"
    )]
    async fn request_email_verification(
        &self,
        _mail: AddressMail,
        body: JsonBody<MailRequest>,
    ) -> Result<RequestMailAnswer, Failure<(Input, Limited)>> {
        let email = rules::email(&body.0.email)?;
        requested(self.mail_requests.verification(&email).await)
    }

    /// Ask for a link to set a new password
    ///
    /// Has a link sent to the address, if there is an active account that has it. Older links are void then.
    /// The answer is the same for every address, and takes the same time.
    #[oai(
        path = "/password/forgot",
        method = "post",
        operation_id = "request_password_reset"
    )]
    async fn request_password_reset(
        &self,
        _mail: AddressMail,
        body: JsonBody<MailRequest>,
    ) -> Result<RequestMailAnswer, Failure<(Input, Limited)>> {
        let email = rules::email(&body.0.email)?;
        requested(self.mail_requests.password_reset(&email).await)
    }

    /// Set a new password by a link
    ///
    /// Replaces the password with the token of a link. It works once; all sessions of the account end. A link
    /// that was sent by mail verifies the address as well. One that was sent because the address was changed
    /// gives the account the address before back. A password that may not be chosen does not use the link up.
    #[oai(
        path = "/password/reset",
        method = "post",
        operation_id = "reset_password"
    )]
    async fn reset_password(
        &self,
        _attempt: AddressAttempt,
        body: JsonBody<ResetPasswordRequest>,
    ) -> Result<ResetPasswordAnswer, Failure<(LinkInput, Limited)>> {
        let token = body.0.token.0;
        let new = body.0.new_password.password();
        match self.password_reset.finish(token.expose_secret(), new).await {
            Ok(()) => Ok(ResetPasswordAnswer::Reset),
            Err(ResetError::InvalidLink) => Err(LinkInput::invalid_link().into()),
            Err(ResetError::Weak(weaknesses)) => {
                let findings = Flaw::all_of(weaknesses, "new_password");
                Err(LinkInput::from(Input::invalid(findings)).into())
            }
            Err(ResetError::Fault(fault)) => Err(fault.into()),
        }
    }
}

fn requested(
    result: Result<(), RequestMailError>,
) -> Result<RequestMailAnswer, Failure<(Input, Limited)>> {
    match result {
        Ok(()) => Ok(RequestMailAnswer::Accepted),
        Err(RequestMailError::Throttled(wait)) => Err(Limited::until(wait).into()),
        Err(RequestMailError::Fault(fault)) => Err(fault.into()),
    }
}
