//! Reads the files of languages and layouts: those built in, and those of the operator.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

use minijinja::Environment;
use minijinja::value::Value;

use super::{LinkNeed, TextsError, language};
use crate::model::MailKind;

/// The language that has every text.
const COMPLETE: &str = "en";
/// The languages that are built in.
const LANGUAGES: [(&str, &str); 3] = [
    ("de.toml", include_str!("de.toml")),
    ("en.toml", include_str!("en.toml")),
    ("fr.toml", include_str!("fr.toml")),
];
/// The layouts that are built in.
const LAYOUTS: [(&str, &str); 3] = [
    (MAIL_HTML, include_str!("mail.html")),
    (MAIL_TXT, include_str!("mail.txt")),
    (PAGE_HTML, include_str!("page.html")),
];
/// The layout of a mail as HTML.
pub(super) const MAIL_HTML: &str = "mail.html";
/// The layout of a mail as plain text.
pub(super) const MAIL_TXT: &str = "mail.txt";
/// The layout of a page.
pub(super) const PAGE_HTML: &str = "page.html";

/// The values that the layouts of mails may name.
const MAIL_VALUES: &[&str] = &[
    "advice",
    "after",
    "app",
    "body",
    "button",
    "dir",
    "email",
    "facts",
    "footer",
    "lang",
    "link",
    "link_hint",
    "reason",
    "subject",
    "title",
];
/// The values that the layout of pages may name.
const PAGE_VALUES: &[&str] = &[
    "app", "body", "button", "dir", "errors", "hint", "label", "lang", "title", "token",
];

/// All texts and layouts, which can be compiled.
pub(super) struct Catalogue {
    /// How templates are written. Each is compiled when it is rendered: compiled, a text takes a hundred times the
    /// memory, and most are never asked for.
    environment: Environment<'static>,
    /// The templates, each by the place that it stands in, as errors name it.
    templates: BTreeMap<String, String>,
    /// For each language, the template of each text.
    pub(super) languages: BTreeMap<String, BTreeMap<String, String>>,
    /// The template of each layout.
    pub(super) layouts: BTreeMap<&'static str, String>,
}

/// The texts of one language, by their keys, each with the place that it stands in.
type Texts = BTreeMap<String, (String, String)>;

impl Catalogue {
    /// Reads what is built in, and what stands in `folder` in its place.
    ///
    /// # Errors
    /// Names the place of what is wrong. Texts are compiled and asked for the values that they name, not yet
    /// rendered.
    pub(super) fn read(
        environment: Environment<'static>,
        folder: Option<&Path>,
    ) -> Result<Self, TextsError> {
        let mut templates = BTreeMap::new();
        let mut languages: BTreeMap<String, Texts> = BTreeMap::new();
        let mut layouts: BTreeMap<&'static str, (String, String)> = LAYOUTS
            .iter()
            .map(|(name, text)| (*name, (built_in(name), (*text).to_owned())))
            .collect();

        for (name, text) in LANGUAGES {
            if let Some(tag) = name.strip_suffix(".toml") {
                languages.insert(tag.to_owned(), parse(&built_in(name), text)?);
            }
        }
        let keys: BTreeSet<String> = languages
            .get(COMPLETE)
            .map(|texts| texts.keys().cloned().collect())
            .unwrap_or_default();

        for (name, text) in folder.map(files).transpose()?.unwrap_or_default() {
            let file = folder.map_or_else(String::new, |folder| {
                folder.join(&name).display().to_string()
            });
            if let Some(tag) = name.strip_suffix(".toml") {
                let tag = language::canonical(tag).ok_or_else(|| {
                    TextsError::wrong(
                        &file,
                        "must be named by a language tag, such as it.toml or pt-BR.toml",
                    )
                })?;
                let texts = parse(&file, &text)?;
                languages.entry(tag).or_default().extend(texts);
            } else if let Some((_, layout)) = layouts.iter_mut().find(|(known, _)| **known == name)
            {
                *layout = (file, text);
            } else {
                return Err(TextsError::wrong(
                    &file,
                    "is no layout, those are mail.html, mail.txt and page.html",
                ));
            }
        }

        for (key, (place, text)) in languages.values().flatten() {
            if !keys.contains(key) {
                return Err(TextsError::wrong(place, "there is no such text"));
            }
            check(&environment, place, text, values(key))?;
            templates.insert(place.clone(), text.clone());
        }
        for (name, (place, text)) in &layouts {
            let known = if *name == PAGE_HTML {
                PAGE_VALUES
            } else {
                MAIL_VALUES
            };
            check(&environment, place, text, known)?;
            templates.insert(place.clone(), text.clone());
        }
        Ok(Self {
            environment,
            templates,
            languages: languages
                .keys()
                .map(|tag| (tag.clone(), complete(tag, &languages, &keys)))
                .collect(),
            layouts: layouts
                .into_iter()
                .map(|(name, (place, _))| (name, place))
                .collect(),
        })
    }

    /// Renders the template at a place.
    ///
    /// # Errors
    /// Where it can't be: something in it fails with these values.
    pub(super) fn render(&self, place: &str, known: &Value) -> Result<String, TextsError> {
        let text = self.templates.get(place);
        let text = text.ok_or_else(|| TextsError::wrong(place, "there is no such text"))?;
        self.environment
            .render_named_str(place, text, known)
            .map_err(|error| TextsError::template(place, &error))
    }
}

fn built_in(name: &str) -> String {
    format!("built-in {name}")
}

