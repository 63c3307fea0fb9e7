//! The pages of the repository: that links lead somewhere, and that recipes, commands, keys and log lines which
//! they name are there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use clap::CommandFactory;
use countersign::cli::Cli;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// Folders that hold nothing of ours.
const FOREIGN: [&str; 5] = ["target", "node_modules", "data", "logs", "__pycache__"];
/// Languages of blocks that are run in a shell.
const SHELLS: [&str; 4] = ["bash", "sh", "shell", "console"];

/// What a page says of others.
#[derive(Default)]
struct Page {
    links: Vec<String>,
    anchors: BTreeSet<String>,
    /// Code within sentences, and the lines of shell blocks.
    code: Vec<String>,
}

impl Page {
    fn parse(text: &str) -> Self {
        let mut page = Self::default();
        let mut heading: Option<String> = None;
        let mut is_shell = false;
        for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.into_string());
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => page.add_anchor(&heading.take().unwrap()),
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                    is_shell = SHELLS.contains(&language.as_ref());
                }
                Event::End(TagEnd::CodeBlock) => is_shell = false,
                Event::Text(text) | Event::Code(text) if heading.is_some() => {
                    heading.as_mut().unwrap().push_str(&text);
                }
                Event::Code(code) => page.code.push(code.into_string()),
                Event::Text(lines) if is_shell => {
                    let lines = lines.replace("\\\n", " ");
                    let lines = lines.lines().map(|line| line.trim().to_owned());
                    page.code.extend(lines);
                }
                _ => {}
            }
        }
        page
    }

    /// Adds what a heading is linked by, as GitHub makes it.
    fn add_anchor(&mut self, heading: &str) {
        let kept = heading
            .trim()
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        let anchor: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
        let anchor = anchor.to_lowercase();
        let numbered = (1..).map(|number| format!("{anchor}-{number}"));
        let free = std::iter::once(anchor.clone())
            .chain(numbered)
            .find(|anchor| !self.anchors.contains(anchor));
        self.anchors.insert(free.unwrap());
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn collect(folder: &Path, found: &mut BTreeMap<PathBuf, Page>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if !name.starts_with('.') && !FOREIGN.contains(&name) {
                collect(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "md") {
            let text = fs::read_to_string(&path).unwrap();
            let place = path.strip_prefix(root()).unwrap();
            found.insert(place.to_owned(), Page::parse(&text));
        }
    }
}

/// All pages, by their paths in the repository.
fn pages() -> BTreeMap<PathBuf, Page> {
    let mut found = BTreeMap::new();
    collect(root(), &mut found);
    assert!(found.len() > 30, "{}", found.len());
    found
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => assert!(plain.pop(), "{} leaves", path.display()),
            part => plain.push(part),
        }
    }
    plain
}

/// Why a link of the page at `place` leads nowhere, if it does.
fn broken(link: &str, place: &Path, pages: &BTreeMap<PathBuf, Page>) -> Option<String> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = if path.is_empty() {
        place.to_owned()
    } else {
        plain(&place.parent().unwrap().join(path))
    };
    if !root().join(&target).exists() {
        return Some("is not there".to_owned());
    }
    let is_known = |page: &Page| page.anchors.contains(anchor);
    if !anchor.is_empty() && !pages.get(&target).is_some_and(is_known) {
        return Some("has no such heading".to_owned());
    }
    None
}

#[test]
fn every_link_between_pages_leads_somewhere() {
    let pages = pages();
    let mut nowhere = Vec::new();
    let mut seen = 0;
    for (place, page) in &pages {
        for link in &page.links {
            seen += 1;
            if let Some(why) = broken(link, place, &pages) {
                nowhere.push(format!("{}: {link} {why}", place.display()));
            }
        }
    }
    assert!(nowhere.is_empty(), "{nowhere:#?}");
    assert!(seen > 200, "{seen}");
}

