//! Whose request the current task works on.
//!
//! Kept as a task-local value rather than as a span: it costs nothing where nobody logs, and the
//! error envelope needs the request id as well.

use std::sync::{Arc, OnceLock};

use super::traces::{Span, Trace};
use crate::model::{Clock, Device, UserId};

tokio::task_local! {
    static CURRENT: Arc<RequestContext>;
}

/// What is known about the request at hand.
#[derive(Debug)]
pub struct RequestContext {
    request_id: String,
    device: Device,
    languages: Option<String>,
    clock: Clock,
    trace: Option<Trace>,
    user_id: OnceLock<UserId>,
}

impl RequestContext {
    /// A request that nobody has identified yet; `languages` is its `Accept-Language` header, and `trace` what
    /// it belongs to, if anything.
    #[must_use]
    pub fn new(
        request_id: String,
        device: Device,
        languages: Option<String>,
        clock: Clock,
        trace: Option<Trace>,
    ) -> Arc<Self> {
        Arc::new(Self {
            request_id,
            device,
            languages,
            clock,
            trace,
            user_id: OnceLock::new(),
        })
    }

    /// The id that the client sees as `X-Request-Id`.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Where the request comes from.
    #[must_use]
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// The languages that the client asks for, as it wrote them (RFC 9110 section 12.5.4).
    #[must_use]
    pub fn languages(&self) -> Option<&str> {
        self.languages.as_deref()
    }

    /// The clock that the request goes by.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The trace that the request belongs to.
    #[must_use]
    pub fn trace(&self) -> Option<&Trace> {
        self.trace.as_ref()
    }

    /// Who makes the request, once that is known.
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        self.user_id.get().copied()
    }

    /// Runs `future` as part of this request.
    pub async fn scope<F: Future>(self: Arc<Self>, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }
}

/// The request at hand; `None` outside of requests.
#[must_use]
pub fn current() -> Option<Arc<RequestContext>> {
    CURRENT.try_with(Arc::clone).ok()
}

/// Notes who makes the request at hand. The first word counts: nobody becomes somebody else.
pub fn identify(user_id: UserId) {
    // Outside of requests there is nobody to note it for, and a second word is ignored.
    let _ = CURRENT.try_with(|context| context.user_id.set(user_id));
}

/// Begins a span for a part of the request at hand, to be kept until the part is done. Costs next to nothing
/// where the request is not traced, and outside of requests.
#[must_use]
pub fn span(name: &'static str) -> Span {
    let begun = CURRENT.try_with(|context| context.trace().map(|trace| trace.child(name)));
    begun.ok().flatten().unwrap_or_default()
}

/// Runs `work` as part of a request, on whichever thread.
pub fn within<T>(request: Option<Arc<RequestContext>>, work: impl FnOnce() -> T) -> T {
    match request {
        Some(request) => CURRENT.sync_scope(request, work),
        None => work(),
    }
}
