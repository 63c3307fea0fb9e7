//! `docs/configuration.md` and `config.toml`: every key, as the types of [`Config`] and their doc comments have
//! it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use schemars::schema_for;
use serde_json::Value;

use super::{either, hold, wrapped};
use crate::config::{Config, Environment, PREFIX, SHORT_NAMES};

const PAGE: &str = "\
# Configuration

<!-- Generated from src/config.rs by `just docs`: a change here is lost. -->

Every key of Countersign. Nothing has to be set: a start without any configuration serves on SQLite.
[operations.md](operations.md) tells when to set what.

**Order.** Built-in defaults, then `config.toml` in the current folder (`--config FILE` names another), then a `.env`
file in the current folder, then the environment; the later one wins. `countersign config` prints what is in force,
secrets masked.

**Variables.** Any key can be set by the variable below it. A list is `a,b` there. With `_FILE` at the end of its name, a
variable names a file that holds the value: `JWT_SECRET_KEY_FILE=/run/secrets/jwt`. Two variables that set one key are an
error.

**Mistakes.** A key or a value that is wrong stops the start with one line that names it. So does a key that there is not
(any variable that begins with `COUNTERSIGN__` is a key). Units are in the names of keys.
";

const FILE: &str = "\
# Every key of Countersign, with its default. Generated from src/config.rs by `just docs`.
#
# Order: built-in defaults < this file < environment. docs/configuration.md has the variables, and which values
# there can be. A commented key has no fixed default; the comment says what happens without it.
";

/// The longest line of `config.toml`.
const WIDTH: usize = 110;

/// A table of `config.toml`.
struct Section {
    /// Its name; empty for what stands before all tables.
    name: String,
    about: String,
    keys: Vec<Key>,
}

/// A key, as its type and its doc comment have it.
struct Key {
    name: String,
    path: String,
    about: String,
    schema: Value,
    default: Option<toml::Value>,
    example: Option<toml::Value>,
}

/// The schema of [`Config`], and how to find one's way in it.
struct Schema(Value);

impl Schema {
    fn new() -> Self {
        Self(schema_for!(Config).to_value())
    }

    /// A schema without references and without the `null` of what may be left out. What stands beside a
    /// reference wins over what it leads to.
    fn resolved(&self, schema: &Value) -> Value {
        let mut schema = schema.clone();
        let some = schema["anyOf"].as_array().map(|any| any[0].clone());
        let inner = match (some, schema["$ref"].as_str()) {
            (Some(some), _) => self.resolved(&some),
            (None, Some(reference)) => {
                let pointer = reference.strip_prefix('#').unwrap();
                self.resolved(self.0.pointer(pointer).unwrap())
            }
            (None, None) => return schema,
        };
        for (name, value) in inner.as_object().unwrap() {
            if schema.get(name).is_none() {
                schema[name] = value.clone();
            }
        }
        schema
    }

    /// All sections below a schema.
    fn sections(&self) -> Vec<Section> {
        let defaults = toml::Value::try_from(Config::default()).unwrap();
        let mut sections = Vec::new();
        self.collect(&self.0, "", String::new(), Some(&defaults), &mut sections);
        sections
    }

    fn collect(
        &self,
        schema: &Value,
        name: &str,
        about: String,
        defaults: Option<&toml::Value>,
        sections: &mut Vec<Section>,
    ) {
        let position = sections.len();
        let mut keys = Vec::new();
        for (key, schema) in schema["properties"].as_object().unwrap() {
            let path = format!("{name}.{key}").trim_matches('.').to_owned();
            let default = defaults.and_then(|defaults| defaults.get(key));
            let resolved = self.resolved(schema);
            let about = schema["description"].as_str().unwrap();
            let about = about.replace('\n', " ");
            if resolved.get("properties").is_some() {
                self.collect(&resolved, &path, about, default, sections);
                continue;
            }
            keys.push(Key {
                name: key.clone(),
                path,
                about,
                default: default.cloned(),
                example: resolved
                    .pointer("/examples/0")
                    .map(|example| toml::Value::try_from(example).unwrap()),
                schema: resolved,
            });
        }
        let section = Section {
            name: name.to_owned(),
            about,
            keys,
        };
        sections.insert(position, section);
    }

