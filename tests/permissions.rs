//! Who may ask for what: every operation, asked by everybody who could ask.

use std::collections::BTreeSet;

use poem::http::Method;
use serde_json::Value;

use self::Outcome::{Allowed, Forbidden, NotFound, Open, TokenMissing};
use crate::support::spec::{Operation, Scene, fresh_name, operations};
use crate::support::{Answer, Call, Member, TestApp};

/// How an operation meets somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Done, and no token was asked for.
    Open,
    /// Done for whoever the token stands for.
    Allowed,
    /// There is no token.
    TokenMissing,
    /// The person is known, and may not.
    Forbidden,
    /// What it is about is another person's, so it is as if it were not there.
    NotFound,
}

/// Operations that anybody may ask for.
const OPEN: [Outcome; 4] = [Open, Open, Open, Open];
/// Operations on whatever belongs to whoever asks.
const OWN: [Outcome; 4] = [TokenMissing, Allowed, Allowed, Allowed];
/// Operations on one thing, which only its owner may ask for. A superuser is no owner.
const OWNER: [Outcome; 4] = [TokenMissing, Allowed, NotFound, NotFound];
/// Operations for superusers. The owner of an account is not the one who administers it.
const ADMINISTRATOR: [Outcome; 4] = [TokenMissing, Forbidden, Forbidden, Allowed];

/// What each operation answers to nobody, to the owner of what the request is about, to another person,
/// and to a superuser. Every operation of the document stands here.
const MATRIX: [(&str, [Outcome; 4]); 33] = [
    ("register", OPEN),
    ("login", OPEN),
    ("refresh", OPEN),
    ("verify_email", OPEN),
    ("request_email_verification", OPEN),
    ("request_password_reset", OPEN),
    ("reset_password", OPEN),
    ("logout", OWN),
    ("get_me", OWN),
    ("update_me", OWN),
    ("delete_me", OWN),
    ("change_password", OWN),
    ("list_security_events", OWN),
    ("list_sessions", OWN),
    ("end_other_sessions", OWN),
    ("end_session", OWNER),
    ("list_users", ADMINISTRATOR),
    ("create_user", ADMINISTRATOR),
    ("get_user", ADMINISTRATOR),
    ("update_user", ADMINISTRATOR),
    ("delete_user", ADMINISTRATOR),
    ("start_password_reset", ADMINISTRATOR),
    ("end_user_sessions", ADMINISTRATOR),
    ("list_audit_events", ADMINISTRATOR),
    ("list_mails", ADMINISTRATOR),
    ("list_circuit_breakers", ADMINISTRATOR),
    ("reset_circuit_breaker", ADMINISTRATOR),
    ("get_jwks", OPEN),
    ("get_openid_configuration", OPEN),
    ("get_service", OPEN),
    ("get_health", OPEN),
    ("get_liveness", OPEN),
    ("get_metrics", OPEN),
];

/// Operations whose body has what counts, whoever sends it: the owner's own tokens or password. They act
/// on the owner's account even when another person brings them.
const BY_BODY: [&str; 4] = ["login", "refresh", "reset_password", "verify_email"];

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Nobody,
    Owner,
    Other,
    Superuser,
}

const EVERYBODY: [Who; 4] = [Who::Nobody, Who::Owner, Who::Other, Who::Superuser];

fn classify(answer: &Answer, has_token: bool, operation: &Operation) -> Outcome {
    let code = if answer.status.is_success() {
        Value::Null
    } else {
        answer.json()["error_code"].clone()
    };
    match (answer.status.as_u16(), code.as_str()) {
        (200..=299, _) if has_token && operation.is_secured() => Allowed,
        (200..=299, _) => Open,
        (401, Some("TOKEN_MISSING")) => TokenMissing,
        (403, Some("FORBIDDEN")) => Forbidden,
        (404, Some("SESSION_NOT_FOUND" | "USER_NOT_FOUND")) => NotFound,
        _ => panic!("{}: {}", operation.id(), answer.text()),
    }
}

/// What belongs to the owner, as the database has it.
async fn belongings(app: &TestApp, owner: &Member) -> [String; 3] {
    let id = app.literal(owner.id().0);
    let row = "email || coalesce(username, '') || coalesce(password_hash, '') \
        || CAST(is_active AS TEXT) || CAST(is_superuser AS TEXT) || CAST(updated_at AS TEXT)";
    let count = "CAST(count(*) AS TEXT)";
    [
        app.query_text(
            &format!("SELECT {row} AS found FROM users WHERE id = {id}"),
            "found",
        )
        .await,
        app.query_text(
            &format!("SELECT {count} AS found FROM sessions WHERE user_id = {id}"),
            "found",
        )
        .await,
        app.query_text(
            &format!("SELECT {count} AS found FROM email_tokens WHERE user_id = {id}"),
            "found",
        )
        .await,
    ]
}

