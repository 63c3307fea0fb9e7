//! A mail server for tests: strict about what it is sent (RFC 5321), and as ill-tempered as a test likes.
//!
//! It takes seven bits only and one command at a time, and closes the connection on whoever breaks the rules.

use std::fmt;
use std::fs;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use mail_parser::{Message, MessageParser};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use url::Url;

use super::PATIENCE;
use super::range_server::CERTIFICATE;

/// Whom a server with a password knows.
pub const USER: &str = "mailer@example.com";
/// That password, with what means something in a URL.
pub const MAIL_PASSWORD: &str = "p@ss/w\u{f6}rd & more";
/// The longest command, with its end (RFC 5321 section 4.5.3.1.4).
const MAX_COMMAND: usize = 512;
/// The longest line of a mail, with its end (section 4.5.3.1.6).
const MAX_LINE: usize = 1000;

/// What a server does with whoever comes. A change holds for connections that are open already, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Takes everything.
    Fine,
    /// Greets with this code instead of 220, and closes.
    Greets(u16),
    /// Refuses every name and password, and repeats them in its answer.
    RefusesLogins(u16),
    /// Refuses every sender.
    RefusesSenders(u16),
    /// Refuses every recipient.
    RefusesRecipients(u16),
    /// Refuses this recipient.
    RefusesRecipient(&'static str, u16),
    /// Refuses DATA.
    RefusesData(u16),
    /// Refuses a mail after it was sent, and repeats the token in it.
    RefusesContents(u16),
    /// Closes the connection instead of answering a command.
    HangsUp,
    /// Closes the connection in the middle of a mail.
    HangsUpInside,
    /// Takes a mail, and closes the connection instead of saying so.
    HangsUpAfter,
    /// Takes a mail and says so, and then closes the connection.
    HangsUpBetween,
    /// Says nothing of STARTTLS, as if somebody on the way had cut it out.
    HidesStartTls,
    /// Answers STARTTLS, and puts behind it what is to be taken for answers given under TLS.
    SlipsIn,
    /// Waits for so long before each answer.
    Slow(Duration),
    /// Answers nothing any more.
    Silent,
}

/// How a server protects its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// Not at all. It knows nobody, and asks for no password.
    None,
    /// From the first byte on, with [`CERTIFICATE`]. Knows [`USER`] only.
    Implicit,
    /// By STARTTLS, with [`CERTIFICATE`]. Knows [`USER`] only, and nobody without TLS.
    StartTls,
}

/// A mail that was taken.
#[derive(Clone)]
pub struct Received {
    /// The sender of the envelope.
    pub from: String,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// The mail as it was sent, with its line ends.
    pub content: String,
    /// Whether it came by TLS.
    pub by_tls: bool,
    /// On which connection it came; the first is 1.
    pub connection: usize,
}

/// The server. It is gone when dropped.
#[derive(Debug)]
pub struct MailServer {
    address: SocketAddr,
    protection: Protection,
    state: Arc<Mutex<State>>,
    mechanisms: &'static str,
    task: Option<JoinHandle<()>>,
    /// Keeps the port while the server is stopped.
    place: Option<TcpSocket>,
}

#[derive(Debug)]
struct State {
    mood: Mood,
    mails: Vec<Received>,
    connections: usize,
    commands: Vec<String>,
    violations: Vec<String>,
}

impl MailServer {
    /// A server without TLS and passwords.
    pub async fn start() -> Self {
        Self::with(Protection::None).await
    }

    /// A server with this protection.
    pub async fn with(protection: Protection) -> Self {
        Self::knowing(protection, "PLAIN LOGIN").await
    }

    /// The same, which knows only these ways to log in.
    pub async fn knowing(protection: Protection, mechanisms: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut server = Self {
            address: listener.local_addr().unwrap(),
            protection,
            mechanisms,
            state: Arc::new(Mutex::new(State {
                mood: Mood::Fine,
                mails: Vec::new(),
                connections: 0,
                commands: Vec::new(),
                violations: Vec::new(),
            })),
            task: None,
            place: None,
        };
        server.listen(listener);
        server
    }

