//! What mails and our own pages say, in the language of whoever reads it.
//!
//! A language is a file of texts, and each text is a template of its own. Layouts put them together. Both are built in
//! and can be replaced by files of the operator. Everything is rendered once at the start, so that what is wrong in a
//! file stops the start, and not a mail.

mod catalogue;
mod device;
mod language;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{Environment, UndefinedBehavior, context};

use crate::config;
use crate::model::{Device, Email, MailKind, Weakness};

use catalogue::{Catalogue, MAIL_HTML, MAIL_TXT, PAGE_HTML};

/// The most characters in a line of a plain text, besides words and links that are longer (RFC 3676 section 4.2
/// advises 72 to 78, so that there is room to be quoted).
const LINE: usize = 72;

/// Months, as their texts are called.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Writes mails and pages. A clone is the same one.
#[derive(Clone)]
pub struct Texts(Arc<Inner>);

struct Inner {
    catalogue: Catalogue,
    app: String,
    default: String,
    page_style: String,
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let languages: Vec<_> = self.0.catalogue.languages.keys().collect();
        f.debug_struct("Texts")
            .field("languages", &languages)
            .field("default", &self.0.default)
            .finish_non_exhaustive()
    }
}

/// Why texts can't be used. One line, and nothing of what they tell.
#[derive(Debug, thiserror::Error)]
pub enum TextsError {
    /// Something is wrong in a file.
    #[error("{place}: {reason}")]
    Wrong {
        /// The file, and the text or the line in it.
        place: String,
        /// What is wrong there.
        reason: String,
    },
    /// The default is none of the languages.
    #[error("mail.language: {language:?} is none of the languages that there are: {available}")]
    NoSuchLanguage {
        /// The default.
        language: String,
        /// The languages.
        available: String,
    },
    /// A mail is nothing without its link, and there is none.
    #[error("a mail {} needs a link", .0.name())]
    NoLink(MailKind),
}

impl TextsError {
    fn wrong(place: &str, reason: &str) -> Self {
        let one_line = |text: &str| line(text);
        Self::Wrong {
            place: one_line(place),
            reason: one_line(reason),
        }
    }

    fn template(place: &str, error: &minijinja::Error) -> Self {
        let reason = match error.detail() {
            Some(detail) => format!("{}: {detail}", error.kind()),
            None => error.kind().to_string(),
        };
        match error.line() {
            Some(line) if line > 1 => Self::wrong(&format!("{place}: line {line}"), &reason),
            _ => Self::wrong(place, &reason),
        }
    }
}

/// What a mail is about.
pub struct MailValues<'a> {
    /// Whom it goes to.
    pub email: &'a Email,
    /// When that happened.
    pub at: DateTime<Utc>,
    /// What it was done with: never anybody's but that of whoever the mail tells of. Empty for what an administrator
    /// did, whose device is nobody's business.
    pub device: &'a Device,
    /// Where the mail leads.
    pub link: Option<Link<'a>>,
}

/// A link in a mail.
pub struct Link<'a> {
    /// Where it leads. Opens an account, so it must never be logged.
    pub url: &'a str,
    /// How long it works.
    pub lifetime: TimeDelta,
}

/// A mail, written.
pub struct Written {
    /// Its subject, one line.
    pub subject: String,
    /// Its text for those who read no HTML.
    pub text: String,
    /// Its text as HTML.
    pub html: String,
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Written").finish_non_exhaustive()
    }
}

/// One of our own pages. None has a script, and each has the style of [`Texts::page_style`] and no other. Its form
/// is sent to the address of the page itself, without its query, as `application/x-www-form-urlencoded`.
pub enum Page<'a> {
    /// Asks for the click that confirms an address, since what opens links by itself must not. The form has `token`.
    Verify {
        /// The token in the link.
        token: &'a str,
    },
    /// The address is confirmed.
    Verified,
    /// Asks for a new password. The form has `token` and `new_password`.
    Reset {
        /// The token in the link.
        token: &'a str,
        /// What spoke against the password that was sent; empty before one was.
        weaknesses: &'a [Weakness],
        /// The fewest characters of a password.
        min_length: usize,
        /// The most characters of a password.
        max_length: usize,
    },
    /// The new password is set.
    ResetDone,
    /// The link doesn't work, or no more.
    InvalidLink,
    /// Too much was tried.
    TooMany {
        /// How long to wait, in seconds.
        seconds: u32,
    },
    /// Something failed that will pass.
    Unavailable,
}

/// Whether mails of a kind have a link.
#[derive(Clone, Copy)]
enum LinkNeed {
    Always,
    Maybe,
    Never,
}

fn link_need(kind: MailKind) -> LinkNeed {
    match kind {
        MailKind::VerifyEmail
        | MailKind::PasswordReset
        | MailKind::Invitation
        | MailKind::AlreadyRegistered => LinkNeed::Always,
        MailKind::EmailChanged => LinkNeed::Maybe,
        MailKind::PasswordChanged | MailKind::NewDeviceLogin => LinkNeed::Never,
    }
}

