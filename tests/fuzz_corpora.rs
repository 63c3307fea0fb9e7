//! The inputs that were kept of fuzzing, judged again.

#[path = "fuzz/src/targets/mod.rs"]
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use self::targets::{Bearer, Body, Cursor, Headers, Http, Judge, Names, StoredHash, Target};

const TARGETS: [&str; 7] = [
    Bearer::NAME,
    Body::NAME,
    Cursor::NAME,
    Headers::NAME,
    Http::NAME,
    Names::NAME,
    StoredHash::NAME,
];

fn fuzz() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fuzz"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Has a target judge all inputs that are kept for it.
fn replay<T: Target>() {
    let mut judge = Judge::<T>::new();
    let inputs = files(&fuzz().join("corpus").join(T::NAME));
    assert!(inputs.len() >= 10, "{} inputs", inputs.len());
    for path in inputs {
        let input = fs::read(&path).unwrap();
        let judged = catch_unwind(AssertUnwindSafe(|| judge.judge(&input)));
        assert!(judged.is_ok(), "{}", path.display());
    }
}

#[test]
fn credentials_are_good_only_as_they_were_given_out() {
    replay::<Bearer>();
}

#[test]
fn whatever_a_body_is_the_answer_is_as_documented() {
    replay::<Body>();
}

#[test]
fn whatever_a_list_is_asked_the_answer_is_as_documented() {
    replay::<Cursor>();
}

#[test]
fn whatever_a_head_is_the_answer_is_as_documented() {
    replay::<Headers>();
}

#[test]
fn whatever_comes_in_the_next_client_is_served() {
    replay::<Http>();
}

#[test]
fn addresses_and_names_have_only_plain_characters() {
    replay::<Names>();
}

#[test]
fn a_hash_is_supported_exactly_if_it_can_be_verified() {
    replay::<StoredHash>();
}

#[test]
fn every_target_has_a_program_and_inputs_small_enough_to_read() {
    let names = |folder: &str| -> BTreeSet<String> {
        files(&fuzz().join(folder))
            .iter()
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect()
    };
    let targets = BTreeSet::from(TARGETS.map(str::to_owned));
    assert_eq!(names("fuzz_targets"), targets);
    assert_eq!(names("corpus"), targets);
    for target in TARGETS {
        for path in files(&fuzz().join("corpus").join(target)) {
            let length = path.metadata().unwrap().len();
            assert!(length < 2048, "{}: {length} bytes", path.display());
        }
    }
}
