//! Mail to a mail server, by SMTP (RFC 5321): one connection, one letter after the other.
//!
//! The steps are taken one by one, since it matters which of them is refused: what a server says before it
//! knows the recipient would be said of any letter.

use std::error::Error as _;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use futures_util::future::join_all;
use lettre::Message;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters,
};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::{Code, Response, Severity};
use secrecy::ExposeSecret;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::message::address;
use super::{DeliveryError, Letter, shown};
use crate::config::{MailServer, MailTls, MailUser, Sender};
use crate::outbound::SetupError;

/// How many connections are kept for the next letters.
const MOST_IDLE: usize = 4;
/// For how long: letters come in bunches, and mail servers don't like to be held.
const IDLE: Duration = Duration::from_secs(10);
/// How long one address of a mail server may take to be reached, before the next is tried.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a kept connection may take to show that it is alive, at most.
const PROBE: Duration = Duration::from_secs(5);
/// How long taking leave may take.
const FAREWELL: Duration = Duration::from_secs(1);
/// How many characters in a row of a password, in any form, a text may repeat.
const SPARED_OF_PASSWORD: usize = 3;
/// How many characters in a row a text about a letter may have: those of words, but not of half a token.
const SPARED_OF_LETTER: usize = 19;

/// A mail server.
pub(super) struct Server {
    at: MailServer,
    protection: Protection,
    /// What it is told who calls.
    hello: ClientId,
    /// How long a kept connection may take to show that it is alive.
    probe: Duration,
    idle: Arc<Mutex<Vec<Idle>>>,
}

/// How a connection is protected.
enum Protection {
    Implicit(TlsParameters),
    StartTls(TlsParameters),
    None,
}

/// A connection that waits for the next letter.
struct Idle {
    connection: AsyncSmtpConnection,
    since: Instant,
}

impl Server {
    /// Reads the certificates that are trusted.
    pub(super) fn new(
        server: &MailServer,
        ca_file: Option<&Path>,
        sender: &Sender,
        timeout: Duration,
    ) -> Result<Self, SetupError> {
        let protection = match server.tls {
            MailTls::Implicit => Protection::Implicit(tls(&server.host, ca_file)?),
            MailTls::StartTls => Protection::StartTls(tls(&server.host, ca_file)?),
            MailTls::None => Protection::None,
        };
        Ok(Self {
            at: server.clone(),
            protection,
            hello: ClientId::Domain(sender.email.domain().to_owned()),
            probe: PROBE.min(timeout / 4),
            idle: Arc::default(),
        })
    }

    /// Sends a letter.
    pub(super) async fn send(
        &self,
        letter: &Letter,
        message: &Message,
    ) -> Result<(), DeliveryError> {
        let mut connection = match self.reuse().await {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        // Whoever gives up meanwhile takes the connection along: nothing follows half a letter.
        let sent = transact(&mut connection, letter, message).await;
        if !sent.as_ref().is_err_and(DeliveryError::is_fault) {
            self.keep(connection);
        }
        sent
    }

    /// Ends the connections that are kept.
    pub(super) async fn rest(&self) {
        let idle = std::mem::take(&mut *lock(&self.idle));
        join_all(idle.into_iter().map(|idle| farewell(idle.connection))).await;
    }

    /// A kept connection that is alive, with nothing left on it of the letter before.
    async fn reuse(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let idle = lock(&self.idle).pop()?;
            let mut connection = idle.connection;
            if idle.since.elapsed() < IDLE
                && let Ok(Ok(answer)) = timeout(self.probe, connection.command(Rset)).await
                && is(&answer, Severity::PositiveCompletion)
            {
                return Some(connection);
            }
        }
    }

    /// Keeps a connection for a while.
    fn keep(&self, connection: AsyncSmtpConnection) {
        let surplus = {
            let mut idle = lock(&self.idle);
            if idle.len() < MOST_IDLE {
                let since = Instant::now();
                idle.push(Idle { connection, since });
                None
            } else {
                Some(connection)
            }
        };
        let idle = Arc::downgrade(&self.idle);
        tokio::spawn(async move {
            if let Some(surplus) = surplus {
                return farewell(surplus).await;
            }
            tokio::time::sleep(IDLE).await;
            let Some(idle) = idle.upgrade() else { return };
            let old: Vec<_> = lock(&idle)
                .extract_if(.., |idle| idle.since.elapsed() >= IDLE)
                .collect();
            join_all(old.into_iter().map(|idle| farewell(idle.connection))).await;
        });
    }

