//! `docs/errors.md`: every error code, as the code and the OpenAPI document have it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use poem_openapi::types::{Example, ToJSON};
use serde_json::Value;

use super::{hold, wrapped};
use crate::api;
use crate::api::described::Described;
use crate::api::document::codes_in;
use crate::api::problem::{ErrorCode, FieldErrorCode, Problem, Retry};

/// The longest line of the page.
const WIDTH: usize = 118;

const HEAD: &str = "\
# Errors

<!-- Generated from src/api/problem.rs and the OpenAPI document by `just docs`: a change here is lost. -->

Every error of every operation has one form:
";

const RULES: &str = "\
- `error_code` is for programs, and from the list below. The list is closed: a new code is a new minor version. Each
  has one status. Go by the code rather than by the status.
- `detail` is for people, in English, and says nothing that is not known already. Do not go by its words.
- `errors` is there where members of the request are to blame, and names [all of them at once](#fields). It never has the
  value.
- `request_id` is the `X-Request-Id` of the answer, and stands in the log. Quote it when you report an error.
- 401 comes with `WWW-Authenticate: Bearer`. 429 and 503 come with `Retry-After`, in whole seconds.

Only the 503 of `GET /health` tells the health instead. What is no request of HTTP (a malformed request line, a head that
is too large) is answered without this form, or not at all.
";

impl Retry {
    fn told(self) -> &'static str {
        match self {
            Self::No => "No, it is refused again.",
            Self::WithNewToken => "Yes, with another token.",
            Self::AfterWaiting => "Yes, after as many seconds as `Retry-After` says.",
            Self::Perhaps => "Perhaps, once or twice, after a pause.",
        }
    }
}

/// An operation: its method and path, and what it can answer.
struct Operation {
    name: String,
    value: Value,
}

impl Operation {
    fn all() -> Vec<Self> {
        let document: Value = serde_json::from_str(api::document().unwrap().json()).unwrap();
        let paths = document["paths"].as_object().unwrap();
        let operations = paths.iter().flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap();
            methods.iter().map(move |(method, value)| Self {
                name: format!("`{} {path}`", method.to_uppercase()),
                value: value.clone(),
            })
        });
        operations.collect()
    }

    /// The codes that it answers.
    fn codes(&self) -> Vec<ErrorCode> {
        let responses = self.value["responses"].as_object().unwrap();
        let codes = responses.iter().flat_map(|(status, response)| {
            let description = response["description"].as_str().unwrap();
            let is_own = move |code: &ErrorCode| code.status().as_str() == status;
            codes_in(description).filter(is_own)
        });
        codes.collect()
    }
}

/// Which operations these are, in as few words as there are for it.
fn told(names: &BTreeSet<&str>, operations: &[Operation]) -> String {
    type IsOf = fn(&Operation) -> bool;
    let groups: [(&str, IsOf); 4] = [
        ("every operation", |_| true),
        ("every operation that takes an access token", |operation| {
            operation.value.get("security").is_some()
        }),
        ("every operation under `/admin`", |operation| {
            operation.name.contains(" /admin/")
        }),
        ("every operation with a body", |operation| {
            operation.value.get("requestBody").is_some()
        }),
    ];
    let listed = |names: &[&str]| names.join(", ");
    let in_words = groups.into_iter().filter_map(|(told, is_of)| {
        let group = operations.iter().filter(|operation| is_of(operation));
        let group: BTreeSet<&str> = group.map(|operation| operation.name.as_str()).collect();
        let missing: Vec<&str> = group.difference(names).copied().collect();
        let others: Vec<&str> = names.difference(&group).copied().collect();
        if missing.len() >= group.len() {
            return None;
        }
        let mut text = told.to_owned();
        if !missing.is_empty() {
            write!(text, " but {}", listed(&missing)).unwrap();
        }
        if !others.is_empty() {
            write!(text, "; {}", listed(&others)).unwrap();
        }
        Some((missing.len() + others.len(), text))
    });
    let all: Vec<&str> = names.iter().copied().collect();
    let one_by_one = (all.len(), listed(&all));
    let shortest = in_words.chain([one_by_one]).min_by_key(|(named, _)| *named);
    shortest.unwrap().1
}

#[test]
fn the_page_has_every_code_as_the_code_has_it() {
    let operations = Operation::all();
    let mut page = HEAD.to_owned();
    let example = serde_json::to_string_pretty(&Problem::example().to_json()).unwrap();
    write!(page, "\n```json\n{example}\n```\n\n{RULES}").unwrap();

    page += "\n| status | codes |\n|---|---|\n";
    let mut by_status = BTreeMap::<u16, Vec<String>>::new();
    for code in ErrorCode::ALL {
        let name = code.written();
        let link = format!("[`{name}`](#{})", name.to_lowercase());
        by_status
            .entry(code.status().as_u16())
            .or_default()
            .push(link);
    }
    for (status, links) in by_status {
        writeln!(page, "| {status} | {} |", links.join(", ")).unwrap();
    }

    page += "\n## Codes\n";
    for code in ErrorCode::ALL {
        let by = operations
            .iter()
            .filter(|operation| operation.codes().contains(code));
        let names: BTreeSet<&str> = by.map(|by| by.name.as_str()).collect();
        let operations = told(&names, &operations);
        let answered_by = match code {
            ErrorCode::MethodNotAllowed => {
                "any address, to a method that it does not have".to_owned()
            }
            ErrorCode::NotFound => format!("any address that there is not; {operations}"),
            _ => operations,
        };
        assert!(!answered_by.is_empty(), "nothing answers {code:?}");
        let status = code.status();
        write!(
            page,
            "\n### `{}`\n\n{status}, \"{}\".\n\n",
            code.written(),
            code.detail()
        )
        .unwrap();
        for (label, text) in [
            ("Means", code.meaning()),
            ("Do", code.advice()),
            ("Try again", code.retry().told()),
            ("Answered by", &format!("{answered_by}.")),
        ] {
            let lines = wrapped(&format!("- **{label}:** {text}"), WIDTH);
            writeln!(page, "{}", lines.join("\n  ")).unwrap();
        }
    }

    page += "\n## Fields\n\nWhat `errors` says of each member, in its `code`:\n\n| code | means |\n|---|---|\n";
    for code in FieldErrorCode::ALL {
        writeln!(page, "| `{}` | {} |", code.written(), code.meaning()).unwrap();
    }
    hold("docs/errors.md", &page);
}

#[test]
fn every_wait_is_answered_with_how_long() {
    for operation in Operation::all() {
        for code in operation.codes() {
            let headers = &operation.value["responses"][code.status().as_str()]["headers"];
            let tells = headers.get("Retry-After").is_some();
            assert_eq!(
                tells,
                code.retry() == Retry::AfterWaiting,
                "{}: {code:?}",
                operation.name
            );
        }
    }
}
