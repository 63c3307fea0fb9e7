//! Who may know whom. The rule is written in `src/lib.rs`; this holds every file against it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms, each with those it may know beside itself.
const ROOMS: [(&str, &[&str]); 12] = [
    ("model", &[]),
    ("files", &[]),
    ("config", &["model"]),
    ("telemetry", &["model", "config"]),
    ("resilience", &["model", "config", "telemetry"]),
    (
        "store",
        &["resilience", "files", "model", "config", "telemetry"],
    ),
    (
        "outbound",
        &["resilience", "files", "model", "config", "telemetry"],
    ),
    (
        "service",
        &[
            "store",
            "outbound",
            "resilience",
            "model",
            "config",
            "telemetry",
        ],
    ),
    // Never the store, although that is further down: what a handler needs, a service decides.
    ("api", &["service", "model", "config", "telemetry"]),
    ("server", &["model", "config", "telemetry"]),
    (
        "app",
        &[
            "server",
            "api",
            "service",
            "store",
            "outbound",
            "resilience",
            "files",
            "model",
            "config",
            "telemetry",
        ],
    ),
    (
        "cli",
        &[
            "app",
            "server",
            "api",
            "service",
            "store",
            "outbound",
            "resilience",
            "files",
            "model",
            "config",
            "telemetry",
        ],
    ),
];

/// Names that only some places may use. A place is a path below `src`, without its ending.
const RESERVED: [(&str, &[&str]); 19] = [
    ("poem", &["api", "server", "app"]),
    ("poem_openapi", &["api"]),
    ("sea_orm", &["store"]),
    ("sea_orm_migration", &["store"]),
    ("sqlx", &["store"]),
    ("migration", &["store"]),
    ("recloser", &["resilience"]),
    ("hyper", &["server"]),
    ("lettre", &["outbound/post"]),
    ("minijinja", &["service"]),
    ("prometheus_client", &["telemetry"]),
    ("opentelemetry", &["telemetry"]),
    ("opentelemetry_sdk", &["telemetry"]),
    ("reqwest", &["outbound", "cli", "telemetry"]),
    ("clap", &["cli", "main"]),
    ("Utc::now", &["model/clock"]),
    ("Local::now", &["model/clock"]),
    ("SystemTime::now", &["model/clock"]),
    ("std::env", &["config"]),
];

/// What a source file says in code: comments and texts are left out.
fn code_of(source: &str) -> String {
    let bytes: Vec<char> = source.chars().collect();
    let at = |index: usize| bytes.get(index).copied().unwrap_or('\0');
    let mut code = String::new();
    let mut i = 0;
    while i < bytes.len() {
        match (at(i), at(i + 1)) {
            ('/', '/') => {
                while i < bytes.len() && at(i) != '\n' {
                    i += 1;
                }
            }
            ('r', '"' | '#') if !at(i.wrapping_sub(1)).is_alphanumeric() => {
                let hashes = bytes[i + 1..].iter().take_while(|c| **c == '#').count();
                if at(i + 1 + hashes) != '"' {
                    // A raw name, as `r#type`.
                    i += 1 + hashes;
                    continue;
                }
                i += 2 + hashes;
                let end = |i: usize| at(i) == '"' && (1..=hashes).all(|n| at(i + n) == '#');
                while i < bytes.len() && !end(i) {
                    i += 1;
                }
                i += 1 + hashes;
            }
            ('"', _) => {
                i += 1;
                while i < bytes.len() && at(i) != '"' {
                    i += if at(i) == '\\' { 2 } else { 1 };
                }
                i += 1;
            }
            // A character, not a lifetime.
            ('\'', '\\') => {
                i += 3;
                while i < bytes.len() && at(i) != '\'' {
                    i += 1;
                }
                i += 1;
            }
            ('\'', _) if at(i + 2) == '\'' => i += 3,
            (c, _) => {
                code.push(c);
                i += 1;
            }
        }
    }
    code
}

