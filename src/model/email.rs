//! E-mail addresses.

use validator::ValidateEmail;

/// An e-mail address as the person wrote it. Two that differ only in case are the same address;
/// the database compares them so.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Email(String);

/// Why a text is no [`Email`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEmail {
    /// Not one address of printable ASCII.
    #[error("must be an e-mail address")]
    Format,
    /// Longer than [`Email::MAX_LENGTH`].
    #[error("must have at most {} characters", Email::MAX_LENGTH)]
    TooLong,
}

impl Email {
    /// The longest address that fits an SMTP path (RFC 5321 section 4.5.3.1.3), in characters.
    pub const MAX_LENGTH: usize = 254;

    /// All that [`Email::parse`] asks for besides [`Email::MAX_LENGTH`], as a regular expression of ECMA 262.
    pub const PATTERN: &str = concat!(
        r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}",
        r"@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?",
        r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$",
    );

    /// Parses one address in the form that browsers accept for `<input type=email>`.
    ///
    /// Non-ASCII text is refused rather than folded, since two addresses that look alike must
    /// never be taken for each other; internationalised domains come in their `xn--` form.
    ///
    /// # Errors
    /// Says what is wrong with the text, never repeating it.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        if text.chars().count() > Self::MAX_LENGTH {
            return Err(InvalidEmail::TooLong);
        }
        // Address literals (`user@[192.0.2.1]`) are valid, but nobody's mailbox.
        if !text.is_ascii() || text.contains('[') || !text.validate_email() {
            return Err(InvalidEmail::Format);
        }
        Ok(Self(text.to_owned()))
    }

    /// Restores an address that was parsed before it was stored.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether both are one address: case makes no difference.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }

    /// The part after the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The part before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_addresses_are_accepted_as_written() {
        for text in [
            "ada@example.com",
            "Ada.Lovelace+news@mail.example.co.uk",
            "a@xn--bcher-kva.example",
            "x_y-z@localhost",
        ] {
            assert_eq!(Email::parse(text).expect(text).as_str(), text);
        }
    }

    #[test]
    fn everything_that_could_be_taken_for_another_address_is_refused() {
        for text in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@@example.com",
            " ada@example.com",
            "ada@example.com ",
            "ada@example.com\n",
            "ada\u{0}@example.com",
            "ada@example.com,bob@example.com",
            "Ada <ada@example.com>",
            "ad\u{e4}@example.com",
            "\u{430}da@example.com",
            "ada@b\u{fc}cher.example",
            "ada@\u{ff45}xample.com",
            "ada@[192.0.2.1]",
            "ada@-example.com",
        ] {
            assert_eq!(Email::parse(text), Err(InvalidEmail::Format), "{text:?}");
        }
    }

    #[test]
    fn the_longest_address_has_254_characters() {
        let domain = format!(
            "{}.{}.{}.example",
            "d".repeat(60),
            "d".repeat(60),
            "d".repeat(60)
        );
        let local = "l".repeat(Email::MAX_LENGTH - domain.len() - 1);
        assert!(local.len() <= 64, "the local part has its own limit");
        assert!(Email::parse(&format!("{local}@{domain}")).is_ok());
        assert_eq!(
            Email::parse(&format!("{local}l@{domain}")),
            Err(InvalidEmail::TooLong)
        );
    }
}
