//! `docs/verifying-tokens.md` shows the very programs that are held against a running service.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const PAGE: &str = "docs/verifying-tokens.md";
const EXAMPLES: &str = "docs/examples/verifying-tokens";
/// What a program needs but nobody reads.
const NOT_SHOWN: [&str; 2] = ["express/.npmrc", "express/package-lock.json"];

/// The files of a folder and those below it, by their path in it.
fn files(folder: &Path, below: &str, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{below}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            // What somebody installed beside a program is not part of it.
            if !name.ends_with("node_modules") && !name.ends_with("__pycache__") {
                files(&entry.path(), &format!("{name}/"), found);
            }
        } else if !NOT_SHOWN.contains(&name.as_str()) {
            found.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
    }
}

/// The blocks that stand below the name of a file, by that name.
fn shown(page: &str) -> BTreeMap<String, String> {
    let start = "](examples/verifying-tokens/";
    page.split("\n[`")
        .filter_map(|part| {
            let (name, rest) = part.split_once('`')?;
            let rest = rest.strip_prefix(&format!("{start}{name}):\n\n```"))?;
            let (_, block) = rest.split_once('\n')?;
            let (block, _) = block.split_once("\n```\n")?;
            Some((name.to_owned(), format!("{block}\n")))
        })
        .collect()
}

#[test]
fn the_page_shows_every_example_as_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join(PAGE)).unwrap();
    let mut examples = BTreeMap::new();
    files(&root.join(EXAMPLES), "", &mut examples);
    let shown = shown(&page);

    assert!(
        shown.keys().eq(examples.keys()),
        "{PAGE} shows {:?}, {EXAMPLES} has {:?}",
        shown.keys(),
        examples.keys()
    );
    for (name, text) in examples {
        assert!(
            shown[&name] == text,
            "{PAGE} does not show {name} as it is: copy it there"
        );
    }
}

#[test]
fn no_lock_file_says_where_packages_come_from() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(EXAMPLES);
    let lock = fs::read_to_string(root.join("express/package-lock.json")).unwrap();
    assert!(!lock.contains("\"resolved\""));
}