    /// A new connection, ready for letters.
    async fn connect(&self) -> Result<AsyncSmtpConnection, DeliveryError> {
        let MailServer { host, port, .. } = &self.at;
        let connected = match &self.protection {
            Protection::Implicit(tls) => {
                let (at, tls) = ((host.as_str(), *port), Some(tls.clone()));
                AsyncSmtpConnection::connect_tokio1(at, Some(CONNECT), &self.hello, tls, None).await
            }
            Protection::StartTls(_) | Protection::None => {
                let wire = Wire::connect(host, *port).await.map_err(|error| {
                    DeliveryError::Unavailable(shown(&format!("connecting: {error}")))
                })?;
                AsyncSmtpConnection::connect_with_transport(Box::new(wire), &self.hello).await
            }
        };
        let mut connection = connected.map_err(|error| unavailable("connecting", &error))?;
        if let Protection::StartTls(tls) = &self.protection {
            let upgraded = connection.starttls(tls.clone(), &self.hello).await;
            upgraded.map_err(|error| unavailable("STARTTLS", &error))?;
        }
        if let Some(user) = &self.at.user {
            log_in(&mut connection, user).await?;
        }
        Ok(connection)
    }
}

/// Tells who we are.
async fn log_in(
    connection: &mut AsyncSmtpConnection,
    user: &MailUser,
) -> Result<(), DeliveryError> {
    let password = user.password.expose_secret();
    let credentials = Credentials::new(user.name.clone(), password.to_owned());
    let answer = connection.auth(DEFAULT_MECHANISMS, &credentials).await;
    let refused = |text: &str| {
        // A server may repeat what it did not understand.
        let plain = format!("\0{}\0{password}", user.name);
        let forms = [
            password.to_owned(),
            BASE64_STANDARD.encode(password),
            BASE64_STANDARD.encode(plain),
        ];
        let text = text.replace(password, "***");
        let text = without(&text, SPARED_OF_PASSWORD, |part| {
            forms.iter().any(|form| form.contains(part))
        });
        DeliveryError::Unavailable(shown(&format!("AUTH: {text}")))
    };
    match answer {
        Ok(answer) if is(&answer, Severity::PositiveCompletion) => Ok(()),
        Ok(answer) => Err(refused(&format!("{} was not expected", answer.code()))),
        Err(error) => Err(refused(&reason(&error))),
    }
}

/// Sends one letter over a connection.
async fn transact(
    connection: &mut AsyncSmtpConnection,
    letter: &Letter,
    message: &Message,
) -> Result<(), DeliveryError> {
    let from = message.envelope().from().cloned();
    let answer = connection.command(Mail::new(from, Vec::new())).await;
    let answer = answer.map_err(|error| unavailable("MAIL FROM", &error))?;
    expect(&answer, "MAIL FROM", Severity::PositiveCompletion)?;

    let to = Rcpt::new(address(&letter.to), Vec::new());
    let answer = connection.command(to).await;
    let answer = answer.map_err(|error| of_letter("RCPT TO", &error))?;
    expect(&answer, "RCPT TO", Severity::PositiveCompletion)?;

    let answer = connection.command(Data).await;
    let answer = answer.map_err(|error| of_letter("DATA", &error))?;
    expect(&answer, "DATA", Severity::PositiveIntermediate)?;

    let answer = connection.message(&message.formatted()).await;
    let answer = answer.map_err(|error| of_letter("the content", &error))?;
    expect(&answer, "the content", Severity::PositiveCompletion)
}

/// An answer that is neither a refusal nor what comes next: both sides are no longer at the same step.
fn expect(answer: &Response, step: &str, severity: Severity) -> Result<(), DeliveryError> {
    if is(answer, severity) {
        return Ok(());
    }
    let text = format!("{step}: {} was not expected", answer.code());
    Err(DeliveryError::Unavailable(text))
}

fn is(answer: &Response, severity: Severity) -> bool {
    answer.code().severity == severity
}

/// A failure that has nothing to do with the letter.
fn unavailable(step: &str, error: &Error) -> DeliveryError {
    DeliveryError::Unavailable(shown(&format!("{step}: {}", reason(error))))
}

/// A failure at a step that depends on the letter.
fn of_letter(step: &str, error: &Error) -> DeliveryError {
    let Some(code) = error.status() else {
        return unavailable(step, error);
    };
    // A filter may repeat what it did not like, as it came: a link among it may be in any form, and in two parts.
    let text = without(&reason(error), SPARED_OF_LETTER, |_| true);
    match code.severity {
        _ if is_of_session(code) => DeliveryError::Unavailable(shown(&format!("{step}: {text}"))),
        Severity::PermanentNegativeCompletion => DeliveryError::Refused(shown(&text)),
        _ => DeliveryError::Deferred(shown(&text)),
    }
}

/// Codes that are about the session, whenever they come: the server closes (RFC 5321 section 3.8), or wants to
/// know first who we are (RFC 4954 section 6).
fn is_of_session(code: Code) -> bool {
    matches!(u16::from(code), 421 | 530 | 534 | 535 | 538)
}

/// What the server answered, or what went wrong at the bottom.
fn reason(error: &Error) -> String {
    let mut cause = error.source();
    while let Some(deeper) = cause.and_then(|cause| cause.source()) {
        cause = Some(deeper);
    }
    match (error.status(), cause) {
        (Some(code), Some(text)) => format!("{code} {text}"),
        (None, Some(cause)) => cause.to_string(),
        (_, None) => error.to_string(),
    }
}

