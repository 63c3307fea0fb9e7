//! A stand-in for the range service of Pwned Passwords, that can be as broken as a test likes.

use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::digest;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A certificate of 127.0.0.1, signed by itself, with its key.
pub const CERTIFICATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pem/localhost.pem");

/// What the server does with a request.
#[derive(Clone, Copy, Debug)]
pub enum Behaviour {
    /// Answers as the real one does.
    Answers,
    /// Answers this status, with a body that would be a range.
    Fails(u16),
    /// Sends the client to another of its own addresses.
    Redirects,
    /// Never answers.
    Hangs,
    /// Begins an answer, and goes on with it for ever.
    Drips,
    /// Closes the connection instead of answering.
    HangsUp,
    /// Closes the connection in the middle of the answer.
    Cuts,
    /// Answers with this instead of a range.
    Babbles(&'static str),
    /// Answers with many times what a range can be.
    Floods,
}

/// A request that came in.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The method and the target.
    pub target: String,
    /// The headers, by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// All of it, as it was sent.
    pub text: String,
}

#[derive(Debug)]
struct State {
    behaviour: Behaviour,
    hashes: BTreeSet<String>,
    padding: BTreeSet<String>,
    asked: Vec<Asked>,
}

/// The server. It is gone when dropped.
#[derive(Debug)]
pub struct RangeServer {
    scheme: &'static str,
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

/// The hash by which a password is known, in upper-case hexadecimal digits.
pub fn sha1(password: &str) -> String {
    let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
    let digits = hash.as_ref().iter().map(|byte| format!("{byte:02X}"));
    digits.collect()
}

impl RangeServer {
    /// A server that knows these passwords.
    pub async fn knowing(passwords: &[&str]) -> Self {
        Self::listen(passwords, None).await
    }

    /// The same over TLS, with [`CERTIFICATE`].
    pub async fn over_tls(passwords: &[&str]) -> Self {
        let certificate = CertificateDer::from_pem_file(CERTIFICATE).unwrap();
        let key = PrivateKeyDer::from_pem_file(CERTIFICATE).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        Self::listen(passwords, Some(Arc::new(config).into())).await
    }

    async fn listen(passwords: &[&str], tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State {
            behaviour: Behaviour::Answers,
            hashes: passwords.iter().map(|password| sha1(password)).collect(),
            padding: BTreeSet::new(),
            asked: Vec::new(),
        }));
        let scheme = if tls.is_some() { "https" } else { "http" };
        let kept = Arc::clone(&state);
        let task = tokio::spawn(async move {
            loop {
                let (connection, _) = listener.accept().await.unwrap();
                let state = Arc::clone(&kept);
                let tls = tls.clone();
                tokio::spawn(async move {
                    // A client that has left is none of the test's business.
                    let _ = match tls {
                        Some(tls) => serve(tls.accept(connection).await?, &state).await,
                        None => serve(connection, &state).await,
                    };
                    io::Result::Ok(())
                });
            }
        });
        Self {
            scheme,
            address,
            state,
            task,
        }
    }

    /// Where ranges are found.
    pub fn url(&self) -> String {
        format!("{}://{}/range", self.scheme, self.address)
    }

    /// Changes what it does from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        self.state.lock().unwrap().behaviour = behaviour;
    }

    /// Has it pad its answers with the hash of this password.
    pub fn pad_with(&self, password: &str) {
        self.state.lock().unwrap().padding.insert(sha1(password));
    }

    /// What it was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.state.lock().unwrap().asked.clone()
    }

    /// How often it was asked so far.
    pub fn count(&self) -> usize {
        self.state.lock().unwrap().asked.len()
    }
}

impl Drop for RangeServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    connection: impl AsyncRead + AsyncWrite + Unpin,
    state: &Mutex<State>,
) -> io::Result<()> {
    let mut connection = BufReader::new(connection);
    let mut text = String::new();
    while !text.ends_with("\r\n\r\n") {
        if connection.read_line(&mut text).await? == 0 {
            return Ok(());
        }
    }
    let (behaviour, body) = {
        let mut state = state.lock().unwrap();
        let asked = Asked::parse(text);
        let body = state.range(&asked);
        state.asked.push(asked);
        (state.behaviour, body)
    };
    let length = body.len();
    let answer = match behaviour {
        Behaviour::Answers => response("200 OK", &body),
        Behaviour::Fails(status) => response(&format!("{status} Sorry"), &body),
        Behaviour::Redirects => {
            "HTTP/1.1 302 Found\r\nlocation: /elsewhere/00000\r\ncontent-length: 0\r\n\r\n".into()
        }
        Behaviour::Hangs => pending().await,
        Behaviour::Drips => {
            let head = response("200 OK", &"F".repeat(1 << 20));
            for byte in head.as_bytes() {
                connection.write_all(&[*byte]).await?;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            pending().await
        }
        Behaviour::HangsUp => String::new(),
        Behaviour::Cuts => {
            let whole = response("200 OK", &body);
            whole[..whole.len() - length / 2].into()
        }
        Behaviour::Babbles(nonsense) => response("200 OK", nonsense),
        Behaviour::Floods => response("200 OK", &body.repeat((1 << 20) / length)),
    };
    connection.write_all(answer.as_bytes()).await?;
    connection.shutdown().await
}

fn response(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
}

impl State {
    /// All of a range: what it knows, what pads it, and always some that nobody asks for.
    fn range(&self, asked: &Asked) -> String {
        let prefix = asked.prefix();
        let suffixes = |hashes: &BTreeSet<String>, count: u32| -> String {
            let of_range = hashes.iter().filter_map(|hash| hash.strip_prefix(prefix));
            let lines = of_range.map(|suffix| format!("{suffix}:{count}\r\n"));
            lines.collect()
        };
        format!(
            "0018A45C4D1DEF81644B54AB7F969B88D65:3\r\n{}{}FFFFA45C4D1DEF81644B54AB7F969B88D65:0\r\n",
            suffixes(&self.hashes, 1907),
            suffixes(&self.padding, 0),
        )
    }
}

impl Asked {
    fn parse(text: String) -> Self {
        let mut lines = text.lines();
        let target = lines
            .next()
            .unwrap()
            .trim_end_matches(" HTTP/1.1")
            .to_owned();
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        Self {
            target,
            headers: headers.collect(),
            text,
        }
    }

    /// What it was asked for.
    pub fn prefix(&self) -> &str {
        self.target.rsplit('/').next().unwrap()
    }
}
