//! What happens on a connection, and when it has been too little for too long.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

use super::Limits;

/// What a client of HTTP/2 begins with (RFC 9113 section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// For how long, and how much of it, is read on what a client still sends after the last answer: a system
/// that closes a connection with something unread has the client lose the answer (RFC 9112 section 9.6).
pub(super) const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 1 << 20;

/// How long a connection on which nothing is asked is kept where others wait for its place: long enough for
/// a client that asks one thing after the other.
const SPARE: Duration = Duration::from_secs(1);

/// Why a connection is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Late {
    /// The head of a request did not come in time.
    Head,
    /// An answer was not taken in time.
    Answer,
    /// Nothing was asked for a while.
    Idle,
}

/// The account of one connection, kept by its stream and its requests.
#[derive(Debug)]
pub(super) struct Activity {
    limits: Limits,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    protocol: Protocol,
    /// Requests that are being answered. They have a deadline of their own.
    running: usize,
    /// When a request last began or ended, or its answer was taken; at first, when the connection began.
    moved: Instant,
    /// Since when the head of a request has been coming in.
    head: Option<Instant>,
    /// Since when there has been something that the client does not take.
    unsent: Option<Instant>,
    /// When the service began to stop.
    stopping: Option<Instant>,
    /// The client has nothing more to send.
    has_ended: bool,
    /// What was not sent shall be forgotten.
    is_cut: bool,
}

/// What a client speaks.
#[derive(Clone, Copy, Debug)]
enum Protocol {
    /// Not known yet: so many bytes have been like those of HTTP/2.
    Unknown(usize),
    Http1,
    Http2,
}

impl State {
    fn is_http2(&self) -> bool {
        matches!(self.protocol, Protocol::Http2)
    }
}

impl Activity {
    pub(super) fn new(limits: Limits) -> Arc<Self> {
        let now = Instant::now();
        Arc::new(Self {
            limits,
            state: Mutex::new(State {
                protocol: Protocol::Unknown(0),
                running: 0,
                moved: now,
                head: Some(now),
                unsent: None,
                stopping: None,
                has_ended: false,
                is_cut: false,
            }),
        })
    }

