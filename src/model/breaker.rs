//! What a circuit breaker does.

/// What a circuit breaker does with calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    /// Lets them through.
    Closed,
    /// Lets a few through, to see whether they succeed.
    HalfOpen,
    /// Rejects them at once.
    Open,
}
