//! A person's way from the registration to the logout, against the Countersign at `COUNTERSIGN_URL`, with what
//! every application has to handle on it: having to wait, and a token that has expired.
//!
//! Prints a line for each step, and fails on whatever is not as it should be.

use std::error::Error as AnyError;
use std::time::Duration;

use countersign_client::types::{
    ChangePasswordRequest, ErrorCode, LoginRequest, Problem, RefreshRequest, RegisterRequest,
    Registered, TokenResponse, UpdateMeRequest,
};
use countersign_client::{Client, Edit, Error, ResponseValue, Token};
use tokio::time::sleep;
use uuid::Uuid;

type Answer<T> = Result<ResponseValue<T>, Error<Problem>>;
type Outcome<T> = Result<T, Box<dyn AnyError>>;

const PASSWORD: &str = "wide quiet rivers run deep";
const NEW_PASSWORD: &str = "seven lamps above the harbour";

/// What the service says went wrong, if it does.
fn code<T>(answer: &Answer<T>) -> Option<ErrorCode> {
    match answer {
        Err(Error::ErrorResponse(problem)) => Some(problem.error_code),
        _ => None,
    }
}

/// Sends a request again as soon as the service allows it.
async fn patiently<T>(step: &str, send: impl AsyncFn() -> Answer<T>) -> Outcome<T> {
    loop {
        match send().await {
            Err(Error::ErrorResponse(problem)) if problem.error_code == ErrorCode::RateLimited => {
                let seconds = problem
                    .headers()
                    .get("retry-after")
                    .ok_or("no Retry-After")?
                    .to_str()?
                    .parse()?;
                println!("{step}: RATE_LIMITED, waiting {seconds} s");
                sleep(Duration::from_secs(seconds)).await;
            }
            answer => return Ok(answer?.into_inner()),
        }
    }
}

/// Somebody who is logged in.
struct Session {
    client: Client,
    tokens: TokenResponse,
}

impl Session {
    fn new(client: &Client, tokens: TokenResponse) -> Self {
        Self {
            client: client.with_token(tokens.access_token.as_str()),
            tokens,
        }
    }

    async fn refresh(&mut self) -> Outcome<()> {
        let refresh_token = &self.tokens.refresh_token;
        let tokens = patiently("refresh", async || {
            let refresh_token = refresh_token.clone();
            let body = RefreshRequest { refresh_token };
            self.client.refresh().body(body).send().await
        })
        .await?;
        println!("refresh: a new token for {} s", tokens.expires_in);
        *self = Self::new(&self.client, tokens);
        Ok(())
    }

    /// Sends a request, with a new token if this one has expired.
    async fn send<T>(
        &mut self,
        step: &str,
        send: impl AsyncFn(&Client) -> Answer<T>,
    ) -> Outcome<T> {
        let answer = send(&self.client).await;
        if code(&answer) == Some(ErrorCode::TokenExpired) {
            println!("{step}: TOKEN_EXPIRED");
            self.refresh().await?;
            return patiently(step, async || send(&self.client).await).await;
        }
        Ok(answer?.into_inner())
    }
}

fn expect(condition: bool, what: &str) -> Outcome<()> {
    if condition { Ok(()) } else { Err(what.into()) }
}

async fn rename(
    session: &mut Session,
    username: Option<Edit<String>>,
    expected: Option<&str>,
) -> Outcome<()> {
    let body = UpdateMeRequest {
        username,
        ..UpdateMeRequest::default()
    };
    let me = session
        .send("rename", async |client| {
            client.update_me().body(body.clone()).send().await
        })
        .await?;
    expect(
        me.username.as_deref() == expected,
        "another name than was asked for",
    )?;
    println!("rename: {:?}", me.username);
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let url = std::env::var("COUNTERSIGN_URL")?;
    let client = Client::new(&format!("{url}/api/v1"), Token::NONE);
    let name = format!("rust-{}", std::process::id());
    let email = format!("{name}@example.com");

    let registered = patiently("register", async || {
        let body = RegisterRequest {
            email: email.clone(),
            password: PASSWORD.into(),
            username: Some(name.clone()),
        };
        client.register().body(body).send().await
    })
    .await?;
    match registered {
        Registered::TokenResponse(tokens) => {
            println!("register: logged in as {}", tokens.user.email);
        }
        Registered::UserResponse(user) => {
            return Err(format!("{} is to be verified", user.email).into());
        }
    }

    let log_in = async |password: &str| {
        let body = LoginRequest {
            username: Some(name.clone()),
            password: password.into(),
            email: None,
        };
        client.login().body(body).send().await
    };
    let mistyped = log_in("mistyped").await;
    expect(
        code(&mistyped) == Some(ErrorCode::InvalidCredentials),
        "a wrong password is taken",
    )?;
    println!("login: INVALID_CREDENTIALS");
    let tokens = patiently("login", async || log_in(PASSWORD).await).await?;
    println!("login: a token for {} s", tokens.expires_in);
    let lifetime = u64::try_from(tokens.expires_in)?;
    let mut session = Session::new(&client, tokens);

    let me = session
        .send("me", async |client| client.get_me().send().await)
        .await?;
    let id: Uuid = me.id;
    let last_login = me.last_login.ok_or("who logged in has no last login")?;
    expect(
        last_login >= me.created_at,
        "the login was before the registration",
    )?;
    println!("me: {:?}", me.username);

    sleep(Duration::from_secs(lifetime + 1)).await;
    let old = session.tokens.access_token.clone();
    let me = session
        .send("me", async |client| client.get_me().send().await)
        .await?;
    expect(me.id == id, "another account")?;
    expect(session.tokens.access_token != old, "no token has expired")?;
    println!("me: {:?}", me.username);

    // Left out, it stays; `Edit::Remove` takes it away.
    let named = Some(name.clone());
    rename(&mut session, None, named.as_deref()).await?;
    rename(&mut session, Some(Edit::Remove), None).await?;
    rename(&mut session, Some(Edit::Set(name)), named.as_deref()).await?;

    session
        .send("change password", async |client| {
            let body = ChangePasswordRequest {
                current_password: PASSWORD.into(),
                new_password: NEW_PASSWORD.into(),
            };
            client.change_password().body(body).send().await
        })
        .await?;
    println!("change password: done");

    let sessions = session
        .send("sessions", async |client| {
            client.list_sessions().send().await
        })
        .await?;
    expect(
        matches!(sessions.items.as_slice(), [only] if only.current),
        "the sessions before the new password did not end",
    )?;
    println!("sessions: {}", sessions.items.len());

    // So that it lives for what follows.
    session.refresh().await?;
    session
        .send("logout", async |client| client.logout().send().await)
        .await?;
    println!("logout: done");
    let gone = session.client.get_me().send().await;
    expect(
        code(&gone) == Some(ErrorCode::SessionRevoked),
        "the session goes on after the logout",
    )?;
    println!("me: SESSION_REVOKED");
    Ok(())
}
