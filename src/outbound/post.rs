//! Handing mail over: to a mail server, or into a folder that stands in for one.
//!
//! One letter at a time, within the time that is configured, through the circuit breaker `smtp`. What comes of
//! it says whether it is worth trying again, and whether the mail server is to blame: what is wrong with one
//! letter must not keep the others waiting.

mod folder;
mod message;
mod smtp;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use self::folder::Folder;
use self::smtp::Server;
use super::SetupError;
use crate::config::{self, Post, Sender};
use crate::model::{Email, MailId};
use crate::resilience::breaker::{Breaker, Breakers, CallError};

/// The most characters of a text that tells why a letter was not handed over.
const MAX_TEXT: usize = 300;

/// A letter, ready to be handed over.
#[derive(Clone)]
pub struct Letter {
    /// Which mail it is; every try to hand it over has the same.
    pub id: MailId,
    /// When the mail was made.
    pub at: DateTime<Utc>,
    /// Whom it goes to.
    pub to: Email,
    /// The language that it is written in (RFC 5646).
    pub language: String,
    /// The subject.
    pub subject: String,
    /// The text, for those who see no HTML.
    pub text: String,
    /// The same in HTML.
    pub html: String,
}

/// Hands letters over.
pub struct PostOffice {
    sender: Sender,
    timeout: Duration,
    breakers: Arc<Breakers>,
    way: Way,
}

/// Which way letters go.
enum Way {
    Folder(Folder),
    Server(Box<Server>),
}

/// Who has a letter now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// It is in this file.
    File(PathBuf),
    /// The mail server has it.
    Server,
}

/// Why nobody has a letter. The texts are for operators: what the mail server answered, in at most 300
/// characters, or what happened. They have nothing of what the letter says, and no password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// The mail server refuses this very letter for good. It is no use to try again.
    #[error("{0}")]
    Refused(String),
    /// The mail server refuses this very letter for now.
    #[error("{0}")]
    Deferred(String),
    /// The mail server, or the folder, can't be used: no letter would have been taken.
    #[error("{0}")]
    Unavailable(String),
}

impl DeliveryError {
    /// Whether the mail server, or the folder, is to blame.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl PostOffice {
    /// Goes by `config`: makes the folder, or reads the certificates that are trusted. Connects to nobody.
    ///
    /// # Errors
    /// When the folder can't be made, or the file with certificates can't be used.
    pub fn new(config: &config::Mail, breakers: Arc<Breakers>) -> Result<Self, SetupError> {
        let sender = config.sender();
        let way = match config.post() {
            Post::Folder(folder) => Way::Folder(Folder::new(folder)?),
            Post::Server(server) => Way::Server(Box::new(Server::new(
                server,
                config.ca_file.as_deref(),
                &sender,
                config.timeout(),
            )?)),
        };
        Ok(Self {
            sender,
            timeout: config.timeout(),
            breakers,
            way,
        })
    }

    /// The circuit breaker that letters pass.
    #[must_use]
    pub fn breaker(&self) -> &Arc<Breaker> {
        &self.breakers.smtp
    }

    /// Hands a letter over. A letter may arrive twice, but never half: where the connection breaks after all of
    /// it was sent and before the answer came, nobody can know whether it was taken. Each try has the same
    /// `Message-ID`, by which receivers can tell.
    ///
    /// # Errors
    /// When nobody has it, or the breaker is open.
    pub async fn deliver(&self, letter: &Letter) -> Result<Receipt, CallError<DeliveryError>> {
        let call = async {
            let handed = tokio::time::timeout(self.timeout, self.hand_over(letter));
            handed.await.unwrap_or_else(|_| {
                let seconds = self.timeout.as_secs();
                let text = format!("the mail was not handed over within {seconds} seconds");
                Err(DeliveryError::Unavailable(text))
            })
        };
        let breaker = self.breaker();
        breaker.call(DeliveryError::is_fault, call).await
    }

    /// Takes leave of the mail server. The next letter would find it again.
    pub async fn rest(&self) {
        match &self.way {
            Way::Folder(_) => {}
            Way::Server(server) => server.rest().await,
        }
    }

    async fn hand_over(&self, letter: &Letter) -> Result<Receipt, DeliveryError> {
        let message = message::write(letter, &self.sender)?;
        match &self.way {
            Way::Folder(folder) => {
                let kept = folder.keep(letter.id, message.formatted()).await;
                kept.map(Receipt::File)
            }
            Way::Server(server) => {
                server.send(letter, &message).await?;
                Ok(Receipt::Server)
            }
        }
    }
}

/// A text as operators are shown it: one line, not longer than [`MAX_TEXT`].
fn shown(text: &str) -> String {
    let text = text.replace(char::is_control, " ");
    text.trim().chars().take(MAX_TEXT).collect()
}

/// What is in a letter opens accounts.
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter")
            .field("id", &self.id)
            .field("at", &self.at)
            .field("to", &self.to)
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for PostOffice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostOffice")
            .field("sender", &self.sender)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_nothing_of_a_letter() {
        let letter = Letter {
            id: MailId::generate(DateTime::UNIX_EPOCH),
            at: DateTime::UNIX_EPOCH,
            to: Email::parse("ada@example.com").unwrap(),
            language: "en".into(),
            subject: "sentinel".into(),
            text: "sentinel".into(),
            html: "sentinel".into(),
        };
        let text = format!("{letter:?}");
        assert!(text.contains("ada@example.com"), "{text}");
        assert!(!text.contains("sentinel"), "{text}");
    }

    #[test]
    fn what_operators_are_shown_is_one_short_line() {
        assert_eq!(shown(" a\r\nb\u{7}c "), "a  b c");
        assert_eq!(shown(&"\u{e4}".repeat(400)).chars().count(), MAX_TEXT);
    }
}