/// The paths that code names, groups written out: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn paths_in(code: &str) -> Vec<Vec<String>> {
    let mut tokens = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }

    let mut paths = Vec::new();
    let mut groups: Vec<Vec<String>> = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let is_name = |token: &str| token.starts_with(|c: char| c.is_alphabetic() || c == '_');
    for (index, token) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).map_or("", |index| tokens[index]);
        let after = tokens.get(index + 1).copied().unwrap_or_default();
        if is_name(token) {
            if before != "::" {
                path = groups.last().cloned().unwrap_or_default();
            }
            path.push((*token).to_owned());
            if after != "::" {
                paths.push(path.clone());
            }
        } else if *token == "{" {
            groups.push(if before == "::" {
                path.clone()
            } else {
                Vec::new()
            });
        } else if *token == "}" {
            groups.pop();
        }
    }
    paths
}

/// Where a path leads, seen from the root of the crate; `None` where it leads to another crate.
fn resolve(path: &[String], module: &[String]) -> Option<Vec<String>> {
    let supers = path.iter().take_while(|part| *part == "super").count();
    if path[0] == "crate" {
        Some(path[1..].to_vec())
    } else if supers > 0 {
        let mut resolved = module[..module.len().checked_sub(supers)?].to_vec();
        resolved.extend_from_slice(&path[supers..]);
        Some(resolved)
    } else {
        None
    }
}

/// Everything in a file that breaks the rule. `place` is its path below `src`, without its ending.
fn violations(place: &str, source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let module: Vec<String> = place
        .trim_end_matches("/mod")
        .split('/')
        .map(str::to_owned)
        .collect();
    let room = module[0].as_str();
    if room == "docs" {
        // It is there in tests only, and makes documents of whatever there is.
        return found;
    }
    let known = ROOMS.iter().find(|(name, _)| *name == room);
    if known.is_none() && !matches!(room, "main" | "lib") {
        found.push(format!("{place}: a room without a rule"));
    }

    let code = code_of(source);
    // Tests are a module of their own, at the end of their file.
    let (code, tests) = code.split_once("\nmod tests {").unwrap_or((&code, ""));
    let mut inner = module.clone();
    inner.push("tests".to_owned());
    for (code, module) in [(code, &module), (tests, &inner)] {
        for path in paths_in(code) {
            let written = path.join("::");
            if let Some(target) = resolve(&path, module)
                && let Some(target) = target.first()
                && let Some((_, allowed)) = known
                && ROOMS.iter().any(|(name, _)| name == target)
                && target != room
                && !allowed.contains(&target.as_str())
            {
                found.push(format!("{place}: {room} must not know {target}: {written}"));
            }
            if room == "main"
                && path[0] == "countersign"
                && path.get(1).is_none_or(|to| to != "cli")
            {
                found.push(format!("{place}: main only knows cli: {written}"));
            }
            for (name, places) in RESERVED {
                let is_named = if name.contains("::") {
                    format!("::{written}::").contains(&format!("::{name}::"))
                } else {
                    path[0] == name && path.len() > 1
                };
                let is_home = places
                    .iter()
                    .any(|home| place == *home || place.starts_with(&format!("{home}/")));
                if is_named && !is_home {
                    found.push(format!("{place}: {name} is only for {places:?}: {written}"));
                }
            }
        }
    }
    found
}

fn source_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(source_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// All files below `src`: their places and their texts.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    source_files(&root)
        .into_iter()
        .map(|file| {
            let place = file.strip_prefix(&root).unwrap().with_extension("");
            let place = place.to_str().unwrap().replace('\\', "/");
            (place, fs::read_to_string(file).unwrap())
        })
        .collect()
}