    fn listen(&mut self, listener: TcpListener) {
        let tls = (self.protection != Protection::None).then(acceptor);
        let (protection, mechanisms) = (self.protection, self.mechanisms);
        let state = Arc::clone(&self.state);
        self.task = Some(tokio::spawn(async move {
            // They end with the server.
            let mut sessions = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let number = {
                    let mut state = state.lock().unwrap();
                    state.connections += 1;
                    state.connections
                };
                let session = Session {
                    state: Arc::clone(&state),
                    protection,
                    mechanisms,
                    number,
                    tls: tls.clone(),
                    is_protected: false,
                };
                // A client that has left is none of the test's business.
                sessions.spawn(async move { drop(session.run(stream).await) });
            }
        }));
    }

    /// What `mail.url` says, with the password where there is one.
    pub fn url(&self) -> String {
        self.url_by("127.0.0.1")
    }

    /// The same by another name of this machine.
    pub fn url_by(&self, host: &str) -> String {
        let scheme = match self.protection {
            Protection::Implicit => "smtps",
            Protection::StartTls | Protection::None => "smtp",
        };
        let mut url = Url::parse(&format!("{scheme}://{host}")).unwrap();
        url.set_port(Some(self.address.port())).unwrap();
        if self.protection != Protection::None {
            url.set_username(USER).unwrap();
            url.set_password(Some(MAIL_PASSWORD)).unwrap();
        }
        url.into()
    }

    /// Changes what it does from now on.
    pub fn set(&self, mood: Mood) {
        self.state().mood = mood;
    }

    /// The mails that it has taken.
    pub fn mails(&self) -> Vec<Received> {
        self.state().mails.clone()
    }

    /// The mails that it has taken for this address.
    pub fn mails_to(&self, address: &str) -> Vec<Received> {
        let mut mails = self.mails();
        mails.retain(|mail| mail.to.iter().any(|to| to == address));
        mails
    }

    /// The mails that it has taken, once there are so many. Fails where that takes too long.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        let started = Instant::now();
        loop {
            let mails = self.mails();
            if mails.len() >= count {
                return mails;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "{} mails instead of {count}; it was told {:?}",
                mails.len(),
                self.commands()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// How many connections there were so far.
    pub fn connections(&self) -> usize {
        self.state().connections
    }

    /// The verbs of the commands so far, of all connections.
    pub fn commands(&self) -> Vec<String> {
        self.state().commands.clone()
    }

    /// Which rules it saw broken.
    pub fn violations(&self) -> Vec<String> {
        self.state().violations.clone()
    }

    /// Stops: all connections end, and there are no new ones until it resumes.
    pub async fn stop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            let _ = task.await;
            let place = TcpSocket::new_v4().unwrap();
            place.set_reuseaddr(true).unwrap();
            place.bind(self.address).unwrap();
            self.place = Some(place);
        }
    }

    /// Goes on at the same address.
    pub fn resume(&mut self) {
        if let Some(place) = self.place.take() {
            self.listen(place.listen(64).unwrap());
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

impl Received {
    /// A mail that was put into a file.
    pub fn from_file(path: &Path) -> Self {
        let mut mail = Self {
            from: String::new(),
            to: Vec::new(),
            content: fs::read_to_string(path).unwrap(),
            by_tls: false,
            connection: 0,
        };
        let address = |list: Option<&mail_parser::Address>| {
            let first = list.and_then(|list| list.first());
            first.unwrap().address().unwrap().to_owned()
        };
        let message = mail.parse();
        let (from, to) = (address(message.from()), address(message.to()));
        (mail.from, mail.to) = (from, vec![to]);
        mail
    }

    /// What is in it.
    pub fn parse(&self) -> Message<'_> {
        let parsed = MessageParser::default().parse(self.content.as_bytes());
        parsed.expect(&self.content)
    }

    /// The subject.
    pub fn subject(&self) -> String {
        self.parse().subject().expect(&self.content).to_owned()
    }

    /// The text, for those who see no HTML.
    pub fn text(&self) -> String {
        self.part("text/plain")
    }

    /// The text in HTML.
    pub fn html(&self) -> String {
        self.part("text/html")
    }

    /// A header, as it was sent.
    pub fn header(&self, name: &str) -> Option<String> {
        let message = self.parse();
        let value = message.header_raw(name)?;
        Some(value.trim().to_owned())
    }

    /// The first link in the text.
    pub fn link(&self) -> Url {
        let first = self.links().into_iter().next();
        first.unwrap_or_else(|| panic!("no link in: {}", self.text()))
    }

    /// The token in the first link of the text that has one.
    pub fn token(&self) -> String {
        let token = |link: Url| {
            let mut pairs = link.query_pairs();
            let token = pairs.find(|(name, _)| name == "token");
            token.map(|(_, token)| token.into_owned())
        };
        let first = self.links().into_iter().find_map(token);
        first.unwrap_or_else(|| panic!("no token in: {}", self.text()))
    }

    fn links(&self) -> Vec<Url> {
        let text = self.text();
        let words = text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"'));
        let links =
            words.filter(|word| word.starts_with("http://") || word.starts_with("https://"));
        links.filter_map(|link| link.parse().ok()).collect()
    }

    fn part(&self, kind: &str) -> String {
        let message = self.parse();
        let is_meant = |part: &&mail_parser::MessagePart<'_>| {
            use mail_parser::MimeHeaders;
            let found = part.content_type();
            found.is_some_and(|found| {
                found.subtype().is_some_and(|subtype| {
                    format!("{}/{subtype}", found.ctype()).eq_ignore_ascii_case(kind)
                })
            })
        };
        let part = message.parts.iter().find(is_meant);
        let part = part.unwrap_or_else(|| panic!("no {kind} in: {}", self.content));
        part.text_contents().expect(kind).to_owned()
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "to {:?}: {}", self.to, self.subject())
    }
}

fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_file(CERTIFICATE).unwrap();
    let key = PrivateKeyDer::from_pem_file(CERTIFICATE).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    Arc::new(config).into()
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

type Wire = BufReader<Box<dyn Stream>>;

/// One connection.
struct Session {
    state: Arc<Mutex<State>>,
    protection: Protection,
    mechanisms: &'static str,
    number: usize,
    tls: Option<TlsAcceptor>,
    is_protected: bool,
}

/// What a client has said so far.
#[derive(Default)]
struct Said {
    hello: bool,
    is_known: bool,
    from: Option<String>,
    to: Vec<String>,
}

impl Session {
    async fn run(mut self, stream: TcpStream) -> io::Result<()> {
        let mut wire: Wire = BufReader::new(Box::new(stream));
        if self.protection == Protection::Implicit {
            wire = self.protect(wire).await?;
        }
        match self.mood() {
            Mood::Greets(code) => return self.answer(&mut wire, &refusal(code, "not now")).await,
            _ => self.answer(&mut wire, "220 localhost ESMTP").await?,
        }
        let mut said = Said::default();
        while let Some(line) = self.line(&mut wire, MAX_COMMAND).await? {
            if !wire.buffer().is_empty() {
                return self
                    .violated(&mut wire, "a command before the answer")
                    .await;
            }
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            let verb = verb.to_ascii_uppercase();
            self.state().commands.push(verb.clone());
            if self.mood() == Mood::HangsUp {
                return Ok(());
            }
            match &*verb {
                "EHLO" => {
                    said = Said {
                        hello: true,
                        is_known: said.is_known,
                        ..Said::default()
                    };
                    let hello = self.hello();
                    self.answer(&mut wire, &hello).await?;
                }
                "STARTTLS" if said.hello && self.protection == Protection::StartTls => {
                    if self.is_protected {
                        return self.violated(&mut wire, "TLS within TLS").await;
                    }
                    let answer = match self.mood() {
                        Mood::SlipsIn => "220 go on\r\n250-localhost\r\n250 AUTH PLAIN LOGIN",
                        _ => "220 go on",
                    };
                    self.answer(&mut wire, answer).await?;
                    wire = self.protect(wire).await?;
                    said = Said::default();
                }
                "AUTH" if said.hello && self.is_protected && !said.is_known => {
                    said.is_known = self.log_in(&mut wire, rest).await?;
                }
                "MAIL" if said.hello && said.from.is_none() => {
                    self.sender(&mut wire, &mut said, rest).await?;
                }
                "RCPT" if said.from.is_some() => {
                    self.recipient(&mut wire, &mut said, rest).await?;
                }
                "DATA" if rest.is_empty() && !said.to.is_empty() => {
                    let goes_on = self.mail(&mut wire, &mut said).await?;
                    if !goes_on {
                        return Ok(());
                    }
                }
                "RSET" => {
                    (said.from, said.to) = (None, Vec::new());
                    self.answer(&mut wire, "250 ok").await?;
                }
                "NOOP" => self.answer(&mut wire, "250 ok").await?,
                "QUIT" => return self.answer(&mut wire, "221 bye").await,
                _ => {
                    self.state().violations.push(verb);
                    self.answer(&mut wire, "503 5.5.1 not now").await?;
                }
            }
        }
        Ok(())
    }

