//! `docs/security.md` names tests that exist, and has every requirement that it claims to have.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const PAGE: &str = include_str!("../docs/security.md");

/// The requirements of OWASP ASVS 5.0, chapters V6, V7, V9 and V16: for each section the level of each of its
/// requirements, which are numbered from 1.
const REQUIREMENTS: [(&str, &[u8]); 21] = [
    ("6.1", &[1, 2, 2]),
    ("6.2", &[1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2]),
    ("6.3", &[1, 1, 2, 2, 3, 3, 3, 3]),
    ("6.4", &[1, 1, 2, 2, 3, 3]),
    ("6.5", &[2, 2, 2, 2, 2, 3, 3, 3]),
    ("6.6", &[2, 2, 2, 3]),
    ("6.7", &[3, 3]),
    ("6.8", &[2, 2, 2, 2]),
    ("7.1", &[2, 2, 2]),
    ("7.2", &[1, 1, 1, 1]),
    ("7.3", &[2, 2]),
    ("7.4", &[1, 1, 2, 2, 2]),
    ("7.5", &[2, 2, 3]),
    ("7.6", &[2, 2]),
    ("9.1", &[1, 1, 1]),
    ("9.2", &[1, 2, 2, 2]),
    ("16.1", &[2]),
    ("16.2", &[2, 2, 2, 2, 2]),
    ("16.3", &[2, 2, 2, 2]),
    ("16.4", &[2, 2, 2]),
    ("16.5", &[2, 2, 2, 3]),
];
/// What may be said of a requirement.
const VERDICTS: [&str; 6] = [
    "met",
    "in part",
    "not met",
    "n/a",
    "application",
    "operator",
];

/// The rows of the tables of requirements, as their cells.
fn rows() -> impl Iterator<Item = Vec<&'static str>> {
    PAGE.lines().filter_map(|line| {
        let cells: Vec<_> = line.strip_prefix("| ")?.split('|').map(str::trim).collect();
        let is_number = |c: char| c.is_ascii_digit() || c == '.';
        let is_requirement = cells[0].matches('.').count() == 2 && cells[0].chars().all(is_number);
        is_requirement.then_some(cells)
    })
}

#[test]
fn every_requirement_of_the_chapters_has_one_line_with_its_level() {
    let expected: Vec<(String, String)> = REQUIREMENTS
        .iter()
        .flat_map(|(section, levels)| {
            (1..)
                .zip(*levels)
                .map(move |(number, level)| (format!("{section}.{number}"), level.to_string()))
        })
        .collect();
    let found: Vec<(String, String)> = rows()
        .map(|cells| (cells[0].to_owned(), cells[1].to_owned()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn every_line_has_a_verdict_and_what_is_met_is_shown() {
    for cells in rows() {
        let [number, _, _, verdict, shown, _] = cells[..] else {
            panic!("{cells:?}");
        };
        let is_verdict = |of: &&str| verdict.starts_with(*of);
        assert!(VERDICTS.iter().any(is_verdict), "{number}: {verdict}");
        let needs_proof = verdict.starts_with("met") || verdict.starts_with("in part");
        assert!(!needs_proof || !shown.is_empty(), "{number} is not shown");
    }
}

#[test]
fn every_test_that_is_named_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = BTreeMap::new();
    let mut named = 0;
    for code in PAGE.split('`') {
        let Some((file, name)) = code.split_once("::") else {
            continue;
        };
        let is_code = |file: &str| Path::new(file).extension() == Some("rs".as_ref());
        if !is_code(file) {
            continue;
        }
        named += 1;
        let text = files.entry(file).or_insert_with(|| {
            fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
        });
        let mut lines = text.lines();
        let head = format!("fn {name}()");
        let is_there = lines.any(|line| {
            line.trim_start()
                .trim_start_matches("async ")
                .starts_with(&head)
        });
        assert!(is_there, "there is no test {code}");
        // A function that nobody runs shows nothing.
        let before = text.split(&head).next().unwrap();
        let attributes = before.rsplit("\n\n").next().unwrap();
        assert!(attributes.contains("test"), "{code} is no test");
    }
    assert!(named > 60, "{named}");
}