#[test]
fn every_import_goes_the_one_way() {
    let broken: Vec<String> = sources()
        .iter()
        .flat_map(|(place, source)| violations(place, source))
        .collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_room_is_on_the_map_and_has_a_rule() {
    let sources = sources();
    let (_, map) = sources.iter().find(|(place, _)| place == "lib").unwrap();
    let rooms: BTreeSet<&str> = ROOMS.iter().map(|(room, _)| *room).collect();
    let modules: BTreeSet<&str> = map
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    assert_eq!(modules, rooms);
    for room in rooms {
        assert!(
            map.lines()
                .any(|line| line.starts_with("//! |") && line.contains(&format!("[`{room}`]"))),
            "{room} is not on the map"
        );
    }
}

#[test]
fn rooms_know_each_other_in_one_direction_only() {
    let knows = |room: &str| ROOMS.iter().find(|(name, _)| *name == room).unwrap().1;
    // The rooms are listed from the ground up, so each may only know those before it.
    for (position, (room, allowed)) in ROOMS.iter().enumerate() {
        for known in *allowed {
            let below = ROOMS[..position].iter().any(|(name, _)| name == known);
            assert!(below, "{room} is listed before {known}");
        }
    }
    assert!(!knows("api").contains(&"store"));
}

#[test]
fn the_rule_sees_every_way_to_write_an_import() {
    let broken = [
        ("api/auth", "use crate::store::Store;"),
        (
            "api/auth",
            "use crate::{model::User, store::{self, Store}};",
        ),
        ("api/auth", "use crate::{\n    model,\n    store,\n};"),
        ("api/auth", "fn f(_: crate::store::Store) {}"),
        ("api/auth", "fn f(_: &crate :: store :: Store) {}"),
        ("api/auth", "use super::super::store::Store;"),
        ("api/mod", "use super::store::Store;"),
        ("api/auth", "pub use crate::store as kept;"),
        (
            "api/auth",
            "#[cfg(test)]\nmod tests {\n    use super::super::super::store::Store;\n}",
        ),
        (
            "api/auth",
            "const C: char = '\"'; use crate::store::Store; const D: char = '\"';",
        ),
        (
            "api/auth",
            "const C: &str = r#\"\"\"#; use crate::store::Store;",
        ),
        ("model/user", "use crate::config::Config;"),
        ("config", "use crate::telemetry::context;"),
        ("store/users", "use crate::service::Fault;"),
        ("resilience/hashing", "use crate::store::Store;"),
        ("app/secret", "use crate::cli::Cli;"),
        ("server", "use crate::app::App;"),
        ("cellar/wine", "use crate::model::User;"),
        ("main", "use countersign::store::Store;"),
        ("service/login", "use poem::http::StatusCode;"),
        ("service/login", "fn f() { let _ = poem::Body::empty(); }"),
        ("service/login", "use {poem::Body, std::fmt};"),
        ("cli", "use poem::Body;"),
        ("outbound/mail", "use crate::store::Store;"),
        ("store/users", "use crate::outbound::client;"),
        ("api/auth", "use crate::outbound::client;"),
        ("service/login", "use reqwest::Client;"),
        ("service/mail", "use lettre::Message;"),
        ("service/login", "use sea_orm::DbErr;"),
        ("app", "use sea_orm::{DbErr, sqlx};"),
        ("service/login", "let now = Utc::now();"),
        ("service/login", "let now = chrono::Utc::now();"),
        ("service/login", "let now = std::time::SystemTime::now();"),
        ("telemetry/mod", "use std::{env, fmt};"),
        ("telemetry/mod", "let x = std::env::var(NAME);"),
    ];
    for (place, source) in broken {
        assert!(
            !violations(place, source).is_empty(),
            "not seen in {place}: {source}"
        );
    }
}

#[test]
fn the_rule_minds_nothing_else() {
    let fine = [
        ("api/auth", "use crate::{model::User, service::Login};"),
        ("api/auth", "use super::super::service::Login;"),
        ("api/auth", "use super::sessions::SessionsApi;"),
        ("api/auth", "// use crate::store::Store;"),
        ("api/auth", "/// See [`crate::store::Store`].\nstruct A;"),
        ("api/auth", "const A: &str = \"crate::store::Store\";"),
        ("api/auth", "const A: &str = r#\"use \"crate::store\"\"#;"),
        ("api/auth", "fn f<'a>(_: &'a str) { let store = 1; store; }"),
        ("service/login", "use crate::store::Store;"),
        (
            "telemetry/mod",
            "const QUIET: &str = \"poem::server=warn\";",
        ),
        (
            "telemetry/line",
            "#[cfg(test)]\nmod tests {\n    use super::super::layer;\n}",
        ),
        ("store/entity/users", "use super::super::Store;"),
        ("store/mod", "use sea_orm::sqlx::sqlite::SqliteJournalMode;"),
        ("app", "use poem::{Endpoint, Response};"),
        ("model/clock", "let now = Utc::now();"),
        ("service/login", "let now = self.clock.now();"),
        ("main", "use countersign::cli::Cli;"),
        ("config", "std::env::vars_os()"),
    ];
    for (place, source) in fine {
        assert_eq!(violations(place, source), Vec::<String>::new(), "{source}");
    }
}
