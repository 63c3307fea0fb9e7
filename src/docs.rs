//! The documents that are generated from the code, each held against it by a test: `docs/configuration.md`,
//! `config.toml` and `docs/errors.md`. `just docs` writes them anew.

mod configuration;
mod errors;

use std::fs;
use std::path::Path;

/// The variable that has the documents written instead of held against the code.
const UPDATE: &str = "UPDATE_DOCS";

/// Holds a document against what the code makes of it, or writes it.
fn hold(path: &str, generated: &str) {
    #[expect(clippy::disallowed_methods, reason = "this configures a test")]
    let is_update = std::env::var_os(UPDATE).is_some();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if is_update {
        fs::write(&file, generated).unwrap();
        return;
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    let differs = committed.lines().zip(generated.lines());
    let first = differs.enumerate().find(|(_, (is, ought))| is != ought);
    let (line, (is, ought)) = first.unwrap_or((0, ("", "")));
    assert!(
        committed == generated,
        "{path} is stale: run 'just docs'. Line {}:\n- {is}\n+ {ought}",
        line + 1
    );
}

/// Breaks a text into lines of at most `width` characters, never within code.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut is_code = false;
    // What stands between spaces that a line may end at.
    for part in text.split_inclusive(|c| {
        is_code ^= c == '`';
        c == ' ' && !is_code
    }) {
        let line = lines.last_mut().unwrap();
        let length = line.chars().count() + part.trim_end().chars().count();
        if length > width && !line.is_empty() {
            lines.push(part.to_owned());
        } else {
            line.push_str(part);
        }
    }
    lines
        .iter()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// `a`, `a or b`, `a, b or c`.
fn either(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[test]
fn code_is_never_broken() {
    assert_eq!(wrapped("a b c d", 3), ["a b", "c d"]);
    assert_eq!(wrapped("a `b c d`. e", 3), ["a", "`b c d`.", "e"]);
}