    /// What values a schema lets in.
    fn values(&self, schema: &Value) -> String {
        let schema = self.resolved(schema);
        if let Some(title) = schema["title"].as_str() {
            return title.to_owned();
        }
        let words = words(&schema);
        if !words.is_empty() {
            let words: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
            return either(&words);
        }
        let kinds = &schema["type"];
        let kind = kinds.as_str().or_else(|| kinds[0].as_str());
        match kind.unwrap() {
            "boolean" => "`true` or `false`".to_owned(),
            "integer" | "number" => {
                let (least, most) = bounds(&schema);
                format!("{least} to {most}")
            }
            "string" => match (schema["minLength"].as_u64(), schema["maxLength"].as_u64()) {
                (Some(least), Some(most)) => format!("text of {least} to {most} characters"),
                _ => panic!("{schema} says nothing of its values"),
            },
            "array" => format!("list of {}", self.values(&schema["items"])),
            other => panic!("{other} is no type that a key can have"),
        }
    }
}

/// The words of an enumeration, each with what it means.
fn words(schema: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().replace('\n', " ");
    let words = schema["oneOf"].as_array().into_iter().flatten();
    words
        .map(|word| (text(&word["const"]), text(&word["description"])))
        .collect()
}

fn bounds(schema: &Value) -> (f64, f64) {
    let bound = |name: &str| schema[name].as_f64().unwrap();
    (bound("minimum"), bound("maximum"))
}

impl Key {
    /// The variables that set it.
    fn variables(&self) -> Vec<String> {
        let long = format!("{PREFIX}{}", self.path.replace('.', "__").to_uppercase());
        let short = SHORT_NAMES.iter().find(|(_, path)| *path == self.path);
        let short = short.map(|(short, _)| (*short).to_owned());
        short.into_iter().chain([long]).collect()
    }

    /// What holds where nothing is set, in Markdown.
    fn default(&self) -> String {
        match &self.default {
            None => self.default_by_environment().unwrap_or("none".to_owned()),
            Some(toml::Value::Array(list)) if list.is_empty() => "none".to_owned(),
            Some(toml::Value::String(text)) => format!("`{text}`"),
            Some(value) => format!("`{value}`"),
        }
    }

    /// What holds where nothing is set and the environment decides.
    fn default_by_environment(&self) -> Option<String> {
        let by_environment: fn(&Config) -> bool = match self.path.as_str() {
            "database.auto_migrate" => Config::auto_migrate,
            "pwned_passwords.enabled" => Config::looks_up_leaked_passwords,
            _ => return None,
        };
        let [dev, test, prod] =
            [Environment::Dev, Environment::Test, Environment::Prod].map(|environment| {
                by_environment(&Config {
                    environment,
                    ..Config::default()
                })
            });
        assert!(dev == test && test != prod);
        Some(format!("`{dev}`, in `prod` `{prod}`"))
    }

    /// What it is for.
    fn about(&self) -> String {
        match (&self.default, &self.example) {
            (Some(_), Some(example)) => format!("{} Such as `{example}`.", self.about),
            _ => self.about.clone(),
        }
    }

    fn row(&self, schema: &Schema) -> String {
        let variables = self.variables();
        let variables = variables.iter().map(|name| format!("<br>`{name}`"));
        let words = words(&self.schema);
        let words = words
            .iter()
            .map(|(word, meaning)| format!("<br>`{word}`: {meaning}"));
        format!(
            "| **`{}`**{} | {} | {} | {}{} |\n",
            self.name,
            variables.collect::<String>(),
            schema.values(&self.schema),
            self.default(),
            self.about().replace('|', "\\|"),
            words.collect::<String>(),
        )
    }

