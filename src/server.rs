//! The listener: accepting connections, and stopping without cutting anybody off.

use std::io;
use std::time::Duration;

use poem::listener::TcpAcceptor;
use poem::{Endpoint, Response, Server};
use tokio::net::TcpListener;

/// Serves `endpoint` until `stop` is done; then accepts nobody any more and gives what runs `grace` to
/// finish.
///
/// # Errors
/// When the listener can't be used.
pub async fn serve(
    listener: TcpListener,
    endpoint: impl Endpoint<Output = Response> + 'static,
    stop: impl Future<Output = ()>,
    grace: Duration,
) -> io::Result<()> {
    Server::new_with_acceptor(TcpAcceptor::from_tokio(listener)?)
        .run_with_graceful_shutdown(endpoint, stop, Some(grace))
        .await
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
