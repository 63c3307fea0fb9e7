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
pub async fn stop_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
    tracing::info!("stopping");
}