/// Whether mails of a kind tell when and with what something was done: only where it was done to the account of
/// whoever reads it.
fn tells_facts(kind: MailKind) -> bool {
    match kind {
        MailKind::PasswordReset
        | MailKind::PasswordChanged
        | MailKind::NewDeviceLogin
        | MailKind::EmailChanged => true,
        MailKind::VerifyEmail | MailKind::Invitation | MailKind::AlreadyRegistered => false,
    }
}

/// A language, and the template of each of its texts.
#[derive(Clone, Copy)]
struct Language<'a> {
    tag: &'a str,
    texts: &'a BTreeMap<String, String>,
}

impl Texts {
    /// Reads all texts, and writes everything once that can be written with them.
    ///
    /// # Errors
    /// Names the key of the configuration, or the file and the text in it, that is wrong.
    pub fn load(config: &config::Mail) -> Result<Self, TextsError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let syntax = SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()
            .map_err(|error| TextsError::template("syntax", &error))?;
        environment.set_syntax(syntax);
        environment.add_filter("wrap", |text: String| wrap(&text));
        let catalogue = Catalogue::read(environment, config.templates.as_deref())?;

        let mut tags = catalogue.languages.keys();
        let default = tags.find(|tag| tag.eq_ignore_ascii_case(&config.language));
        let default = default.cloned().ok_or_else(|| TextsError::NoSuchLanguage {
            language: config.language.clone(),
            available: catalogue
                .languages
                .keys()
                .cloned()
                .collect::<Vec<_>>()
                .join(", "),
        })?;
        let mut inner = Inner {
            catalogue,
            app: config.sender().app().to_owned(),
            default,
            page_style: String::new(),
        };
        inner.try_mails()?;
        inner.page_style = inner.try_pages()?;
        Ok(Self(Arc::new(inner)))
    }

    /// The language that suits whoever sent this `Accept-Language` header best (RFC 9110 section 12.5.4): the
    /// default where none does, or where none was sent.
    #[must_use]
    pub fn choose(&self, accept_language: Option<&str>) -> String {
        let inner = &self.0;
        let chosen = accept_language
            .and_then(|header| language::negotiate(header, &inner.tags(), &inner.default));
        chosen.unwrap_or(&inner.default).to_owned()
    }

    /// Writes a mail in a language, or in the default one where there is no such language any more.
    ///
    /// # Errors
    /// There is no link, although mails of this kind need one. Anything else would have stopped the start.
    pub fn write(
        &self,
        kind: MailKind,
        language: &str,
        values: &MailValues<'_>,
    ) -> Result<Written, TextsError> {
        self.0.write(kind, self.0.language(language)?, values)
    }

    /// A page as HTML, in a language, or in the default one where there is no such language.
    ///
    /// # Errors
    /// None that would not have stopped the start.
    pub fn page(&self, language: &str, page: &Page<'_>) -> Result<String, TextsError> {
        self.0.page(self.0.language(language)?, page)
    }

    /// What stands in the one `<style>` element of every page, byte for byte, for the hash that a Content Security
    /// Policy lets it in by. Besides, pages have an icon, an empty `data:` address.
    #[must_use]
    pub fn page_style(&self) -> &str {
        &self.0.page_style
    }
}

impl Inner {
    fn tags(&self) -> Vec<&str> {
        self.catalogue
            .languages
            .keys()
            .map(String::as_str)
            .collect()
    }

