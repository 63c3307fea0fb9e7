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

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
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
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        let syntax = SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()
            .map_err(|error| TextsError::template("syntax", &error))?;
        templates.set_syntax(syntax);
        templates.add_filter("wrap", |text: String| wrap(&text));
        let catalogue = Catalogue::read(templates, config.templates.as_deref())?;

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
            .and_then(|header| language::negotiate(header, inner.tags(), &inner.default));
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
    fn tags(&self) -> impl Iterator<Item = &str> + Clone {
        self.catalogue.languages.keys().map(String::as_str)
    }

    fn language(&self, tag: &str) -> Result<Language<'_>, TextsError> {
        let known = language::lookup(tag, self.tags()).unwrap_or(&self.default);
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
            text: self.layout(MAIL_TXT, &parts)?,
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
        self.render(place, known)
    }

    fn layout(&self, name: &'static str, parts: &Value) -> Result<String, TextsError> {
        let place = self.catalogue.layouts.get(name);
        let place = place.ok_or_else(|| TextsError::wrong(name, "there is no such layout"))?;
        let mut text = self.render(place, parts)?;
        text.truncate(text.trim_end().len());
        text.push('\n');
        Ok(text)
    }

    fn render(&self, place: &str, known: &Value) -> Result<String, TextsError> {
        self.catalogue
            .templates
            .get_template(place)
            .and_then(|template| template.render(known))
            .map_err(|error| TextsError::template(place, &error))
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
            // A month is the only thing that there are twelve of.
            for month in 1..=12 {
                let day = chrono::NaiveDate::from_ymd_opt(2026, month, 22);
                let noon = day.and_then(|day| day.and_hms_opt(12, 5, 0));
                self.time(language, noon.unwrap_or_default().and_utc())?;
            }
            for seconds in [1, 2, 60, 120, 3600, 7200, 172_800, 604_800] {
                self.duration(language, TimeDelta::seconds(seconds))?;
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
    use super::*;

    #[test]
    fn preview() {
        let folder = std::path::Path::new("/tmp/texts-preview");
        std::fs::create_dir_all(folder).unwrap();
        let texts = Texts::load(&config::Mail {
            from: Some(
                "Sternwarte <login@example.com>"
                    .to_owned()
                    .try_into()
                    .unwrap(),
            ),
            ..config::Mail::default()
        })
        .unwrap();
        let email = Email::from_stored("ada.lovelace@example.com".into());
        let device = Device::new(
            Some([203, 0, 113, 7].into()),
            Some("Mozilla/5.0 (Windows NT 10.0) Gecko Firefox/140.0"),
        );
        let url = "https://login.example.com/account/reset?token=csl_0Zb3J8Qm1nT5wXyA7cKdEfGhIjLoPqRsTuVvWwXxYyZ";
        for tag in ["en", "de", "fr"] {
            for kind in MailKind::ALL {
                for with in [true, false] {
                    if !with && !matches!(kind, MailKind::EmailChanged) {
                        continue;
                    }
                    let link = with.then_some(Link {
                        url,
                        lifetime: TimeDelta::hours(24),
                    });
                    let written = texts
                        .write(
                            *kind,
                            tag,
                            &MailValues {
                                email: &email,
                                at: DateTime::from_timestamp(1_795_356_300, 0).unwrap(),
                                device: &device,
                                link,
                            },
                        )
                        .unwrap();
                    let name = format!(
                        "mail-{tag}-{}{}",
                        kind.name(),
                        if with { "" } else { "-nolink" }
                    );
                    std::fs::write(folder.join(format!("{name}.html")), &written.html).unwrap();
                    std::fs::write(
                        folder.join(format!("{name}.txt")),
                        format!("Subject: {}\n\n{}", written.subject, written.text),
                    )
                    .unwrap();
                }
            }
            let pages = [
                ("verify", Page::Verify { token: "csl_x" }),
                ("verified", Page::Verified),
                (
                    "reset",
                    Page::Reset {
                        token: "csl_x",
                        weaknesses: &[],
                        min_length: 8,
                        max_length: 128,
                    },
                ),
                (
                    "reset-wrong",
                    Page::Reset {
                        token: "csl_x",
                        weaknesses: &[Weakness::TooShort { min: 8 }, Weakness::TooCommon],
                        min_length: 8,
                        max_length: 128,
                    },
                ),
                ("reset_done", Page::ResetDone),
                ("invalid", Page::InvalidLink),
                ("toomany", Page::TooMany { seconds: 890 }),
                ("unavailable", Page::Unavailable),
            ];
            for (name, page) in pages {
                std::fs::write(
                    folder.join(format!("page-{tag}-{name}.html")),
                    texts.page(tag, &page).unwrap(),
                )
                .unwrap();
            }
        }
    }
}
