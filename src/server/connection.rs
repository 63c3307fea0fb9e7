//! Serving one connection, for as long as something happens on it.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use poem::http::uri::Scheme;
use poem::http::{HeaderValue, StatusCode, Version, header};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint, Request, Response};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::Limits;
use super::activity::{Activity, LINGER, Late, Watchdog, Watched};
use super::farewell::{Farewell, Phase};

/// The largest head of a request, in bytes; more is answered 431. Of the headers in it, hyper takes 100 in
/// HTTP/1; in HTTP/2, where each counts 32 bytes besides its own, the size bounds their number.
const MAX_HEAD: usize = 16 * 1024;
/// The most requests at once on one connection of HTTP/2.
const MAX_STREAMS: u32 = 100;

/// What every connection is served with.
pub(super) struct Host<E> {
    endpoint: E,
    builder: Builder<TokioExecutor>,
    limits: Limits,
    /// Told now and then while there is no place for another connection.
    crowded: Arc<Notify>,
    farewell: Arc<Farewell>,
}

impl<E: Endpoint<Output = Response> + 'static> Host<E> {
    pub(super) fn new(
        endpoint: E,
        limits: Limits,
        crowded: Arc<Notify>,
        farewell: Arc<Farewell>,
    ) -> Self {
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            // Told by the watchdog, which tells a connection that waits from one that is slow.
            .header_read_timeout(None)
            // A head has to fit into the buffer.
            .max_buf_size(MAX_HEAD);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(MAX_STREAMS)
            .max_header_list_size(u32::try_from(MAX_HEAD).unwrap_or(u32::MAX));
        Self {
            endpoint,
            builder,
            limits,
            crowded,
            farewell,
        }
    }

    /// Serves a connection to its end. Since the farewell, it ends with the next answer.
    pub(super) async fn serve(self: Arc<Self>, stream: TcpStream, peer: SocketAddr) {
        // Where it can't be set, answers come a little later.
        let _ = stream.set_nodelay(true);
        let Ok(local) = stream.local_addr() else {
            // Gone already.
            return;
        };
        let activity = Activity::new(self.limits);
        let service = service_fn(|request: hyper::Request<Incoming>| {
            let (host, activity) = (Arc::clone(&self), Arc::clone(&activity));
            async move {
                let _running = activity.begin();
                Ok::<_, Infallible>(host.answer(request, local, peer).await)
            }
        });
        let watched = TokioIo::new(Watched::new(stream, Arc::clone(&activity)));
        let connection = self.builder.serve_connection(watched, service);
        tokio::pin!(connection);
        let mut watchdog = Watchdog::new(Arc::clone(&activity));
        let mut farewell = self.farewell.subscribe();
        let mut phase = Phase::Open;
        let late = loop {
            tokio::select! {
                // The watchdog has to look after everything that moves the connection.
                biased;
                Ok(next) = farewell.wait_for(|next| *next > phase), if phase < Phase::Closing => {
                    phase = *next;
                    activity.stop();
                    // Who speaks HTTP/2 can be told without an answer.
                    if phase == Phase::Closing || activity.is_http2() {
                        connection.as_mut().graceful_shutdown();
                    }
                }
                ended = &mut connection => {
                    if let Err(error) = ended {
                        tracing::debug!(peer = %peer, error = &*error as &dyn std::error::Error, "connection failed");
                    }
                    return;
                }
                late = poll_fn(|context| watchdog.poll_late(context)) => break late,
                () = self.crowded.notified() => {
                    if activity.is_spare() {
                        break Late::Idle;
                    }
                }
            }
        };
        tracing::debug!(peer = %peer, reason = ?late, "connection closed");
        if late == Late::Idle {
            // The client is told, in case that it is just about to ask something.
            connection.as_mut().graceful_shutdown();
            if tokio::time::timeout(LINGER, &mut connection).await.is_ok() {
                return;
            }
        }
        activity.cut();
    }

    async fn answer(
        &self,
        request: hyper::Request<Incoming>,
        local: SocketAddr,
        peer: SocketAddr,
    ) -> hyper::Response<
        impl hyper::body::Body<Data: Send, Error: std::error::Error + Send + Sync> + use<E>,
    > {
        let version = request.version();
        let local = LocalAddr(Addr::SocketAddr(local));
        let peer = RemoteAddr(Addr::SocketAddr(peer));
        let request = Request::from((request, local, peer, Scheme::HTTP));
        self.farewell.ends_with_answer();
        let mut response = self.endpoint.get_response(request).await;
        // The rest of what was being sent will not be read (RFC 9110 sections 15.5.9 and 15.5.14).
        let is_given_up = matches!(
            response.status(),
            StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE
        );
        // Asked again, since a stop may have begun meanwhile.
        if (self.farewell.ends_with_answer() || is_given_up) && version < Version::HTTP_2 {
            response
                .headers_mut()
                .insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        hyper::Response::<_>::from(response)
    }
}
