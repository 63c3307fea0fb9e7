//! Countersign, a self-hosted authentication service.
//!
//! The rooms of the house, and who may know whom. Imports run one way, which a test keeps so:
//!
//! ```text
//! main, cli → app → server, api → service → store, outbound → resilience → model
//! ```
//!
//! | room | what it is for |
//! |---|---|
//! | [`cli`] | the commands |
//! | [`app`] | the one place that wires concrete things together |
//! | [`server`] | the listener: accepting, stopping |
//! | [`api`] | HTTP: one file per resource; parses, names the caller, answers |
//! | [`service`] | what the service does: one file per capability; knows no HTTP |
//! | [`store`] | what it remembers; the only room that knows SQL |
//! | [`outbound`] | what it asks of other services and hands over to them; the only room besides `cli` that is a client |
//! | [`resilience`] | bounds and breakers |
//! | [`model`] | values that are right by construction |
//! | [`files`] | folders and files that only their owner may read |
//! | [`config`], [`telemetry`] | known by every room that needs them |

pub mod api;
pub mod app;
pub mod cli;
pub mod config;
#[cfg(test)]
mod docs;
pub mod files;
pub mod model;
pub mod outbound;
pub mod resilience;
pub mod server;
pub mod service;
pub mod store;
pub mod telemetry;