/// The files of a folder that are meant for us, by name.
fn files(folder: &Path) -> Result<BTreeMap<String, String>, TextsError> {
    let fails = |path: &Path, error: &io::Error| {
        let path = path.display();
        TextsError::wrong(&format!("mail.templates: {path}"), &error.to_string())
    };
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(|error| fails(folder, &error))? {
        let path = entry.map_err(|error| fails(folder, &error))?.path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        // What editors, file managers and Kubernetes keep beside the files begins with a dot.
        let name = path.file_name().and_then(|name| name.to_str());
        let Some(name) = name.filter(|name| !name.starts_with('.')) else {
            continue;
        };
        if matches!(ending, Some("toml" | "html" | "txt")) {
            let text = fs::read_to_string(&path).map_err(|error| fails(&path, &error))?;
            found.insert(name.to_owned(), text);
        }
    }
    Ok(found)
}

/// The texts of a file, by key.
fn parse(file: &str, text: &str) -> Result<Texts, TextsError> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |before| before.matches('\n').count() + 1);
        TextsError::wrong(&format!("{file}: line {line}"), error.message())
    })?;
    let mut texts = Texts::new();
    flatten(file, "", table, &mut texts)?;
    Ok(texts)
}

fn flatten(
    file: &str,
    section: &str,
    table: toml::Table,
    texts: &mut Texts,
) -> Result<(), TextsError> {
    for (name, value) in table {
        let key = if section.is_empty() {
            name
        } else {
            format!("{section}.{name}")
        };
        let place = format!("{file}: {key}");
        match value {
            toml::Value::Table(table) => flatten(file, &key, table, texts)?,
            toml::Value::String(text) => {
                texts.insert(key, (place, text));
            }
            _ => {
                return Err(TextsError::wrong(
                    &place,
                    "must be a text, in quotation marks",
                ));
            }
        }
    }
    Ok(())
}

/// Makes sure that a template can be compiled and names no other values than these.
fn check(
    environment: &Environment<'static>,
    place: &str,
    text: &str,
    known: &[&str],
) -> Result<(), TextsError> {
    let template = environment
        .template_from_named_str(place, text)
        .map_err(|error| TextsError::template(place, &error))?;
    let asked = template.undeclared_variables(false);
    // Sorted, so that the same mistake is told in the same words each time.
    let unknown: BTreeSet<&String> = asked
        .iter()
        .filter(|name| !known.contains(&name.as_str()))
        .collect();
    let Some(name) = unknown.first() else {
        return Ok(());
    };
    let known = match known {
        [] => "none".to_owned(),
        known => known.join(", "),
    };
    let reason = format!("there is no value `{name}`, here there are: {known}");
    Err(TextsError::wrong(place, &reason))
}

/// The places of all texts in a language: its own, those of the languages that it falls back to, and else the
/// English ones.
fn complete(
    tag: &str,
    languages: &BTreeMap<String, Texts>,
    keys: &BTreeSet<String>,
) -> BTreeMap<String, String> {
    let place = |tag: &str, key: &String| {
        let (place, _) = languages.get(tag)?.get(key)?;
        Some((key.clone(), place.clone()))
    };
    let own: BTreeMap<String, String> = keys
        .iter()
        .filter_map(|key| language::fallbacks(tag).find_map(|tag| place(tag, key)))
        .collect();
    let missing: Vec<&String> = keys.iter().filter(|key| !own.contains_key(*key)).collect();
    if let Some(first) = missing.first() {
        tracing::warn!(
            language = tag,
            missing = missing.len(),
            "texts are missing in a language, {first} among them, and are taken from the English ones"
        );
    }
    let taken = missing.iter().filter_map(|key| place(COMPLETE, key));
    own.clone().into_iter().chain(taken).collect()
}

/// The values that a text may name.
fn values(key: &str) -> &'static [&'static str] {
    let mut parts = key.split('.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("time"), Some("at"), _) => &["day", "hour", "minute", "month", "year"],
        (Some("duration"), ..) => &["count"],
        (Some("device"), Some("both"), _) => &["browser", "system"],
        (Some("mail"), Some("footer"), _) => &["app"],
        (Some("mail"), Some("facts"), _) => &[],
        (Some("mail"), Some(kind), Some(part)) => {
            match (MailKind::named(kind).map(super::link_need), part) {
                (None, _) => &[],
                (Some(LinkNeed::Always), _)
                | (Some(LinkNeed::Maybe), "advice" | "after" | "button") => {
                    &["app", "at", "email", "lifetime"]
                }
                _ => &["app", "at", "email"],
            }
        }
        (Some("page"), Some("reset"), Some("hint")) => &["app", "max", "min"],
        (Some("page"), Some("too_many"), Some("body")) => &["app", "wait"],
        (Some("page"), ..) => &["app"],
        (Some("weakness"), Some("too_short"), _) => &["min"],
        (Some("weakness"), Some("too_long"), _) => &["max"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_language_has_every_text() {
        let texts = |name: &str| {
            let (_, text) = LANGUAGES.iter().find(|(known, _)| *known == name).unwrap();
            parse(name, text).unwrap()
        };
        let complete = texts("en.toml");
        for (name, _) in LANGUAGES {
            let keys: Vec<String> = texts(name).into_keys().collect();
            assert_eq!(keys, complete.keys().cloned().collect::<Vec<_>>(), "{name}");
        }
    }

    #[test]
    fn no_line_breaks_before_a_french_punctuation_mark() {
        for (key, (_, text)) in parse("fr.toml", include_str!("fr.toml")).unwrap() {
            for mark in [" ;", " :", " !", " ?", "« ", " »"] {
                assert!(!text.contains(mark), "{key}: {text}");
            }
        }
    }
}