    fn language(&self, tag: &str) -> Result<Language<'_>, TextsError> {
        let known = language::lookup(tag, &self.tags()).unwrap_or(&self.default);
        let entry = self.catalogue.languages.get_key_value(known);
        let (tag, texts) = entry.ok_or_else(|| TextsError::wrong(known, "is no language"))?;
        Ok(Language { tag, texts })
    }

    fn write(
        &self,
        kind: MailKind,
        language: Language<'_>,
        values: &MailValues<'_>,
    ) -> Result<Written, TextsError> {
        let link = match (link_need(kind), &values.link) {
            (LinkNeed::Always, None) => return Err(TextsError::NoLink(kind)),
            (LinkNeed::Never, _) => None,
            (LinkNeed::Always | LinkNeed::Maybe, link) => link.as_ref(),
        };
        let app = self.app.as_str();
        let at = self.time(language, values.at)?;
        let mut known = BTreeMap::from([
            ("app", Value::from(app)),
            ("at", Value::from(at.as_str())),
            ("email", Value::from(values.email.as_str())),
        ]);
        if let Some(link) = link {
            let lifetime = self.duration(language, link.lifetime)?;
            known.insert("lifetime", Value::from(lifetime));
        }
        let known = Value::from_pairs(known);

        let part = |name: &str| {
            let key = format!("mail.{}.{name}", kind.name());
            let is_there = language.texts.contains_key(&key);
            let text = is_there.then(|| self.text(language, &key, &known));
            text.transpose().map(Option::unwrap_or_default)
        };
        let advice = match link {
            None if matches!(link_need(kind), LinkNeed::Maybe) => "advice_without_link",
            _ => "advice",
        };
        let (button, after) = match link {
            Some(_) => (part("button")?, part("after")?),
            None => Default::default(),
        };
        let facts = if tells_facts(kind) {
            self.facts(language, at, values.device)?
        } else {
            Vec::new()
        };
        let subject = line(&part("subject")?);
        let parts = context! {
            advice => paragraphs(&part(advice)?),
            after => paragraphs(&after),
            app,
            body => paragraphs(&part("body")?),
            button => line(&button),
            dir => self.text(language, "direction", &context! {})?,
            email => values.email.as_str(),
            facts,
            footer => line(&self.text(language, "mail.footer", &context! { app })?),
            lang => language.tag,
            link => link.map(|link| link.url),
            link_hint => line(&self.text(language, "mail.link_hint", &context! {})?),
            reason => line(&part("reason")?),
            subject => subject.as_str(),
            title => line(&part("title")?),
        };
        Ok(Written {
            subject,
            text: in_ascii(self.layout(MAIL_TXT, &parts)?),
            html: self.layout(MAIL_HTML, &parts)?,
        })
    }

    /// When and with what something was done, each with what it is called.
    fn facts(
        &self,
        language: Language<'_>,
        at: String,
        device: &Device,
    ) -> Result<Vec<Value>, TextsError> {
        let user_agent = device.user_agent.as_deref();
        let described = user_agent.map(|user_agent| self.device(language, user_agent));
        let facts = [
            ("at", Some(at)),
            ("device", described.transpose()?),
            ("ip", device.ip.map(|ip| ip.to_canonical().to_string())),
        ];
        facts
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .map(|(name, value)| {
                let label = self.text(language, &format!("mail.facts.{name}"), &context! {})?;
                Ok(context! { label => line(&label), value })
            })
            .collect()
    }

    fn device(&self, language: Language<'_>, user_agent: &str) -> Result<String, TextsError> {
        let text = match device::describe(user_agent) {
            (Some(browser), Some(system)) => {
                self.text(language, "device.both", &context! { browser, system })?
            }
            (Some(one), None) | (None, Some(one)) => one.to_owned(),
            (None, None) => self.text(language, "device.unknown", &context! {})?,
        };
        Ok(line(&text))
    }

    fn time(&self, language: Language<'_>, at: DateTime<Utc>) -> Result<String, TextsError> {
        let month = MONTHS.get(at.month0() as usize).copied();
        let month = format!("time.months.{}", month.unwrap_or_default());
        let known = context! {
            day => at.day(),
            hour => format!("{:02}", at.hour()),
            minute => format!("{:02}", at.minute()),
            month => self.text(language, &month, &context! {})?,
            year => at.year(),
        };
        Ok(line(&self.text(language, "time.at", &known)?))
    }

    /// A time span in the largest unit that says it in a whole number. A single day is 24 hours, so that nobody
    /// takes it for the end of the next one.
    fn duration(&self, language: Language<'_>, span: TimeDelta) -> Result<String, TextsError> {
        let seconds = span.num_seconds().max(0);
        let (unit, count) = match seconds {
            _ if seconds % 86_400 == 0 && seconds > 86_400 => ("days", seconds / 86_400),
            _ if seconds % 3_600 == 0 => ("hours", seconds / 3_600),
            _ if seconds % 60 == 0 => ("minutes", seconds / 60),
            _ => ("seconds", seconds),
        };
        let text = self.text(language, &format!("duration.{unit}"), &context! { count })?;
        Ok(line(&text))
    }

    fn page(&self, language: Language<'_>, page: &Page<'_>) -> Result<String, TextsError> {
        let app = self.app.as_str();
        let mut known = BTreeMap::from([("app", Value::from(app))]);
        let mut token = None;
        let mut errors = Vec::new();
        let name = match page {
            Page::Verify { token: verifies } => {
                token = Some(*verifies);
                "verify"
            }
            Page::Verified => "verified",
            Page::Reset {
                token: resets,
                weaknesses,
                min_length,
                max_length,
            } => {
                token = Some(*resets);
                known.insert("min", Value::from(*min_length));
                known.insert("max", Value::from(*max_length));
                for weakness in *weaknesses {
                    errors.push(self.weakness(language, *weakness)?);
                }
                "reset"
            }
            Page::ResetDone => "reset_done",
            Page::InvalidLink => "invalid_link",
            Page::TooMany { seconds } => {
                // Nobody counts more than a minute or so in seconds.
                let seconds = i64::from(*seconds);
                let wait = match seconds {
                    0..60 => TimeDelta::seconds(seconds.max(1)),
                    _ => TimeDelta::minutes((seconds + 59) / 60),
                };
                known.insert("wait", Value::from(self.duration(language, wait)?));
                "too_many"
            }
            Page::Unavailable => "unavailable",
        };
        let known = Value::from_pairs(known);
        let part = |part: &str| {
            let key = format!("page.{name}.{part}");
            let is_there = language.texts.contains_key(&key);
            let text = is_there.then(|| self.text(language, &key, &known));
            text.transpose()
        };
        let parts = context! {
            app,
            body => paragraphs(&part("body")?.unwrap_or_default()),
            button => part("button")?.as_deref().map(line),
            dir => self.text(language, "direction", &context! {})?,
            errors,
            hint => part("hint")?.as_deref().map(line),
            label => part("label")?.as_deref().map(line),
            lang => language.tag,
            title => part("title")?.as_deref().map(line),
            token,
        };
        self.layout(PAGE_HTML, &parts)
    }

    fn weakness(&self, language: Language<'_>, weakness: Weakness) -> Result<String, TextsError> {
        let (name, known) = match weakness {
            Weakness::TooShort { min } => ("too_short", context! { min }),
            Weakness::TooLong { max } => ("too_long", context! { max }),
            Weakness::ControlCharacters => ("control_characters", context! {}),
            Weakness::TooCommon => ("too_common", context! {}),
            Weakness::ContainsIdentity => ("contains_identity", context! {}),
            Weakness::Breached => ("breached", context! {}),
        };
        let text = self.text(language, &format!("weakness.{name}"), &known)?;
        Ok(line(&text))
    }

    /// Renders a text. Nothing in it is escaped yet: that is for the layout.
    fn text(&self, language: Language<'_>, key: &str, known: &Value) -> Result<String, TextsError> {
        let place = language.texts.get(key);
        let place = place.ok_or_else(|| TextsError::wrong(key, "there is no such text"))?;
        self.catalogue.render(place, known)
    }

    fn layout(&self, name: &'static str, parts: &Value) -> Result<String, TextsError> {
        let place = self.catalogue.layouts.get(name);
        let place = place.ok_or_else(|| TextsError::wrong(name, "there is no such layout"))?;
        let mut text = self.catalogue.render(place, parts)?;
        text.truncate(text.trim_end().len());
        text.push('\n');
        Ok(text)
    }

    /// Writes all mails with values that are made up.
    fn try_mails(&self) -> Result<(), TextsError> {
        const LINK: &str = "https://example.com/account/reset?token=csl_sample";
        let email = Email::from_stored("ada@example.com".into());
        let nothing = Device::default();
        let user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        let device = Device::new(Some([192, 0, 2, 1].into()), Some(user_agent));
        for tag in self.tags() {
            let language = self.language(tag)?;
            let direction = self.text(language, "direction", &context! {})?;
            if !matches!(direction.as_str(), "ltr" | "rtl") {
                let place = language.texts.get("direction");
                let place = place.map_or("direction", String::as_str);
                return Err(TextsError::wrong(place, "must be \"ltr\" or \"rtl\""));
            }
            // A text may have other words for some days and numbers.
            let days = (1..=31).map(|day| (1, day));
            for (month, day) in days.chain((2..=12).map(|month| (month, 22))) {
                let date = NaiveDate::from_ymd_opt(2026, month, day).unwrap_or_default();
                self.time(language, date.and_time(NaiveTime::MIN).and_utc())?;
            }
            for count in (1..=12).chain([20, 21, 22, 25]) {
                for unit in [86_400, 3600, 60, 1] {
                    self.duration(language, TimeDelta::seconds(count * unit))?;
                }
            }
            self.device(language, "")?;
            for kind in MailKind::ALL {
                for (device, url) in [(&device, Some(LINK)), (&nothing, None)] {
                    if url.is_none() && matches!(link_need(*kind), LinkNeed::Always) {
                        continue;
                    }
                    let link = url.map(|url| Link {
                        url,
                        lifetime: TimeDelta::hours(1),
                    });
                    let has_link = link.is_some() && !matches!(link_need(*kind), LinkNeed::Never);
                    let values = MailValues {
                        email: &email,
                        at: DateTime::UNIX_EPOCH,
                        device,
                        link,
                    };
                    let written = self.write(*kind, language, &values)?;
                    let lacks_link = "must show the link, on a line of its own";
                    if has_link && !written.text.lines().any(|line| line == LINK) {
                        return Err(self.wrong_layout(MAIL_TXT, lacks_link));
                    }
                    if has_link && !written.html.contains("csl_sample") {
                        return Err(self.wrong_layout(MAIL_HTML, "must show the link"));
                    }
                }
            }
        }
        Ok(())
    }

    /// Writes all pages with values that are made up, and gives the style that all of them have.
    fn try_pages(&self) -> Result<String, TextsError> {
        let token = "csl_sample";
        let reset = |weaknesses| Page::Reset {
            token,
            weaknesses,
            min_length: 8,
            max_length: 128,
        };
        let pages = [
            Page::Verify { token },
            Page::Verified,
            reset(&[]),
            reset(&[
                Weakness::TooShort { min: 8 },
                Weakness::TooLong { max: 128 },
                Weakness::ControlCharacters,
                Weakness::TooCommon,
                Weakness::ContainsIdentity,
                Weakness::Breached,
            ]),
            Page::ResetDone,
            Page::InvalidLink,
            Page::TooMany { seconds: 900 },
            Page::Unavailable,
        ];
        let mut common: Option<String> = None;
        for tag in self.tags() {
            for page in &pages {
                let html = self.page(self.language(tag)?, page)?;
                let has_form = matches!(page, Page::Verify { .. } | Page::Reset { .. });
                if has_form && !html.contains(token) {
                    return Err(self.wrong_layout(PAGE_HTML, "must have the token in its form"));
                }
                let style = style(&html).filter(|style| {
                    let others = common.get_or_insert_with(|| (*style).to_owned());
                    others == style
                });
                if style.is_none() {
                    let reason =
                        "must have one <style>, without attributes, that is the same on all pages";
                    return Err(self.wrong_layout(PAGE_HTML, reason));
                }
            }
        }
        Ok(common.unwrap_or_default())
    }

    fn wrong_layout(&self, name: &str, reason: &str) -> TextsError {
        let place = self.catalogue.layouts.get(name);
        TextsError::wrong(place.map_or(name, String::as_str), reason)
    }
}

