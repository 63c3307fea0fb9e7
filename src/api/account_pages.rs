//! The pages that links in mails lead to: one confirms an address, the other sets a new password. They are for
//! people, in a browser without scripts; programs ask the operations, so these pages are not in the document.
//!
//! They are served always, also where `mail.app_url` leads new links elsewhere: links that were sent before still
//! lead here, `app_url` may be another name of this very service, and a proxy may pass `/account/` alone on to it.
//! They do nothing that who has the token could not do by the operations.
//!
//! A GET asks nobody about the token and changes nothing: mail programs and scanners open links by themselves, and
//! a token works only once. It is the POST of the form that uses it up.
//!
//! **Forged requests** (CSRF) need no guard of their own. A browser adds nothing to these forms by itself, neither
//! cookie nor login: all that a POST may do it may by the token in it, and a page elsewhere that has the token needs
//! no browser of anybody's. For the same reason `Origin` and `Sec-Fetch-Site` are not looked at; with
//! `Referrer-Policy: no-referrer`, which keeps the address with its token from others, the first says `null` anyway.
//! The pages can't be framed, so nobody is made to click.
//!
//! What is wrong with a request by itself (its type, size or form, which no browser gets wrong), a panic and the
//! deadline are answered in the envelope, as everywhere.

use std::sync::Arc;

use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, Request, RequestBody, Response};
use secrecy::{ExposeSecret, SecretString};
use url::form_urlencoded;

use super::body::form;
use super::failure::{Outage, failed};
use super::pages::sha256;
use super::{attempt, failure};
use crate::model::{Password, PasswordPolicy, Wait, Weakness};
use crate::service::password_reset::ResetError;
use crate::service::texts::Page;
use crate::service::verification::VerifyError;
use crate::service::{Fault, Links, PasswordReset, Texts, Verification};
use crate::telemetry::context;

/// The member of a link and of a form that is the token.
const TOKEN: &str = "token";
/// The member of a form that is the new password.
const NEW_PASSWORD: &str = "new_password";

/// What the pages are made with.
pub(super) struct AccountPages {
    texts: Texts,
    content_security_policy: String,
    verification: Arc<Verification>,
    password_reset: Arc<PasswordReset>,
    passwords: PasswordPolicy,
}

/// What a link is for.
#[derive(Clone, Copy)]
enum Purpose {
    Verify,
    Reset,
}

/// The page that links of one kind lead to.
#[derive(Clone)]
pub(super) struct AccountPage {
    purpose: Purpose,
    pages: Arc<AccountPages>,
}

impl AccountPages {
    /// Pages of these texts, for passwords that `passwords` allows.
    pub(super) fn new(
        texts: Texts,
        verification: Arc<Verification>,
        password_reset: Arc<PasswordReset>,
        passwords: PasswordPolicy,
    ) -> Self {
        Self {
            content_security_policy: content_security_policy(texts.page_style()),
            texts,
            verification,
            password_reset,
            passwords,
        }
    }