    async fn sender(&self, wire: &mut Wire, said: &mut Said, rest: &str) -> io::Result<()> {
        let is_stranger = self.protection != Protection::None && !said.is_known;
        match (self.mood(), path(rest, "FROM:")) {
            _ if is_stranger => self.answer(wire, "530 5.7.0 log in first").await,
            (Mood::RefusesSenders(code), _) => {
                let refusal = refusal(code, "no such sender");
                self.answer(wire, &refusal).await
            }
            (_, Some(from)) => {
                said.from = Some(from);
                self.answer(wire, "250 ok").await
            }
            (_, None) => self.violated(wire, &format!("MAIL {rest}")).await,
        }
    }

    async fn recipient(&self, wire: &mut Wire, said: &mut Said, rest: &str) -> io::Result<()> {
        let Some(to) = path(rest, "TO:") else {
            return self.violated(wire, &format!("RCPT {rest}")).await;
        };
        let answer = match self.mood() {
            Mood::RefusesRecipients(code) => refusal(code, "no such mailbox"),
            Mood::RefusesRecipient(one, code) if one == to => refusal(code, "no such mailbox"),
            _ => {
                said.to.push(to);
                "250 ok".into()
            }
        };
        self.answer(wire, &answer).await
    }

    /// Whether the connection goes on.
    async fn mail(&self, wire: &mut Wire, said: &mut Said) -> io::Result<bool> {
        if let Mood::RefusesData(code) = self.mood() {
            self.answer(wire, &refusal(code, "no room")).await?;
            return Ok(true);
        }
        self.answer(wire, "354 go on").await?;
        let Some(content) = self.content(wire).await? else {
            return Ok(false);
        };
        let answer = self.take(said, content);
        if self.mood() == Mood::HangsUpAfter {
            return Ok(false);
        }
        self.answer(wire, &answer).await?;
        Ok(self.mood() != Mood::HangsUpBetween)
    }

    /// Goes on by TLS.
    async fn protect(&mut self, wire: Wire) -> io::Result<Wire> {
        let tls = self.tls.clone().unwrap();
        let stream = tls.accept(wire.into_inner()).await?;
        self.is_protected = true;
        Ok(BufReader::new(Box::new(stream)))
    }

    fn hello(&self) -> String {
        let mut lines = vec!["localhost".to_owned(), "SIZE 1000000".to_owned()];
        let is_hidden = self.mood() == Mood::HidesStartTls;
        if self.protection == Protection::StartTls && !self.is_protected && !is_hidden {
            lines.push("STARTTLS".into());
        }
        if self.is_protected {
            lines.push(format!("AUTH {}", self.mechanisms));
        }
        // The last line has a space where the others go on.
        format!("250-{}\r\n250 ENHANCEDSTATUSCODES", lines.join("\r\n250-"))
    }

    /// Whether the client is known now.
    async fn log_in(&self, wire: &mut Wire, rest: &str) -> io::Result<bool> {
        let decode = |text: &str| {
            let bytes = BASE64_STANDARD.decode(text).unwrap_or_default();
            String::from_utf8(bytes).unwrap_or_default()
        };
        let (mechanism, initial) = rest.split_once(' ').unwrap_or((rest, ""));
        let is_offered = self.mechanisms.split(' ').any(|known| known == mechanism);
        let mut sent = Vec::new();
        let is_right = match mechanism {
            "PLAIN" if is_offered => {
                sent.push(initial.to_owned());
                decode(initial) == format!("\0{USER}\0{MAIL_PASSWORD}")
            }
            "LOGIN" if is_offered => {
                for question in ["Username:", "Password:"] {
                    let question = BASE64_STANDARD.encode(question);
                    self.answer(wire, &format!("334 {question}")).await?;
                    let answer = self.line(wire, MAX_COMMAND).await?;
                    sent.push(answer.unwrap_or_default());
                }
                decode(&sent[0]) == USER && decode(&sent[1]) == MAIL_PASSWORD
            }
            _ => false,
        };
        let (code, is_known) = match self.mood() {
            Mood::RefusesLogins(code) => (code, false),
            _ if is_right => (235, true),
            _ => (535, false),
        };
        let answer = if is_known {
            "235 2.7.0 welcome".to_owned()
        } else {
            let sent = sent.join(" ");
            format!("{code} 5.7.8 who is {sent} with {MAIL_PASSWORD}?")
        };
        self.answer(wire, &answer).await?;
        Ok(is_known)
    }

