//! What comes in over connections.

use std::net::SocketAddr;
use std::time::Duration;

use countersign::server::{self, Limits};
use poem::http::StatusCode;
use poem::{Endpoint, EndpointExt, Request, Response, endpoint};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::Target;

/// More than all of [`LIMITS`] together.
const LONG: Duration = Duration::from_hours(1);
const LIMITS: Limits = Limits {
    connections: 8,
    head: Duration::from_secs(10),
    answer: Duration::from_secs(30),
    idle: Limits::IDLE,
    grace: Duration::from_secs(10),
};
const GOOD: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

/// What a client sends on a connection, as it is.
pub struct Http {
    address: SocketAddr,
}

/// Tells how long the body is, if it comes in time.
fn measure() -> impl Endpoint<Output = Response> {
    endpoint::make(|mut request: Request| async move {
        let body = request.take_body().into_bytes_limit(1024);
        match timeout(LIMITS.answer, body).await {
            Ok(Ok(body)) => Ok::<_, poem::Error>(body.len().to_string()),
            Ok(Err(_)) => Err(StatusCode::PAYLOAD_TOO_LARGE.into()),
            Err(_) => Err(StatusCode::REQUEST_TIMEOUT.into()),
        }
    })
    .map_to_response()
}

impl Http {
    /// Everything that is answered until the connection is closed.
    async fn send(&self, input: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let mut answered = Vec::new();
        // It may be closed before everything is sent, or reset.
        let _ = stream.write_all(input).await;
        let _ = timeout(LONG, stream.read_to_end(&mut answered))
            .await
            .expect("nobody stays for ever");
        answered
    }
}

impl Target for Http {
    const NAME: &str = "http";
    const IS_TIME_PAUSED: bool = true;

    async fn prepare() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(server::serve(
            listener,
            measure(),
            std::future::pending(),
            LIMITS,
        ));
        Self { address }
    }

    async fn judge(&mut self, input: &[u8]) {
        let answered = self.send(input).await;
        if let Some(line) = answered.strip_prefix(b"HTTP/1.") {
            let status = line.get(2..5).unwrap();
            let statuses: [&[u8]; 6] = [b"100", b"200", b"400", b"408", b"413", b"431"];
            assert!(
                statuses.contains(&status),
                "{}",
                String::from_utf8_lossy(&answered)
            );
        } else if !answered.is_empty() {
            // Only who begins with HTTP/2 is answered so: a frame of settings (RFC 9113 section 3.4).
            assert!(input.starts_with(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
            assert_eq!(answered.get(3), Some(&4), "{answered:?}");
        }
        // The next one is served as if nothing had been.
        let answered = self.send(GOOD).await;
        assert!(answered.starts_with(b"HTTP/1.1 200 "), "{answered:?}");
    }
}
