//! What keeps one overloaded or broken part from taking the others along.

pub mod address_limit;
pub mod breaker;
pub mod hashing;