    /// The pages, each with its address.
    pub(super) fn by_path(self) -> [(&'static str, AccountPage); 2] {
        let pages = Arc::new(self);
        [
            ("/account/verify", Purpose::Verify),
            ("/account/reset", Purpose::Reset),
        ]
        .map(|(path, purpose)| {
            let pages = Arc::clone(&pages);
            (path, AccountPage { purpose, pages })
        })
    }

    /// A page, in the language of whoever asks.
    fn show(&self, status: StatusCode, page: &Page<'_>) -> poem::Result<Response> {
        let request = context::current();
        let languages = request.as_ref().and_then(|request| request.languages());
        let language = self.texts.choose(languages);
        let html = self
            .texts
            .page(&language, page)
            .map_err(|error| poem::Error::new(error, StatusCode::INTERNAL_SERVER_ERROR))?;
        Ok(Response::builder()
            .status(status)
            .content_type("text/html; charset=utf-8")
            .header(header::CONTENT_LANGUAGE, language)
            .header(header::VARY, "Accept-Language")
            .header(
                header::CONTENT_SECURITY_POLICY,
                &self.content_security_policy,
            )
            .body(html))
    }

    fn invalid_link(&self) -> poem::Result<Response> {
        self.show(StatusCode::BAD_REQUEST, &Page::InvalidLink)
    }

    fn too_many(&self, wait: Wait) -> poem::Result<Response> {
        let seconds = wait.seconds();
        let page = Page::TooMany { seconds };
        let answer = self.show(StatusCode::TOO_MANY_REQUESTS, &page)?;
        Ok(with_retry_after(answer, seconds))
    }

    /// Answers as an operation does, but for the body.
    fn unavailable(&self, fault: Fault) -> poem::Error {
        let (status, seconds) = match Outage::from(&fault) {
            Outage::Failed(_) => (StatusCode::INTERNAL_SERVER_ERROR, None),
            Outage::Unavailable(_, seconds) => (StatusCode::SERVICE_UNAVAILABLE, Some(seconds)),
        };
        match self.show(status, &Page::Unavailable) {
            Ok(answer) => {
                let answer = match seconds {
                    Some(seconds) => with_retry_after(answer, seconds),
                    None => answer,
                };
                failed(fault, answer)
            }
            Err(_) => failure::outage(fault),
        }
    }

    /// The form for a new password, with what spoke against the one that was sent, which is not repeated.
    fn ask_password(
        &self,
        status: StatusCode,
        token: &str,
        weaknesses: &[Weakness],
    ) -> poem::Result<Response> {
        let page = Page::Reset {
            token,
            weaknesses,
            min_length: self.passwords.min_length,
            max_length: self.passwords.max_length,
        };
        self.show(status, &page)
    }

    async fn verify(&self, token: &str) -> poem::Result<Response> {
        match self.verification.verify(token).await {
            Ok(()) => self.show(StatusCode::OK, &Page::Verified),
            Err(VerifyError::InvalidLink) => self.invalid_link(),
            Err(VerifyError::Fault(fault)) => Err(self.unavailable(fault)),
        }
    }

    async fn reset(&self, token: &str, new: &SecretString) -> poem::Result<Response> {
        let new = Password::new(new.expose_secret());
        match self.password_reset.finish(token, new).await {
            Ok(()) => self.show(StatusCode::OK, &Page::ResetDone),
            Err(ResetError::InvalidLink) => self.invalid_link(),
            Err(ResetError::Weak(weaknesses)) => {
                self.ask_password(StatusCode::BAD_REQUEST, token, &weaknesses)
            }
            Err(ResetError::Fault(fault)) => Err(self.unavailable(fault)),
        }
    }
}

impl AccountPage {
    /// What a link shows.
    fn asked(&self, request: &Request) -> poem::Result<Response> {
        let Some(token) = token_in(request) else {
            return self.pages.invalid_link();
        };
        let token = token.expose_secret();
        match self.purpose {
            Purpose::Verify => self.pages.show(StatusCode::OK, &Page::Verify { token }),
            Purpose::Reset => self.pages.ask_password(StatusCode::OK, token, &[]),
        }
    }

    /// What the form does.
    async fn sent(&self, request: &Request, body: &mut RequestBody) -> poem::Result<Response> {
        if let Err(wait) = attempt::attempt(request).await? {
            return self.pages.too_many(wait);
        }
        let (token, new) = match self.purpose {
            Purpose::Verify => {
                let [token] = form(request, body, [TOKEN]).await?;
                (token, None)
            }
            Purpose::Reset => {
                let [token, new] = form(request, body, [TOKEN, NEW_PASSWORD]).await?;
                (token, Some(new))
            }
        };
        let token = token.expose_secret();
        if !Links::is_token(token) {
            return self.pages.invalid_link();
        }
        match new {
            None => self.pages.verify(token).await,
            Some(new) => self.pages.reset(token, &new).await,
        }
    }
}

impl Endpoint for AccountPage {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let (request, mut body) = request.split();
        if request.method() == Method::POST {
            self.sent(&request, &mut body).await
        } else {
            self.asked(&request)
        }
    }
}

/// The token in a link. Of several, none is the one that was meant; other parameters are nobody's business, since
/// what passes mail on may add its own.
fn token_in(request: &Request) -> Option<SecretString> {
    let query = request.uri().query().unwrap_or_default();
    let mut tokens = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == TOKEN);
    let (_, token) = tokens.next()?;
    let is_only_one = tokens.next().is_none();
    (is_only_one && Links::is_token(&token)).then(|| token.into_owned().into())
}

fn with_retry_after(mut answer: Response, seconds: u32) -> Response {
    answer
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    answer
}

/// Lets the one style in, the icon, and forms that lead back here, and nothing else.
fn content_security_policy(style: &str) -> String {
    format!(
        "default-src 'none'; style-src 'sha256-{}'; img-src data:; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'",
        sha256(style)
    )
}