/// What stands in the one `<style>` element of a page.
fn style(html: &str) -> Option<&str> {
    let (_, rest) = html.split_once("<style>")?;
    let (style, rest) = rest.split_once("</style>")?;
    (html.matches("<style").count() == 1 && !rest.contains("</style")).then_some(style)
}

/// A text in one line. Spaces that no line breaks at stay.
fn line(text: &str) -> String {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    words.join(" ")
}

/// A text with plain spaces in place of those that never break, if it is ASCII then: so mail need not be coded, and
/// can be read as it is, its link as well. Elsewhere they are part of how a language is written.
fn in_ascii(text: String) -> String {
    let plain = text.replace('\u{a0}', " ");
    if plain.is_ascii() { plain } else { text }
}

/// The paragraphs of a text: what blank lines separate, each in one line.
fn paragraphs(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().map(str::trim_ascii).collect();
    lines
        .split(|line| line.is_empty())
        .filter(|lines| !lines.is_empty())
        .map(|lines| line(&lines.join(" ")))
        .collect()
}

/// A paragraph in lines of at most [`LINE`] characters. A word that is longer has one of its own, and is never broken.
fn wrap(text: &str) -> String {
    let mut wrapped = String::with_capacity(text.len());
    let mut used = 0;
    for word in text.split_ascii_whitespace() {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > LINE {
            wrapped.push('\n');
            used = 0;
        } else if used > 0 {
            wrapped.push(' ');
            used += 1;
        }
        wrapped.push_str(word);
        used += length;
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const BUILT_IN: [&str; 3] = ["de", "en", "fr"];
    const LINK: &str = "https://login.example.com/account/reset?token=csl_x&y";
    const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0";

    fn config(app: &str) -> config::Mail {
        let from = format!("{app} <login@example.com>");
        config::Mail {
            from: Some(from.try_into().unwrap()),
            ..config::Mail::default()
        }
    }

    fn texts() -> Texts {
        Texts::load(&config("Example")).unwrap()
    }

    /// What is loaded with these files of an operator's.
    fn with_files(files: &[(&str, &str)]) -> Result<Texts, TextsError> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        Texts::load(&config::Mail {
            templates: Some(folder.path().to_owned()),
            ..config("Example")
        })
    }

    /// A mail of 22 November 2026, with a link that works for an hour.
    fn write(texts: &Texts, kind: MailKind, language: &str, user_agent: &str) -> Written {
        written(texts, kind, language, user_agent, Some(LINK)).unwrap()
    }

    fn written(
        texts: &Texts,
        kind: MailKind,
        language: &str,
        user_agent: &str,
        link: Option<&str>,
    ) -> Result<Written, TextsError> {
        let values = MailValues {
            email: &Email::parse("ada@example.com").unwrap(),
            at: "2026-11-22T14:05:59Z".parse().unwrap(),
            device: &Device::new(Some([203, 0, 113, 7].into()), Some(user_agent)),
            link: link.map(|url| Link {
                url,
                lifetime: TimeDelta::hours(1),
            }),
        };
        texts.write(kind, language, &values)
    }

    const WEAK: [Weakness; 6] = [
        Weakness::TooShort { min: 8 },
        Weakness::TooLong { max: 128 },
        Weakness::ControlCharacters,
        Weakness::TooCommon,
        Weakness::ContainsIdentity,
        Weakness::Breached,
    ];

    fn pages<'a>(token: &'a str, weaknesses: &'a [Weakness]) -> [Page<'a>; 7] {
        [
            Page::Verify { token },
            Page::Verified,
            Page::Reset {
                token,
                weaknesses,
                min_length: 8,
                max_length: 128,
            },
            Page::ResetDone,
            Page::InvalidLink,
            Page::TooMany { seconds: 841 },
            Page::Unavailable,
        ]
    }

    /// Asserts that what is opened is closed, in order, and that nothing stands bare that has a meaning in HTML.
    fn assert_well_formed(html: &str) {
        let mut open = Vec::new();
        let mut rest = html.strip_prefix("<!DOCTYPE html>\n").unwrap();
        while let Some((text, after)) = rest.split_once('<') {
            if open.last() != Some(&"style") {
                assert!(!text.contains('>'), "{text:?}");
                for entity in text.split('&').skip(1) {
                    let (name, _) = entity.split_once(';').expect("an entity ends");
                    assert!(name.len() < 7, "&{name};");
                }
            }
            let (tag, after) = after.split_once('>').expect("a tag ends");
            let name = tag.split_ascii_whitespace().next().unwrap();
            if let Some(name) = name.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name), "in {html}");
            } else if !matches!(name, "meta" | "link" | "input") {
                open.push(name);
            }
            assert_eq!(tag.matches('"').count() % 2, 0, "<{tag}>");
            rest = after;
        }
        assert_eq!(open, Vec::<&str>::new());
    }

    #[test]
    fn every_mail_is_written_in_every_language() {
        let app = "Twenty Characters Co";
        let texts = Texts::load(&config(app)).unwrap();
        for language in BUILT_IN {
            for kind in MailKind::ALL {
                for link in [Some(LINK), None] {
                    if link.is_none() && matches!(link_need(*kind), LinkNeed::Always) {
                        continue;
                    }
                    let mail = written(&texts, *kind, language, FIREFOX, link).unwrap();
                    let name = format!("{language} {}", kind.name());
                    assert!(
                        mail.subject.chars().count() <= 78,
                        "{name}: {}",
                        mail.subject
                    );
                    assert!(mail.subject.contains(app), "{name}: {}", mail.subject);
                    let has_link = link.is_some() && !matches!(link_need(*kind), LinkNeed::Never);

                    assert_eq!(
                        mail.text.lines().filter(|line| *line == LINK).count(),
                        usize::from(has_link)
                    );
                    for line in mail.text.lines().filter(|line| *line != LINK) {
                        assert!(line.chars().count() <= LINE, "{name}: {line}");
                        assert_eq!(line, line.trim(), "{name}");
                    }
                    assert!(!mail.text.contains("\n\n\n"), "{name}: {}", mail.text);

                    assert_well_formed(&mail.html);
                    assert!(
                        mail.html
                            .contains(&format!("<html lang=\"{language}\" dir=\"ltr\">"))
                    );
                    assert_eq!(
                        mail.html.matches("http").count(),
                        3 * usize::from(has_link),
                        "{name}"
                    );
                    for foreign in [
                        "src=", "url(", "<img", "<script", "<style", "<link", "@import",
                    ] {
                        assert!(!mail.html.contains(foreign), "{name}: {foreign}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_page_is_written_in_every_language() {
        let texts = texts();
        for language in BUILT_IN {
            for weaknesses in [&[][..], &WEAK] {
                for page in pages("csl_token", weaknesses) {
                    let html = texts.page(language, &page).unwrap();
                    assert_well_formed(&html);
                    assert!(html.contains(&format!("<html lang=\"{language}\" dir=\"ltr\">")));
                    assert_eq!(html.matches("<h1>").count(), 1);
                    let styles = format!("<style>{}</style>", texts.page_style());
                    assert!(html.contains(&styles));
                    for foreign in ["http", "<script", " style=", " on", "url(", "@import"] {
                        let markup = html.split('<').filter_map(|tag| tag.split('>').next());
                        assert!(
                            markup
                                .into_iter()
                                .all(|tag| !tag.contains(foreign) || tag.starts_with("meta")),
                            "{foreign}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn the_form_for_a_new_password_tells_what_was_wrong() {
        let texts = texts();
        let [_, _, reset, ..] = pages("csl_\"><b>", &[]);
        let html = texts.page("en", &reset).unwrap();
        assert!(html.contains("name=\"token\" value=\"csl_&quot;&gt;&lt;b&gt;\""));
        assert!(html.contains("<label for=\"password\">New password</label>"));
        assert!(html.contains("At least 8\u{a0}characters."));
        assert!(!html.contains("role=\"alert\"") && !html.contains(" aria-invalid="));

        let [_, _, reset, ..] = pages("csl_token", &WEAK);
        let html = texts.page("de", &reset).unwrap();
        assert!(html.contains("role=\"alert\""));
        assert!(html.contains("aria-describedby=\"hint wrong\" aria-invalid=\"true\""));
        assert!(html.contains("<p>Das Passwort muss mindestens 8\u{a0}Zeichen haben.</p>"));
        let (_, wrong) = html.split_once("id=\"wrong\"").unwrap();
        let (wrong, _) = wrong.split_once("</div>").unwrap();
        assert_eq!(wrong.matches("<p>").count(), WEAK.len());
    }

    #[test]
    fn a_link_is_never_broken() {
        let link = format!(
            "https://login.example.com/{}?token=csl_x",
            "long/".repeat(300)
        );
        let mail = written(&texts(), MailKind::PasswordReset, "en", "", Some(&link)).unwrap();
        assert!(mail.text.lines().any(|line| line == link));
    }

    #[test]
    fn a_mail_that_is_nothing_without_a_link_is_not_written_without_one() {
        let texts = texts();
        let written = |kind| written(&texts, kind, "en", FIREFOX, None);
        let refused = written(MailKind::PasswordReset).unwrap_err().to_string();
        assert_eq!(refused, "a mail password_reset needs a link");
        let mail = written(MailKind::EmailChanged).unwrap();
        assert!(
            mail.text.contains("the people behind Example"),
            "{}",
            mail.text
        );
        assert!(!mail.html.contains("href="));
    }

    #[test]
    fn nothing_that_a_stranger_writes_is_shown() {
        let texts = texts();
        for user_agent in [
            "<a href=http://evil.example>log in</a>\r\nhere",
            "Firefox/1 http://evil.example <b>Windows",
            "",
        ] {
            let mail = write(&texts, MailKind::NewDeviceLogin, "en", user_agent);
            let device = if user_agent.contains("Firefox") {
                "Device: Firefox on Windows\n"
            } else {
                "Device: an unknown device\n"
            };
            assert!(mail.text.contains(device), "{}", mail.text);
            assert!(!mail.text.contains("evil") && !mail.html.contains("evil"));
        }
    }

    #[test]
    fn only_who_may_know_is_told_of_a_device() {
        let texts = texts();
        for kind in MailKind::ALL {
            let mail = write(&texts, *kind, "en", FIREFOX);
            let is_told = !matches!(
                kind,
                MailKind::VerifyEmail | MailKind::Invitation | MailKind::AlreadyRegistered
            );
            for part in [
                "203.0.113.7",
                "Firefox on Windows",
                "22 November 2026, 14:05 UTC",
            ] {
                assert_eq!(mail.text.contains(part), is_told, "{}", kind.name());
                let html = mail.html.replace('\u{a0}', " ");
                assert_eq!(html.contains(part), is_told, "{}", kind.name());
            }
        }
    }

    #[test]
    fn the_name_of_the_application_is_only_text() {
        let texts = Texts::load(&config("<b>{{ 1 }} & \"Co\" KG")).unwrap();
        let mail = write(&texts, MailKind::VerifyEmail, "en", "");
        assert!(
            mail.subject.ends_with("for <b>{{ 1 }} & \"Co\" KG"),
            "{}",
            mail.subject
        );
        assert!(mail.text.contains("<b>{{ 1 }} & \"Co\" KG"));
        assert_well_formed(&mail.html);
        assert!(!mail.html.contains("<b>"));
        assert!(mail.html.contains(
            "href=\"https:&#x2f;&#x2f;login.example.com&#x2f;account&#x2f;reset?token=csl_x&amp;y\""
        ));
        for page in pages("csl_token", &[]) {
            assert_well_formed(&texts.page("en", &page).unwrap());
        }
    }

    #[test]
    fn times_and_time_spans_read_as_usual_in_each_language() {
        let texts = texts();
        let inner = &texts.0;
        let at = "2026-03-01T04:05:00Z".parse().unwrap();
        for (tag, time, spans) in [
            (
                "en",
                "1 March 2026, 04:05 UTC",
                [
                    "1 hour",
                    "24 hours",
                    "7 days",
                    "90 minutes",
                    "1 minute",
                    "61 seconds",
                ],
            ),
            (
                "de",
                "1. März 2026, 04:05 UTC",
                [
                    "1 Stunde",
                    "24 Stunden",
                    "7 Tage",
                    "90 Minuten",
                    "1 Minute",
                    "61 Sekunden",
                ],
            ),
            (
                "fr",
                "1er mars 2026 à 04:05 UTC",
                [
                    "1 heure",
                    "24 heures",
                    "7 jours",
                    "90 minutes",
                    "1 minute",
                    "61 secondes",
                ],
            ),
        ] {
            let language = inner.language(tag).unwrap();
            let plain = |text: String| text.replace('\u{a0}', " ");
            assert_eq!(plain(inner.time(language, at).unwrap()), time);
            for (seconds, span) in [3600, 86_400, 604_800, 5400, 60, 61].into_iter().zip(spans) {
                let written = inner.duration(language, TimeDelta::seconds(seconds));
                assert_eq!(plain(written.unwrap()), span);
            }
        }
    }

    #[test]
    fn a_wait_is_never_told_shorter_than_it_is() {
        let texts = texts();
        for (seconds, wait) in [
            (0, "1\u{a0}second,"),
            (59, "59\u{a0}seconds"),
            (61, "2\u{a0}minutes"),
            (900, "15\u{a0}minutes"),
        ] {
            let html = texts.page("en", &Page::TooMany { seconds }).unwrap();
            assert!(html.contains(&format!("Please wait {wait}")), "{seconds}");
        }
    }

    #[test]
    fn the_language_is_the_readers_or_the_default() {
        let texts = Texts::load(&config::Mail {
            language: "DE".into(),
            ..config("Example")
        })
        .unwrap();
        assert_eq!(texts.choose(None), "de");
        assert_eq!(texts.choose(Some("fr-CA, en;q=0.8")), "fr");
        assert_eq!(texts.choose(Some("ja")), "de");
        assert_eq!(texts.choose(Some("*")), "de");
        let subject = |language| write(&texts, MailKind::Invitation, language, "").subject;
        assert_eq!(subject("en-GB"), "Your account at Example");
        assert_eq!(subject("gone"), "Dein Konto bei Example");
    }

    #[test]
    fn an_operator_replaces_texts_and_layouts_and_adds_languages() {
        let texts = with_files(&[
            ("de.toml", "[mail]\nfooter = \"Gruß von {{ app }}\""),
            ("de-AT.toml", "[time.months]\njanuary = \"Jänner\""),
            (
                "it.toml",
                "[mail.invitation]\nsubject = \"Il tuo account su {{ app }}\"",
            ),
            ("ar.toml", "direction = \"rtl\""),
            ("mail.txt", "{{ title }}: {{ footer }}\n{{ link }}"),
            ("README", "What does not look like ours is left alone."),
            (".hidden.toml", "="),
        ])
        .unwrap();
        let mail = |language| write(&texts, MailKind::Invitation, language, "");
        assert_eq!(
            mail("de").text,
            format!("Willkommen bei Example: Gruß von Example\n{LINK}\n")
        );
        assert_eq!(mail("de-AT").text, mail("de").text);
        assert!(mail("de-AT").html.contains("<html lang=\"de-AT\""));
        assert_eq!(mail("it").subject, "Il tuo account su Example");
        assert!(
            mail("it").text.starts_with("Welcome to Example: "),
            "English is better than nothing"
        );
        assert!(mail("ar").html.contains("<html lang=\"ar\" dir=\"rtl\">"));
        assert_eq!(texts.choose(Some("it-IT")), "it");
    }

    /// Asserts that a file stops the start with one line that has all these parts.
    fn assert_refused(name: &str, text: &str, parts: &[&str]) {
        let message = with_files(&[(name, text)]).unwrap_err().to_string();
        assert!(!message.contains('\n'), "{message}");
        for part in parts {
            assert!(message.contains(part), "{message:?} has no {part:?}");
        }
    }

    #[test]
    fn what_is_wrong_in_a_language_is_named_in_one_line() {
        let cases = [
            (
                "it.toml",
                "[mail]\nfoot = \"x\"",
                &["it.toml: mail.foot: there is no such text"][..],
            ),
            (
                "it.toml",
                "[mail]\nfooter = 1",
                &["it.toml: mail.footer: must be a text"],
            ),
            (
                "it.toml",
                "[mail]\nfooter = {a = \"b\"}",
                &["it.toml: mail.footer.a: there is no such text"],
            ),
            ("it.toml", "\n[mail\n", &["it.toml: line 2: "]),
            (
                "it.toml",
                "[mail]\nfooter = \"{{ app\"",
                &["it.toml: mail.footer: syntax error"],
            ),
            (
                "it.toml",
                "[mail]\nfooter = \"{{ app | shout }}\"",
                &["it.toml: mail.footer: unknown filter", "shout"],
            ),
            (
                "it.toml",
                "[mail]\nfooter = \"{{ link }}\"",
                &["it.toml: mail.footer: there is no value `link`", "app"],
            ),
            (
                "it.toml",
                "[mail.email_changed]\nbody = \"{{ lifetime }}\"",
                &["mail.email_changed.body: there is no value `lifetime`"],
            ),
            (
                "it.toml",
                "direction = \"down\"",
                &["it.toml: direction: must be \"ltr\" or \"rtl\""],
            ),
            (
                "italian.toml",
                "",
                &["italian.toml: must be named by a language tag"],
            ),
            (
                "pt_BR.toml",
                "",
                &["pt_BR.toml: must be named by a language tag"],
            ),
        ];
        for (name, text, parts) in cases {
            assert_refused(name, text, parts);
        }
    }

    #[test]
    fn what_is_wrong_in_a_layout_is_named_in_one_line() {
        let page = include_str!("texts/page.html");
        let twice = page.replace("<main>", "<main><style>p { color: red }</style>");
        let cases = [
            ("mails.html", "", "mails.html: is no layout"),
            (
                "mail.txt",
                "{{ title }}\n{{ link }}\n{{ url }}",
                "mail.txt: there is no value `url`",
            ),
            (
                "mail.txt",
                "{{ title }}\n{% for fact in facts %}{{ fact.lable }}{% endfor %}\n{{ link }}",
                "mail.txt: line 2: undefined value",
            ),
            (
                "mail.txt",
                "see {{ link }}",
                "mail.txt: must show the link, on a line of its own",
            ),
            ("mail.html", "{{ title }}", "mail.html: must show the link"),
            (
                "page.html",
                "<style></style>{{ title }}",
                "page.html: must have the token",
            ),
            ("page.html", &twice, "page.html: must have one <style>"),
        ];
        for (name, text, part) in cases {
            assert_refused(name, text, &[part]);
        }
    }

    #[test]
    fn what_is_wrong_in_the_configuration_is_named() {
        let refused = |config| Texts::load(&config).unwrap_err().to_string();
        let message = refused(config::Mail {
            language: "it".into(),
            ..config("Example")
        });
        assert_eq!(
            message,
            "mail.language: \"it\" is none of the languages that there are: de, en, fr"
        );
        let message = refused(config::Mail {
            templates: Some("/nowhere".into()),
            ..config("Example")
        });
        assert!(
            message.starts_with("mail.templates: /nowhere: "),
            "{message}"
        );
    }

    #[test]
    fn debug_output_shows_no_mail() {
        let texts = texts();
        let mail = write(&texts, MailKind::PasswordReset, "en", "");
        assert_eq!(format!("{mail:?}"), "Written { .. }");
        assert!(format!("{texts:?}").contains("\"fr\""));
    }
}
