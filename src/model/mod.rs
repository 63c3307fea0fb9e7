//! The leaf: types that are right by construction, and pure rules over them.
//!
//! Nothing here does I/O or knows any other room. A value of one of these types has been
//! checked once, where it entered, and needs no second look.

pub mod audit;
mod breaker;
pub mod client;
pub mod clock;
pub mod edit;
pub mod email;
pub mod email_token;
pub mod id;
pub mod mail;
pub mod page;
pub mod password;
pub mod rate;
pub mod rotation;
pub mod session;
pub mod throttle;
pub mod user;
pub mod username;

pub use audit::{AuditEvent, EventFilter, EventKind};
pub use breaker::BreakerState;
pub use client::Client;
pub use clock::Clock;
pub use edit::Edit;
pub use email::{Email, InvalidEmail};
pub use email_token::{EmailToken, Purpose};
pub use id::{EmailTokenId, EventId, MailId, SessionId, UserId};
pub use mail::{Mail, MailDetails, MailKind, MailState};
pub use page::{Page, Slice};
pub use password::{AcceptedPassword, Password, PasswordHash, PasswordPolicy, Weakness};
pub use rate::{Rate, RateKey, Use};
pub use session::{Device, Session};
pub use throttle::{Run, Slowdown, ThrottleKey, Wait};
pub use user::{Identifier, Taken, User, UserFilter};
pub use username::{InvalidUsername, Username};
