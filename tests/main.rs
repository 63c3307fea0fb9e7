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
#![allow(unreachable_pub, reason = "a test binary exports nothing")]

mod support;

mod account;
mod account_pages;
mod admin;
mod architecture;
mod audit;
mod breakers;
mod commands;
mod compatibility;
mod contract;
mod delivery;
mod documentation;
mod edge;
mod faults;
mod foreign_hashes;
mod fuzz_corpora;
mod housekeeping;
mod keys;
mod limits;
mod links;
mod login;
mod logs;
mod mail;
mod mail_security;
mod metrics;
mod migrations;
mod outage;
mod pages;
mod password;
mod permissions;
mod post;
mod process;
mod pwned_passwords;
mod races;
mod refresh;
mod register;
mod security_docs;
mod server;
mod sessions;
mod timing;
mod traces;
mod verifying_docs;
