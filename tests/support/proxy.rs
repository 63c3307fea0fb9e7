//! A way to the database that can be broken: a TCP proxy that forwards, cuts, refuses or swallows.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

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
}

impl Proxy {
    /// A proxy that forwards to `target`.
    pub async fn before(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            address: listener.local_addr().unwrap(),
            way: Arc::new(watch::Sender::new(Way::Open)),
            epoch: Arc::new(watch::Sender::new(0)),
        };
        let (way, epoch) = (Arc::clone(&proxy.way), Arc::clone(&proxy.epoch));
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let (way, epoch) = (way.subscribe(), epoch.subscribe());
                if *way.borrow() == Way::Cut {
                    continue;
                }
                tokio::spawn(forward(client, target.clone(), way, epoch));
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
}

async fn forward(
    client: TcpStream,
    target: String,
    mut way: watch::Receiver<Way>,
    epoch: watch::Receiver<u64>,
) {
    let born = *epoch.borrow();
    let Ok(server) = TcpStream::connect(target).await else {
        return;
    };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let there = pump(from_client, to_server, way.clone(), epoch.clone(), born);
    let back = pump(from_server, to_client, way.clone(), epoch, born);
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
) {
    let mut bytes = [0; 4096];
    loop {
        let Ok(length) = from.read(&mut bytes).await else {
            return;
        };
        if length == 0 {
            return;
        }
        let is_lost = *way.borrow() == Way::Swallowing || *epoch.borrow() != born;
        if !is_lost && to.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
}
