//! The listener: accepting connections within bounds, and stopping without cutting anybody off.
//!
//! A stop is told to nobody who keeps a connection and asks nothing. If it was closed at once, a proxy could just
//! have sent a request on it, which may not be sent twice and so would fail. So the listener is closed first, which
//! sends new connections elsewhere; who still asks is answered, and told that the connection ends with it; and only
//! when nobody asks any more the others are closed.

mod activity;
mod connection;
mod farewell;

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use poem::{Endpoint, Response};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::Instant;

use self::connection::Host;
use self::farewell::Farewell;

/// How long to wait before accepting again, where the system could not give a connection.
const PAUSE: Duration = Duration::from_millis(100);
/// How often it is said at most that connections can't be accepted.
const COMPLAINT_INTERVAL: Duration = Duration::from_mins(1);
/// How often those who are connected are told that there is no place for another.
const CROWDED_INTERVAL: Duration = Duration::from_millis(250);
/// Files that are open besides connections: the database, logs, what the runtime needs.
const OTHER_FILES: u64 = 128;

/// How much patience clients find, and how many of them.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most connections at once. More wait until one of these ends.
    pub connections: usize,
    /// How long a client may take to send the head of a request, from its first byte, or from the
    /// beginning of the connection.
    pub head: Duration,
    /// How long a client may take to take what it asked for.
    pub answer: Duration,
    /// How long a connection is kept on which nothing is asked. While there is no place for another, it is
    /// about a second.
    pub idle: Duration,
    /// How long running requests may take to finish at a stop.
    pub grace: Duration,
}

impl Limits {
    /// The usual [`Limits::idle`]: longer than the minute for which load balancers keep connections open,
    /// so that it is they who close them and never send a request to one that is being closed.
    pub const IDLE: Duration = Duration::from_secs(75);
}

/// Serves `endpoint` by HTTP/1.1 and, to clients that begin with it, HTTP/2, until `stop` is done; then
/// accepts nobody any more and gives what runs [`Limits::grace`] to finish.
pub async fn serve(
    listener: TcpListener,
    endpoint: impl Endpoint<Output = Response> + 'static,
    stop: impl Future<Output = ()>,
    limits: Limits,
) {
    raise_open_files(limits.connections);
    let mut door = Door::new(listener, limits.connections);
    let farewell = Arc::new(Farewell::new(limits.grace));
    let crowded = Arc::clone(&door.crowded);
    let host = Arc::new(Host::new(endpoint, limits, crowded, Arc::clone(&farewell)));
    let mut connections = JoinSet::new();
    let begin = |connections: &mut JoinSet<()>, (stream, peer, place)| {
        let served = Arc::clone(&host).serve(stream, peer);
        connections.spawn(async move {
            served.await;
            drop::<OwnedSemaphorePermit>(place);
        });
    };
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            arrived = door.next() => begin(&mut connections, arrived),
            // One that ended is forgotten.
            Some(_) = connections.join_next() => {}
        }
    }
    for arrived in door.close() {
        begin(&mut connections, arrived);
    }
    let finished = async {
        tokio::join!(farewell.say(), async {
            while connections.join_next().await.is_some() {}
            farewell.is_over();
        });
    };
    if tokio::time::timeout(limits.grace, finished).await.is_err() {
        tracing::warn!(
            connections = connections.len(),
            "cut off what was not finished in time"
        );
        connections.shutdown().await;
    }
}

/// A connection, who is at its other end, and the place that it takes.
type Arrival = (TcpStream, SocketAddr, OwnedSemaphorePermit);

/// Where connections come in.
struct Door {
    listener: TcpListener,
    places: Arc<Semaphore>,
    /// Told now and then while there is no place, so that those who ask nothing leave.
    crowded: Arc<Notify>,
    /// When it was last said that connections can't be accepted.
    complained: Option<Instant>,
}

impl Door {
    fn new(listener: TcpListener, places: usize) -> Self {
        Self {
            listener,
            places: Arc::new(Semaphore::new(places)),
            crowded: Arc::default(),
            complained: None,
        }
    }

    /// The next connection, once there is a place for it. Until then clients wait in the system's own
    /// queue.
    async fn next(&mut self) -> Arrival {
        loop {
            let place = self.place().await;
            match self.listener.accept().await {
                Ok((stream, peer)) => return (stream, peer, place),
                Err(error) if is_of_one_client(&error) => {}
                Err(error) => {
                    self.complain(&error);
                    // The next attempt would fail at once as well.
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Accepts nobody any more, and gives those whom the system has accepted already: they would be cut off,
    /// with what they may have sent.
    fn close(self) -> Vec<Arrival> {
        let mut arrived = Vec::new();
        let Ok(listener) = self.listener.into_std() else {
            return arrived;
        };
        while let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            match listener.accept() {
                Ok((stream, peer)) => {
                    let stream = stream
                        .set_nonblocking(true)
                        .and_then(|()| TcpStream::from_std(stream));
                    arrived.extend(stream.map(|stream| (stream, peer, place)));
                }
                Err(error) if is_of_one_client(&error) => {}
                Err(_) => break,
            }
        }
        arrived
    }

    async fn place(&self) -> OwnedSemaphorePermit {
        loop {
            let place = Arc::clone(&self.places).acquire_owned();
            match tokio::time::timeout(CROWDED_INTERVAL, place).await {
                Ok(Ok(place)) => return place,
                // Nobody closes it.
                Ok(Err(_)) => std::future::pending().await,
                Err(_) => self.crowded.notify_waiters(),
            }
        }
    }

    fn complain(&mut self, error: &io::Error) {
        if self
            .complained
            .is_none_or(|before| before.elapsed() >= COMPLAINT_INTERVAL)
        {
            self.complained = Some(Instant::now());
            tracing::error!(
                error = error as &dyn std::error::Error,
                "connections can't be accepted, trying again"
            );
        }
    }
}

/// Whether one client went away before it was accepted, which says nothing of the next.
fn is_of_one_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused
    )
}

/// Has the system allow as many open files as it may, each connection being one.
fn raise_open_files(connections: usize) {
    let wanted = u64::try_from(connections)
        .unwrap_or(u64::MAX)
        .saturating_add(OTHER_FILES);
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(limit) if limit < wanted => tracing::warn!(
            limit,
            wanted,
            "fewer files may be open than server.max_connections needs: raise the limit, as by ulimit -n \
             or LimitNOFILE="
        ),
        Ok(_) => {}
        Err(error) => tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the limit of open files stays as it is"
        ),
    }
}

/// Done when the process is asked to stop: by SIGTERM, or by an interrupt from the keyboard.
///
/// Listens from this call on, not from the first look at the future: a signal in between is not missed.
pub fn stop_signal() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let asked = {
        use tokio::signal::unix::{SignalKind, signal};
        let signalled = |kind| {
            let signal = signal(kind);
            async move {
                match signal {
                    Ok(mut signal) => drop(signal.recv().await),
                    Err(_) => std::future::pending().await,
                }
            }
        };
        let interrupt = signalled(SignalKind::interrupt());
        let terminate = signalled(SignalKind::terminate());
        async move {
            tokio::select! {
                () = interrupt => {}
                () = terminate => {}
            }
        }
    };
    #[cfg(not(unix))]
    let asked = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    async move {
        asked.await;
        tracing::info!("stopping");
    }
}