#[test]
fn a_link_that_leads_nowhere_is_seen() {
    let text =
        "# A `b_c`, d!\n## A\n## A\n```text\n[x](nowhere.md)\n```\n`[x](nowhere.md)`\n[y](#a)";
    let page = Page::parse(text);
    assert!(page.anchors.iter().eq(["a", "a-1", "a-b_c-d"]));
    assert_eq!(page.links, ["#a"]);
    let place = PathBuf::from("docs/README.md");
    let pages = BTreeMap::from([(place.clone(), page)]);
    let is_broken = |link: &str| broken(link, &place, &pages).is_some();
    for good in ["#a", "../README.md", "README.md#a-1", "https://x/#y"] {
        assert!(!is_broken(good), "{good}");
    }
    for wrong in [
        "#b",
        "nowhere.md",
        "docs/README.md",
        "README.md#a-2",
        "../Cargo.toml#a",
    ] {
        assert!(is_broken(wrong), "{wrong}");
    }
}

#[test]
fn every_page_of_the_documentation_can_be_found() {
    let pages = pages();
    let mut found = BTreeSet::from([PathBuf::from("README.md")]);
    let mut next: Vec<PathBuf> = found.iter().cloned().collect();
    while let Some(place) = next.pop() {
        let Some(page) = pages.get(&place) else {
            continue;
        };
        for link in page.links.iter().filter(|link| !link.contains("://")) {
            let path = link.split('#').next().unwrap();
            let target = plain(&place.parent().unwrap().join(path));
            if found.insert(target.clone()) {
                next.push(target);
            }
        }
    }
    let lost: Vec<&PathBuf> = pages
        .keys()
        .filter(|place| place.starts_with("docs") && !found.contains(*place))
        .collect();
    assert!(lost.is_empty(), "no page leads to {lost:?}");
}

/// The recipes of the justfile.
fn recipes() -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("justfile")).unwrap();
    let is_name = |name: &str| {
        name.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    };
    let heads = text
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()) && !line.contains(":="));
    heads
        .filter_map(|line| line.split_once(':')?.0.split(' ').next())
        .filter(|name| is_name(name))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_recipe_that_is_named_exists() {
    let recipes = recipes();
    assert!(
        recipes.contains("check") && recipes.contains("fuzz"),
        "{recipes:?}"
    );
    let mut seen = 0;
    for (place, page) in pages() {
        for code in &page.code {
            let Some(rest) = code.strip_prefix("just ") else {
                continue;
            };
            let name = rest.split(' ').next().unwrap();
            seen += 1;
            assert!(recipes.contains(name), "{}: just {name}", place.display());
        }
    }
    assert!(seen > 15, "{seen}");
}

/// What the command line does not know in a call of `countersign`.
fn unknown_in(call: &str) -> Option<String> {
    let program = Cli::command();
    let mut command = &program;
    let end = call
        .find(['|', '>', '<', '#', ';', '&'])
        .unwrap_or(call.len());
    for word in call[..end].split_whitespace() {
        let word = word.trim_matches(['[', ']', '"', '\'']);
        if let Some(option) = word.strip_prefix("--") {
            let option = option.split('=').next().unwrap();
            let own = command.get_arguments().chain(program.get_arguments());
            let mut known = own.filter_map(clap::Arg::get_long);
            if !known.any(|known| known == option) && !["help", "version"].contains(&option) {
                return Some(format!("--{option}"));
            }
        } else if let Some(inner) = command.find_subcommand(word) {
            command = inner;
        } else if command.has_subcommands() && word.starts_with(|c: char| c.is_ascii_lowercase()) {
            return Some(word.to_owned());
        }
    }
    None
}

#[test]
fn every_command_that_is_named_exists() {
    let mut seen = 0;
    for (place, page) in pages() {
        for code in &page.code {
            let call = code.strip_prefix("countersign ");
            // Labels of keys look alike.
            let Some(call) = call.filter(|call| !call.ends_with(" v1")) else {
                continue;
            };
            seen += 1;
            let unknown = unknown_in(call);
            assert_eq!(unknown, None, "{}: {code}", place.display());
        }
    }
    assert!(seen > 30, "{seen}");
    for (wrong, unknown) in [
        ("users move FILE", "move"),
        ("serve --port 80", "--port"),
        ("migrate up --steps 2", "--steps"),
    ] {
        assert_eq!(unknown_in(wrong).as_deref(), Some(unknown));
    }
}

