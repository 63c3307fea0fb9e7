//! How a letter is written: as MIME (RFC 2045) that every mail server understands.

use chrono::DateTime;
use lettre::address::Envelope;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use super::{DeliveryError, Letter, shown};
use crate::config::Sender;
use crate::model::Email;

/// The longest line, in bytes without its end (RFC 5321 section 4.5.3.1.6).
const MAX_LINE: usize = 998;
/// The longest subject, in characters: more than anybody is shown.
const MAX_SUBJECT: usize = 200;
/// That no person sent it, and none wants an answer from a machine (RFC 3834 section 5).
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");
/// RFC 3282 section 2.
const CONTENT_LANGUAGE: HeaderName = HeaderName::new_from_ascii_str("Content-Language");

/// Writes a letter.
pub(super) fn write(letter: &Letter, from: &Sender) -> Result<Message, DeliveryError> {
    let raw = |name, value: String| HeaderValue::new(name, value);
    let language: String = letter
        .language
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    let unwritable = |error: lettre::error::Error| {
        // Not the mail server's fault.
        DeliveryError::Deferred(shown(&format!("the mail can't be written: {error}")))
    };
    // It would otherwise be read from the headers, by what is stricter than mail servers are.
    let envelope = Envelope::new(Some(address(&from.email)), vec![address(&letter.to)]);
    Message::builder()
        .envelope(envelope.map_err(unwritable)?)
        .from(Mailbox::new(from.name.clone(), address(&from.email)))
        .to(Mailbox::new(None, address(&letter.to)))
        .subject(subject(&letter.subject))
        .date(letter.at.max(DateTime::UNIX_EPOCH).into())
        .message_id(Some(format!("<{}@{}>", letter.id, from.email.domain())))
        .raw_header(raw(AUTO_SUBMITTED, "auto-generated".into()))
        .raw_header(raw(CONTENT_LANGUAGE, language))
        .multipart(
            MultiPart::alternative()
                .singlepart(part(ContentType::TEXT_PLAIN, &letter.text))
                .singlepart(part(ContentType::TEXT_HTML, &letter.html)),
        )
        .map_err(unwritable)
}

/// A subject, which is never more than that: a line break would begin another header, and what looks like an
/// encoded word would be read as one (RFC 2047 section 2). A very long word would not fit a line.
fn subject(text: &str) -> String {
    let text = text.replace(char::is_control, " ").replace("=?", "= ?");
    text.chars().take(MAX_SUBJECT).collect()
}

/// An address. `lettre` would refuse some that mail servers don't, such as those with two dots in a row; an
/// [`Email`] has nothing in it that could be taken for anything else.
pub(super) fn address(email: &Email) -> Address {
    Address::new_dangerous(email.local_part(), email.domain())
}

/// A part, encoded where it has to be: a mail server may take seven bits only, and lines of [`MAX_LINE`]. Else
/// it is left readable, for those who look into the folder.
fn part(kind: ContentType, text: &str) -> SinglePart {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let is_plain = text.is_ascii()
        && !text.contains('\0')
        && text.split('\n').all(|line| line.len() <= MAX_LINE);
    let body = if is_plain {
        let text = text.replace('\n', "\r\n");
        Body::dangerous_pre_encoded(text.into(), ContentTransferEncoding::SevenBit)
    } else if text.is_ascii() {
        Body::new_with_encoding(text, ContentTransferEncoding::QuotedPrintable)
            .unwrap_or_else(Body::new)
    } else {
        // Quoted-printable or Base64, whichever is shorter.
        Body::new(text)
    };
    SinglePart::builder().header(kind).body(body)
}