    fn lines(&self) -> String {
        let mut lines = String::new();
        let words = words(&self.schema);
        let words = words
            .iter()
            .map(|(word, meaning)| format!("`{word}`: {meaning}"));
        let default = self.default_by_environment();
        let default = default.map(|default| format!("Without it: {default}."));
        for text in std::iter::once(self.about()).chain(words).chain(default) {
            for line in wrapped(&text, WIDTH - 2) {
                writeln!(lines, "# {line}").unwrap();
            }
        }
        match (&self.default, &self.example) {
            (Some(value), _) => writeln!(lines, "{} = {value}", self.name).unwrap(),
            (None, Some(example)) => writeln!(lines, "# {} = {example}", self.name).unwrap(),
            (None, None) => panic!("{} has neither a default nor an example", self.path),
        }
        lines
    }
}

#[test]
fn the_page_has_every_key_as_the_code_has_it() {
    let schema = Schema::new();
    let mut page = PAGE.to_owned();
    for section in schema.sections() {
        let heading = if section.name.is_empty() {
            "## Above all sections".to_owned()
        } else {
            format!("## {}\n\n{}", section.name, section.about)
        };
        write!(
            page,
            "\n{heading}\n\n| key | value | default | what |\n|---|---|---|---|\n"
        )
        .unwrap();
        for key in section.keys {
            page += &key.row(&schema);
        }
    }
    hold("docs/configuration.md", &page);
}

#[test]
fn the_shipped_file_has_every_key_as_the_code_has_it() {
    let mut file = FILE.to_owned();
    for section in Schema::new().sections() {
        if section.name.is_empty() {
            file += "\n";
        } else {
            write!(file, "\n# {}\n[{}]\n", section.about, section.name).unwrap();
        }
        for key in section.keys {
            file += &key.lines();
        }
    }
    hold("config.toml", &file);
}

#[test]
fn every_variable_that_is_told_sets_its_key() {
    let sections = Schema::new().sections();
    for key in sections.iter().flat_map(|section| &section.keys) {
        let value = match key.default.as_ref().or(key.example.as_ref()).unwrap() {
            toml::Value::String(text) => text.clone(),
            toml::Value::Array(_) => String::new(),
            value => value.to_string(),
        };
        for variable in key.variables() {
            let variables = BTreeMap::from([(variable.clone(), value.clone())]);
            let config = Config::from_sources(Some(Path::new("/dev/null")), &variables);
            // Two keys need each other.
            if let Err(error) = config.map_err(|error| error.to_string()) {
                assert!(error.contains("is needed with"), "{variable}: {error}");
            }
        }
    }
}

/// What a start makes of `value` for a key, everything else being as it is by default.
fn read(key: &Key, value: f64) -> Result<Config, String> {
    let variables = key.variables();
    let variable = (variables[0].clone(), value.to_string());
    Config::from_sources(Some(Path::new("/dev/null")), &BTreeMap::from([variable]))
        .map_err(|error| error.to_string())
}

#[test]
fn the_bounds_that_are_told_are_those_that_are_kept() {
    let mut seen = 0;
    let sections = Schema::new().sections();
    for key in sections.iter().flat_map(|section| &section.keys) {
        if !key.schema["maximum"].is_number() {
            continue;
        }
        seen += 1;
        let (least, most) = bounds(&key.schema);
        for bound in [least, most] {
            // What is refused for the sake of another key is not about its own bounds.
            if let Err(error) = read(key, bound) {
                assert!(
                    error.contains("must not be greater") || error.contains("must be less"),
                    "{error}"
                );
            }
        }
        for beyond in [least - 1.0, most + 1.0] {
            let error = read(key, beyond).expect_err(&key.path);
            assert!(error.contains(&key.path), "{error}");
        }
    }
    assert!(seen > 40, "{seen}");
}
