//! The leaf: types that are right by construction, and pure rules over them.
//!
//! Nothing here does I/O or knows any other room. A value of one of these types has been
//! checked once, where it entered, and needs no second look.

pub mod clock;
pub mod email;
pub mod id;
pub mod password;
pub mod rotation;
pub mod session;
pub mod user;
pub mod username;

pub use clock::Clock;
pub use email::{Email, InvalidEmail};
pub use id::{SessionId, UserId};
pub use password::{AcceptedPassword, Password, PasswordHash, PasswordPolicy, Weakness};
pub use session::{Device, Session};
pub use user::{Identifier, Taken, User};
pub use username::{InvalidUsername, Username};