/// A text without what is secret, as far as more than `spared` of its characters in a row are.
fn without(text: &str, spared: usize, is_secret: impl Fn(&str) -> bool) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '_');
    let mut kept = String::new();
    for word in text.split_inclusive(|c| !is_part(c)) {
        let bare = word.trim_end_matches(|c| !is_part(c));
        let is_kept = bare.len() <= spared || !is_secret(bare);
        kept.push_str(if is_kept { bare } else { "***" });
        kept.push_str(word.get(bare.len()..).unwrap_or_default());
    }
    kept
}

/// Whom TLS trusts: the public web's authorities, and those of `ca_file`.
fn tls(host: &str, ca_file: Option<&Path>) -> Result<TlsParameters, SetupError> {
    let wrong = |problem: String| SetupError::Configuration {
        key: "mail.ca_file",
        problem: shown(&problem),
    };
    let mut parameters = TlsParameters::builder(host.to_owned());
    if let Some(path) = ca_file {
        let shown = path.display();
        let text = fs::read(path).map_err(|error| wrong(format!("can't read {shown}: {error}")))?;
        let blocks = pem::parse_many(text).unwrap_or_default();
        let mut certificates = blocks
            .into_iter()
            .filter(|block| block.tag() == "CERTIFICATE")
            .filter_map(|block| Certificate::from_der(block.into_contents()).ok())
            .peekable();
        if certificates.peek().is_none() {
            return Err(wrong(format!("{shown} has no certificate in PEM form")));
        }
        parameters = certificates.fold(parameters, |parameters, certificate| {
            parameters.add_root_certificate(certificate)
        });
    }
    parameters
        .build()
        .map_err(|error| wrong(format!("can't be trusted: {}", reason(&error))))
}

/// Ends a connection. Whatever the server says to it, the letters that it took are its own.
async fn farewell(mut connection: AsyncSmtpConnection) {
    let _ = timeout(FAREWELL, connection.quit()).await;
}

/// Nothing panics while it holds the lock, so a poisoned one still holds what it should.
fn lock(idle: &Mutex<Vec<Idle>>) -> MutexGuard<'_, Vec<Idle>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A connection that gives out no more than one line at a time. So nobody has read, let alone believed, what
/// somebody on the way put behind the answer to STARTTLS: TLS finds it where its own first bytes should be.
#[derive(Debug)]
struct Wire(TcpStream);

impl Wire {
    /// Connects to the first address that answers.
    async fn connect(host: &str, port: u16) -> io::Result<Self> {
        let mut last = io::Error::new(io::ErrorKind::NotFound, "no address of that name");
        for address in tokio::net::lookup_host((host, port)).await? {
            match timeout(CONNECT, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(Self(stream)),
                Ok(Err(error)) => last = error,
                Err(_) => last = io::ErrorKind::TimedOut.into(),
            }
        }
        Err(last)
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut bytes = [0; 1024];
        let most = bytes.len().min(buffer.remaining());
        let window = bytes.get_mut(..most).unwrap_or_default();
        let mut seen = ReadBuf::new(window);
        ready!(self.0.poll_peek(context, &mut seen))?;
        let seen = seen.filled();
        let end = seen.iter().position(|byte| *byte == b'\n');
        let line = end.map_or(seen.len(), |end| end + 1);
        let mut taken = ReadBuf::new(window.get_mut(..line).unwrap_or_default());
        ready!(Pin::new(&mut self.0).poll_read(context, &mut taken))?;
        buffer.put_slice(taken.filled());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.peer_addr()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_repeats_nothing_secret() {
        let token = "csl_0123456789abcdefghijklmnopqrstuvwxyz0123456";
        for (text, expected) in [
            (
                format!("554 no <https://app.example.com/reset?token={token}>!"),
                "554 no <https://app.example.com/reset?token=***>!".to_owned(),
            ),
            (format!("554 {}", &token[5..40]), "554 ***".to_owned()),
            // As it is coded for its way, and broken at the end of a line.
            (
                format!("554 ?token=3D{}=  {} bad", &token[..25], &token[25..]),
                "554 ?token=***=  *** bad".to_owned(),
            ),
            (
                "554 example is now spam".into(),
                "554 example is now spam".to_owned(),
            ),
        ] {
            assert_eq!(without(&text, SPARED_OF_LETTER, |_| true), expected);
        }
        let secrets = ["correct horse", "AGFkYQBjb3JyZWN0IGhvcnNl"];
        let text = "502 unknown: AUTH PLAIN AGFkYQBjb3JyZWN0 horse\u{e4} \u{e4}horse";
        let is_secret = |part: &str| secrets.iter().any(|secret| secret.contains(part));
        let text = without(text, SPARED_OF_PASSWORD, is_secret);
        assert_eq!(text, "502 unknown: AUTH PLAIN *** ***\u{e4} \u{e4}***");
    }
}