    /// A request begins to be answered; ends when what is returned is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> Running {
        let mut state = self.state();
        state.running += 1;
        state.head = None;
        state.moved = Instant::now();
        Running(Arc::clone(self))
    }

    /// The service stops: heads that are still to come have little time left.
    pub(super) fn stop(&self) {
        self.state().stopping.get_or_insert_with(Instant::now);
    }

    pub(super) fn is_http2(&self) -> bool {
        self.state().is_http2()
    }

    /// What is still to be sent is not worth keeping.
    pub(super) fn cut(&self) {
        self.state().is_cut = true;
    }

    /// Whether nothing has been asked for so long that somebody else may have the place.
    pub(super) fn is_spare(&self) -> bool {
        let state = self.state();
        // Nothing has come of the first head either.
        let is_silent = matches!(state.protocol, Protocol::Unknown(0));
        state.running == 0
            && state.unsent.is_none()
            && (state.head.is_none() || is_silent)
            && state.moved.elapsed() >= SPARE
    }

    /// When it will be too late, and for what. While requests are being answered, that may be unknown.
    fn deadline(&self) -> Option<(Instant, Late)> {
        let state = self.state();
        let head = state.head.map(|since| {
            let by = since + self.limits.head;
            let by = state
                .stopping
                .map_or(by, |stop| by.min(since.max(stop) + LINGER));
            (by, Late::Head)
        });
        let answer = state
            .unsent
            .map(|since| (since + self.limits.answer, Late::Answer));
        // Whether an answer of HTTP/2 was taken can't be seen here, so there this covers that, too.
        let is_idle = state.running == 0 && (state.unsent.is_none() || state.is_http2());
        let idle = is_idle.then(|| (state.moved + self.limits.idle, Late::Idle));
        [head, answer, idle]
            .into_iter()
            .flatten()
            .min_by_key(|(by, _)| *by)
    }

    fn received(&self, bytes: &[u8]) {
        let mut state = self.state();
        if bytes.is_empty() {
            state.has_ended = true;
            return;
        }
        if let Protocol::Unknown(matched) = state.protocol {
            let expected = PREFACE.get(matched..).unwrap_or_default();
            let is_alike = bytes.iter().zip(expected).all(|(got, own)| got == own);
            state.protocol = if !is_alike {
                Protocol::Http1
            } else if bytes.len() < expected.len() {
                Protocol::Unknown(matched + bytes.len())
            } else {
                state.head = None;
                state.moved = Instant::now();
                Protocol::Http2
            };
        }
        // HTTP/2 has more to say than requests.
        if !state.is_http2() && state.running == 0 && state.head.is_none() {
            state.head = Some(Instant::now());
        }
    }

    fn is_blocked(&self) {
        self.state().unsent.get_or_insert_with(Instant::now);
    }

    fn is_flushed(&self) {
        let mut state = self.state();
        if state.unsent.take().is_some() && !state.is_http2() {
            state.moved = Instant::now();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock, so a poisoned one still holds what it should.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is being answered.
#[derive(Debug)]
pub(super) struct Running(Arc<Activity>);

impl Drop for Running {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.running -= 1;
        state.moved = Instant::now();
    }
}

/// Wakes the connection when it is too late for something.
#[derive(Debug)]
pub(super) struct Watchdog {
    activity: Arc<Activity>,
    sleep: Pin<Box<Sleep>>,
}

impl Watchdog {
    pub(super) fn new(activity: Arc<Activity>) -> Self {
        Self {
            sleep: Box::pin(tokio::time::sleep(activity.limits.head)),
            activity,
        }
    }

    /// What it is too late for, once it is. To be asked after everything that happens: the time may have
    /// become shorter.
    pub(super) fn poll_late(&mut self, context: &mut Context<'_>) -> Poll<Late> {
        loop {
            let known = self.activity.deadline();
            let deadline = known.map(|(by, _)| by);
            // A later one is looked at when the earlier has passed: that is cheaper than to reset the
            // timer for each request.
            if let Some(by) = deadline
                && by < self.sleep.deadline()
            {
                self.sleep.as_mut().reset(by);
            }
            ready!(self.sleep.as_mut().poll(context));
            let now = Instant::now();
            match known {
                Some((by, late)) if by <= now => return Poll::Ready(late),
                _ => {
                    let next = deadline.unwrap_or(now + self.activity.limits.idle);
                    self.sleep.as_mut().reset(next);
                }
            }
        }
    }
}

/// A stream that keeps account of what goes through it, and is not closed on an answer that was not read.
pub(super) struct Watched {
    stream: TcpStream,
    activity: Arc<Activity>,
    /// Begun when all has been sent: until when to read on, and how many bytes at most.
    lingering: Option<(Pin<Box<Sleep>>, usize)>,
}

impl Watched {
    pub(super) fn new(stream: TcpStream, activity: Arc<Activity>) -> Self {
        Self {
            stream,
            activity,
            lingering: None,
        }
    }

    fn account<T>(&self, sent: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if sent.is_pending() {
            self.activity.is_blocked();
        }
        sent
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let had_room = buffer.remaining() > 0;
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let received = buffer.filled().get(before..).unwrap_or_default();
        if had_room {
            self.activity.received(received);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let sent = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.account(sent)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let sent = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.account(sent)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Called once everything before it was written: only now has an answer been taken as a whole.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.activity.is_flushed();
        Pin::new(&mut self.stream).poll_flush(context)
    }

    /// Says that nothing more will come, and reads on for a while.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.lingering.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
        }
        if this.activity.state().has_ended {
            return Poll::Ready(Ok(()));
        }
        let (until, left) = this
            .lingering
            .get_or_insert_with(|| (Box::pin(tokio::time::sleep(LINGER)), LINGER_BYTES));
        let mut waste = [0; 4096];
        while *left > 0 && until.as_mut().poll(context).is_pending() {
            let mut buffer = ReadBuf::new(&mut waste);
            let read = ready!(Pin::new(&mut this.stream).poll_read(context, &mut buffer));
            let length = buffer.filled().len();
            if read.is_err() || length == 0 {
                break;
            }
            *left = left.saturating_sub(length);
        }
        Poll::Ready(Ok(()))
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if self.activity.state().is_cut {
            // Otherwise the system would go on offering it to the client. Where this can't be set, it does.
            let _ = self.stream.set_zero_linger();
        }
    }
}