/// A request about what belongs to the owner, by whoever asks.
fn call<'a>(
    app: &'a TestApp,
    operation: &Operation,
    owner: &Scene,
    asks: Option<&Member>,
) -> Call<'a> {
    let path = operation.path_in(owner);
    let mut call = app.call(operation.method.clone(), &path);
    if operation.has_body() {
        call = call.json(&operation.example_body(owner));
    }
    match asks {
        Some(member) => call.bearer(member),
        None => call,
    }
}

#[test]
fn the_matrix_has_every_operation_once_and_no_other() {
    let rows: BTreeSet<&str> = MATRIX.iter().map(|(id, _)| *id).collect();
    assert_eq!(rows.len(), MATRIX.len());
    let known: BTreeSet<&str> = operations().iter().map(Operation::id).collect();
    assert_eq!(rows, known);
}

#[tokio::test]
async fn everybody_gets_what_the_matrix_says_of_every_operation() {
    let app = TestApp::start().await;
    // So that none of those below is the last.
    app.register_superuser("root").await;
    for operation in operations() {
        let row = MATRIX.iter().find(|(id, _)| *id == operation.id());
        let (_, expected) = row.unwrap_or_else(|| panic!("no row: {}", operation.id()));
        for (who, expected) in EVERYBODY.into_iter().zip(expected) {
            let owner = app.register(&fresh_name()).await;
            let scene = app.owned(&operation, owner.clone()).await;
            let other = app.register(&fresh_name()).await;
            let superuser = app.register_superuser(&fresh_name()).await;
            let asks = match who {
                Who::Nobody => None,
                Who::Owner => Some(&owner),
                Who::Other => Some(&other),
                Who::Superuser => Some(&superuser),
            };
            let before = belongings(&app, &owner).await;
            let answer = call(&app, &operation, &scene, asks).send().await;
            let found = classify(&answer, asks.is_some(), &operation);
            let what = format!("{} by {who:?}", operation.id());
            assert_eq!(found, *expected, "{what}");

            // Others leave alone what is the owner's, whatever they were answered.
            let is_stranger = matches!(who, Who::Nobody | Who::Other)
                || (who == Who::Superuser && *expected != Allowed)
                || (who == Who::Superuser && !operation.is_administrative());
            if is_stranger && !BY_BODY.contains(&operation.id()) {
                assert_eq!(belongings(&app, &owner).await, before, "{what}");
                let answer = app.get("/users/me").bearer(&owner).send().await;
                assert_eq!(answer.json(), owner.tokens["user"], "{what}");
            }
        }
    }
}

/// What a list has is the caller's own, with nothing of anybody else.
#[tokio::test]
async fn own_lists_have_nothing_of_others() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let bob = app.register("bob").await;
    let root = app.register_superuser("root").await;
    let ids = [&ada, &bob, &root].map(|member| member.id().to_string());
    for (member, own) in [&ada, &bob, &root].into_iter().zip(&ids) {
        for operation in operations() {
            let is_own = operation.path.starts_with("/users/me");
            if operation.method != Method::GET || !is_own {
                continue;
            }
            let answer = app.get(&operation.path).bearer(member).send().await;
            answer.assert_status(200);
            for other in ids.iter().filter(|id| *id != own) {
                assert!(!answer.text().contains(other), "{}", answer.text());
            }
        }
    }
}

/// Neither does a token of a superuser stay good for `/admin` when the role is gone, nor is it needed anew
/// when it comes: the role is asked for at each request.
#[tokio::test]
async fn a_role_acts_from_the_next_request_on() {
    let app = TestApp::start().await;
    let root = app.register_superuser("root").await;
    let ada = app.register("ada").await;
    let path = format!("/admin/users/{}", ada.id());
    for (role, expected) in [(true, 200), (false, 403), (true, 200), (false, 403)] {
        let change = serde_json::json!({"is_superuser": role});
        let answer = app.patch(&path, &change).bearer(&root).send().await;
        answer.assert_status(200);
        assert_eq!(answer.json()["is_superuser"], role);
        for operation in operations() {
            if operation.is_administrative() && operation.method == Method::GET {
                let path = operation.path_with(&ada.id().to_string());
                app.get(&path)
                    .bearer(&ada)
                    .send()
                    .await
                    .assert_status(expected);
            }
        }
    }
}