    /// Reads a mail. `None` when the connection has ended.
    async fn content(&self, wire: &mut Wire) -> io::Result<Option<String>> {
        let mut content = String::new();
        loop {
            if self.mood() == Mood::HangsUpInside {
                return Ok(None);
            }
            let Some(line) = self.line(wire, MAX_LINE).await? else {
                return Ok(None);
            };
            if line == "." {
                return Ok(Some(content));
            }
            content.push_str(line.strip_prefix('.').unwrap_or(&line));
            content.push_str("\r\n");
        }
    }

    /// Takes a mail, if that is the mood. What to answer.
    fn take(&self, said: &mut Said, content: String) -> String {
        let from = said.from.take().unwrap_or_default();
        let to = std::mem::take(&mut said.to);
        if let Mood::RefusesContents(code) = self.mood() {
            let token = content.split("token=").nth(1).unwrap_or_default();
            let token = token.split_whitespace().next().unwrap_or_default();
            return format!("{code} 5.7.1 spam: <https://app.example.com/?token={token}>");
        }
        self.state().mails.push(Received {
            from,
            to,
            content,
            by_tls: self.is_protected,
            connection: self.number,
        });
        "250 2.0.0 taken".into()
    }

    /// Reads one line of seven bits, which ends as it has to. `None` at the end of the connection.
    async fn line(&self, wire: &mut Wire, most: usize) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        let limit = u64::try_from(most).unwrap();
        if (&mut *wire)
            .take(limit)
            .read_until(b'\n', &mut line)
            .await?
            == 0
        {
            return Ok(None);
        }
        let Some(text) = line.strip_suffix(b"\r\n") else {
            if line.len() == most || line.ends_with(b"\n") {
                self.violated(
                    wire,
                    &format!("a line of {} bytes, or with another end", line.len()),
                )
                .await?;
            }
            return Ok(None);
        };
        if !text.is_ascii() || text.iter().any(|byte| matches!(byte, b'\r' | 0)) {
            self.violated(wire, "other bytes than those of text")
                .await?;
            return Ok(None);
        }
        Ok(Some(String::from_utf8(text.to_vec()).unwrap()))
    }

    async fn violated(&self, wire: &mut Wire, what: &str) -> io::Result<()> {
        self.state().violations.push(what.to_owned());
        self.answer(wire, "500 5.5.2 not like this").await
    }

    async fn answer(&self, wire: &mut Wire, answer: &str) -> io::Result<()> {
        match self.mood() {
            Mood::Silent => pending().await,
            Mood::Slow(wait) => tokio::time::sleep(wait).await,
            _ => {}
        }
        wire.write_all(format!("{answer}\r\n").as_bytes()).await?;
        wire.flush().await
    }

    fn mood(&self) -> Mood {
        self.state().mood
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

/// An address in angle brackets, with nothing behind it.
fn path(text: &str, keyword: &str) -> Option<String> {
    let (found, path) = text.split_at_checked(keyword.len())?;
    let path = path.strip_prefix('<')?.strip_suffix('>')?;
    (found.eq_ignore_ascii_case(keyword) && !path.contains([' ', '<', '>']))
        .then(|| path.to_owned())
}

/// A refusal in two lines, the second very long.
fn refusal(code: u16, text: &str) -> String {
    let class = code / 100;
    let long = "sorry ".repeat(70);
    format!("{code}-{class}.1.1 {text}\r\n{code} {class}.1.1 {long}")
}
