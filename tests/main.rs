//! The tests of the whole: over the real endpoint tree and real databases, each with its own.
//!
//! They run on SQLite, or on the PostgreSQL that `TEST_DATABASE_URL` names.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that can't go on fails"
)]

mod support;

mod smoke;