#[test]
fn every_key_and_variable_that_is_named_exists() {
    let page = fs::read_to_string(root().join("docs/configuration.md")).unwrap();
    let mut keys = BTreeSet::new();
    let mut section = String::new();
    for line in page.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            name.clone_into(&mut section);
            keys.insert(section.clone());
        } else if let Some(row) = line.strip_prefix("| **`") {
            keys.insert(format!("{section}.{}", row.split('`').next().unwrap()));
        }
    }
    let is_key = |code: &&str| {
        let is_name = |c: char| c.is_ascii_lowercase() || c == '_' || c == '.';
        let (first, last) = (code.split('.').next(), code.rsplit('.').next());
        let is_file = ["db", "html", "json", "md", "rs", "secret", "toml", "txt"];
        code.contains('.')
            && code.chars().all(is_name)
            && keys.contains(first.unwrap())
            && !is_file.contains(&last.unwrap())
    };
    let mut seen = 0;
    for (place, page) in pages() {
        for code in &page.code {
            let code = code.split([' ', '=']).next().unwrap();
            let variable = code.starts_with("COUNTERSIGN__");
            // What mails say has names alike.
            if is_key(&code) && code != "mail.footer" {
                seen += 1;
                assert!(keys.contains(code), "{}: {code}", place.display());
            } else if variable && code != "COUNTERSIGN__SECTION__KEY" {
                seen += 1;
                let names = [Some(code), code.strip_suffix("_FILE")];
                let is_known = names.into_iter().flatten().any(|name| {
                    let key = name["COUNTERSIGN__".len()..].replace("__", ".");
                    ["", "ENVIRONMENT"].contains(&key.as_str())
                        || keys.contains(&key.to_lowercase())
                });
                assert!(is_known, "{}: {code}", place.display());
            }
        }
    }
    assert!(seen > 100, "{seen}");
}

/// What a macro of `tracing` says: its last text that stands in no other call. What is put into the text is `…`.
fn message(arguments: &str) -> Option<String> {
    let mut depth = 0;
    let mut last = None;
    let mut rest = arguments;
    while let Some(at) = rest.find(['"', '(', ')', '[', ']', '{', '}']) {
        let (found, after) = (rest.as_bytes()[at], &rest[at + 1..]);
        rest = after;
        match found {
            b'"' => {
                let mut is_escaped = false;
                let end = after.find(|c| {
                    let is_end = c == '"' && !is_escaped;
                    is_escaped = c == '\\' && !is_escaped;
                    is_end
                })?;
                if depth == 0 {
                    last = Some(&after[..end]);
                }
                rest = &after[end + 1..];
            }
            b'(' | b'[' | b'{' => depth += 1,
            _ if depth == 0 => break,
            _ => depth -= 1,
        }
    }
    let mut text = last?.split("\\\n").map(str::trim_start).collect::<String>();
    while let (Some(from), Some(to)) = (text.find('{'), text.find('}')) {
        text.replace_range(from..=to, "…");
    }
    Some(text)
}

/// The warnings and errors that the code logs.
fn alarming(folder: &Path, found: &mut BTreeSet<(String, &'static str)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            alarming(&path, found);
            continue;
        }
        let text = fs::read_to_string(&path).unwrap_or_default();
        let code = text.split("\nmod tests {").next().unwrap();
        for (macro_name, level) in [("warn!(", "WARN"), ("error!(", "ERROR")] {
            for call in code.split(macro_name).skip(1) {
                let message = message(call);
                found.insert((
                    message.unwrap_or_else(|| panic!("{}: {call}", path.display())),
                    level,
                ));
            }
        }
    }
}

#[test]
fn every_warning_and_error_of_the_log_is_explained() {
    let mut logged = BTreeSet::new();
    alarming(&root().join("src"), &mut logged);
    let page = fs::read_to_string(root().join("docs/operations.md")).unwrap();
    let (_, section) = page.split_once("## Lines of the log").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        Some((cells.next()?.trim_matches('`').trim(), cells.next()?))
    });
    let told: BTreeSet<(String, &str)> = rows
        .filter(|(_, level)| ["WARN", "ERROR"].contains(level))
        .map(|(message, level)| (message.to_owned(), level))
        .collect();
    assert_eq!(told, logged);
    assert!(told.len() > 25, "{}", told.len());
}

#[test]
fn the_message_of_a_log_line_is_told_from_its_fields() {
    let call =
        "\n a = f(\"x\"),\n reason = \"y\",\n \"it \\\"is\\\" {so}, \\\n   and ends\"\n ); \"z\"";
    assert_eq!(message(call).unwrap(), "it \\\"is\\\" …, and ends");
}
