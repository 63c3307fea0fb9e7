//! A way to the database that can be broken: a TCP proxy that forwards, cuts, refuses or swallows.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign::config::Config;
use secrecy::ExposeSecret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use url::Url;

use super::database::{TestDatabase, postgres};
use super::{TestApp, test_config};

/// What becomes of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// They arrive.
    Open,
    /// Connections are closed, and new ones too.
    Cut,
    /// Nothing arrives, and nobody is told: as behind a firewall that drops.
    Swallowing,
}

/// A proxy before one address.
pub struct Proxy {
    address: SocketAddr,
    way: Arc<watch::Sender<Way>>,
    /// Connections that were swallowing once never forward again: the other end has long forgotten them.
    epoch: Arc<watch::Sender<u64>>,
    said: Said,
}

/// What clients said to a PostgreSQL: the kinds of their messages, a character each, in their order.
type Said = Arc<Mutex<String>>;

impl Proxy {
    /// A proxy before the PostgreSQL under test, if there is one, and an application with another
    /// configuration that reaches it that way.
    pub async fn before_database(change: impl FnOnce(&mut Config)) -> Option<(TestApp, Self)> {
        let server = Url::parse(&postgres()?).unwrap();
        let database = TestDatabase::create().await;
        let mut config = test_config(&database);
        let host = server.host_str().unwrap();
        let proxy = Self::before(format!("{host}:{}", server.port().unwrap_or(5432))).await;
        let mut url = Url::parse(config.database.url.expose_secret()).unwrap();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(proxy.address().port())).unwrap();
        config.database.url = url.as_str().into();
        change(&mut config);
        Some((TestApp::on(database, config).await, proxy))
    }

    /// A proxy that forwards to `target`.
    pub async fn before(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            address: listener.local_addr().unwrap(),
            way: Arc::new(watch::Sender::new(Way::Open)),
            epoch: Arc::new(watch::Sender::new(0)),
            said: Said::default(),
        };
        let (way, epoch) = (Arc::clone(&proxy.way), Arc::clone(&proxy.epoch));
        let said = Arc::clone(&proxy.said);
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let (way, epoch) = (way.subscribe(), epoch.subscribe());
                if *way.borrow() == Way::Cut {
                    continue;
                }
                tokio::spawn(forward(
                    client,
                    target.clone(),
                    way,
                    epoch,
                    Arc::clone(&said),
                ));
            }
        });
        proxy
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes what becomes of bytes, also on connections that there are.
    pub fn turn(&self, way: Way) {
        self.way.send_replace(way);
        if way == Way::Swallowing {
            self.epoch.send_modify(|epoch| *epoch += 1);
        }
    }

    /// What was said to a PostgreSQL since this was asked for the last time, once nothing more is said.
    pub async fn said(&self) -> String {
        let mut length = usize::MAX;
        loop {
            // What is undone is undone after the answer.
            tokio::time::sleep(QUIET).await;
            let mut said = self.said.lock().unwrap();
            if said.len() == length {
                return std::mem::take(&mut said);
            }
            length = said.len();
        }
    }
}

/// How long nothing may be said until it is taken for all.
const QUIET: Duration = Duration::from_millis(100);

/// Finds the messages in what is sent to a PostgreSQL.
#[derive(Default)]
struct Messages {
    /// The beginning of one that is not yet known in its kind and length.
    head: Vec<u8>,
    /// How much of one is still to come.
    left: usize,
}

impl Messages {
    fn read(&mut self, bytes: &[u8], said: &Said) {
        for &byte in bytes {
            if self.left > 0 {
                self.left -= 1;
                continue;
            }
            self.head.push(byte);
            // The first ones of a connection have no kind, and so begin with the zero of their length.
            let kind = usize::from(self.head[0] != 0);
            if let Some(length) = self.head.get(kind..kind + 4) {
                // The length is counted as well.
                let length = u32::from_be_bytes(length.try_into().unwrap());
                self.left = usize::try_from(length).unwrap() - 4;
                if kind == 1 {
                    said.lock().unwrap().push(char::from(self.head[0]));
                }
                self.head.clear();
            }
        }
    }
}

async fn forward(
    client: TcpStream,
    target: String,
    mut way: watch::Receiver<Way>,
    epoch: watch::Receiver<u64>,
    said: Said,
) {
    let born = *epoch.borrow();
    let Ok(server) = TcpStream::connect(target).await else {
        return;
    };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let mut messages = Messages::default();
    let heard = move |bytes: &[u8]| messages.read(bytes, &said);
    let there = pump(
        from_client,
        to_server,
        way.clone(),
        epoch.clone(),
        born,
        heard,
    );
    let back = pump(from_server, to_client, way.clone(), epoch, born, |_| {});
    let cut = way.wait_for(|way| *way == Way::Cut);
    tokio::select! {
        ((), ()) = async { tokio::join!(there, back) } => {}
        _ = cut => {}
    }
}

async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    way: watch::Receiver<Way>,
    epoch: watch::Receiver<u64>,
    born: u64,
    mut heard: impl FnMut(&[u8]),
) {
    let mut bytes = [0; 4096];
    loop {
        let Ok(length) = from.read(&mut bytes).await else {
            return;
        };
        if length == 0 {
            return;
        }
        heard(&bytes[..length]);
        let is_lost = *way.borrow() == Way::Swallowing || *epoch.borrow() != born;
        if !is_lost && to.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
}
