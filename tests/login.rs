//! `POST /auth/login`

use chrono::TimeDelta;
use countersign::model::Identifier;
use serde_json::json;

use crate::support::{Answer, PASSWORD, TestApp};

async fn send_form(app: &TestApp, form: &str) -> Answer {
    app.call(poem::http::Method::POST, "/auth/login")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.to_owned())
        .send()
        .await
}

#[tokio::test]
async fn a_person_logs_in_by_address_or_name_in_any_case() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    for body in [
        json!({"email": "ada@example.com", "password": PASSWORD}),
        json!({"email": "ADA@Example.COM", "password": PASSWORD}),
        json!({"username": "ada", "password": PASSWORD}),
        json!({"username": "Ada", "password": PASSWORD}),
        json!({"username": "ada", "email": null, "password": PASSWORD}),
    ] {
        let answer = app.post("/auth/login", &body).send().await;
        answer.assert_status(200);
        assert_eq!(answer.json()["user"]["id"], ada.tokens["user"]["id"]);
    }
}

#[tokio::test]
async fn a_login_is_noted_and_begins_a_session_of_its_own() {
    let app = TestApp::start().await;
    let registered = app.register("ada").await;
    app.clock.advance(TimeDelta::hours(1));
    let logged_in = app.log_in("ada").await;
    let user = &logged_in.tokens["user"];
    assert!(user["last_login"].as_str() > registered.tokens["user"]["last_login"].as_str());
    assert_eq!(user["updated_at"], registered.tokens["user"]["updated_at"]);
    let me = app.get("/users/me").bearer(&logged_in).send().await;
    assert_eq!(&me.json(), user);

    let sessions = app
        .get("/users/me/sessions")
        .bearer(&logged_in)
        .send()
        .await;
    assert_eq!(sessions.json()["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_password_form_of_oauth_takes_either_identifier() {
    let app = TestApp::start().await;
    app.register("ada").await;
    let password = PASSWORD.replace(' ', "+");
    for form in [
        format!("username=ada&password={password}"),
        format!("username=ADA%40example.com&password={password}"),
        format!(
            "grant_type=password&username=ada&password={password}&scope=&client_id=x&client_secret=y"
        ),
    ] {
        send_form(&app, &form).await.assert_status(200);
    }
    send_form(&app, "username=ada&password=wrong")
        .await
        .assert_error(401, "INVALID_CREDENTIALS");
    send_form(
        &app,
        &format!("username=ada&password={password}&grant_type=client_credentials"),
    )
    .await
    .assert_findings(&["grant_type: invalid_format"]);
    send_form(&app, "usernam=ada")
        .await
        .assert_findings(&["username: required", "password: required"]);
    send_form(&app, "username=ada&username=bob&password=x")
        .await
        .assert_findings(&["username: conflict"]);
}

/// Others put it where they can't read something; whoever has it in a password typed it all the same.
#[tokio::test]
async fn a_form_may_have_the_replacement_character() {
    let app = TestApp::start().await;
    let password = "wide quiet \u{fffd} rivers";
    let body = json!({"email": "ada@example.com", "username": "ada", "password": password});
    app.post("/auth/register", &body)
        .send()
        .await
        .assert_status(201);
    send_form(&app, "username=ada&password=wide+quiet+%EF%BF%BD+rivers")
        .await
        .assert_status(200);
    send_form(&app, "username=ada&password=wide+quiet+%FF+rivers")
        .await
        .assert_error(400, "VALIDATION_ERROR");
}

#[tokio::test]
async fn the_password_form_takes_what_clients_of_oauth_send_besides() {
    let app = TestApp::start().await;
    app.register("ada").await;
    let form = |more: &str| format!("username=ada&password={}{more}", PASSWORD.replace(' ', "+"));
    for more in [
        // Swagger UI.
        "&grant_type=password&scope=",
        // Extensions of the standard: by it, what is not known is passed over.
        "&grant_type=password&audience=https%3A%2F%2Fapi.example.com&resource=a&resource=b",
        // What has no value is as good as left out.
        "&grant_type=&client_id=&client_secret=&scope=",
        "&grant_type=password&scope=openid+profile",
    ] {
        // A client without id and secret, and one with them: there is none to tell apart.
        for client in ["Basic Og==", "Basic Y2xpZW50OnNlY3JldA=="] {
            app.call(poem::http::Method::POST, "/auth/login")
                .header(
                    "content-type",
                    "application/x-www-form-urlencoded;charset=UTF-8",
                )
                .header("authorization", client)
                .header("x-requested-with", "XMLHttpRequest")
                .body(form(more))
                .send()
                .await
                .assert_status(200);
        }
    }
    send_form(&app, "username=&password=")
        .await
        .assert_findings(&["username: required", "password: required"]);
    send_form(&app, &form("&scope=a&scope=b"))
        .await
        .assert_findings(&["scope: conflict"]);
}

#[tokio::test]
async fn exactly_one_identifier_is_needed() {
    let app = TestApp::start().await;
    let answer = app
        .post("/auth/login", &json!({"password": PASSWORD}))
        .send()
        .await;
    answer.assert_findings(&["email: required"]);
    let body = json!({"email": "ada@example.com", "username": "ada", "password": PASSWORD});
    let answer = app.post("/auth/login", &body).send().await;
    answer.assert_findings(&["username: conflict"]);
    let answer = app.post("/auth/login", &json!({})).send().await;
    answer.assert_findings(&["email: required", "password: required"]);
}

#[tokio::test]
async fn unknown_people_and_wrong_passwords_look_the_same() {
    let app = TestApp::start().await;
    app.register("ada").await;
    let mut answers = Vec::new();
    for body in [
        json!({"email": "ada@example.com", "password": "not this one"}),
        json!({"username": "ada", "password": "not this one"}),
        json!({"email": "nobody@example.com", "password": PASSWORD}),
        json!({"username": "nobody", "password": PASSWORD}),
        json!({"email": "no address at all", "password": PASSWORD}),
        json!({"email": "", "password": ""}),
    ] {
        let answer = app.post("/auth/login", &body).send().await;
        answer.assert_error(401, "INVALID_CREDENTIALS");
        assert_eq!(
            answer.header("www-authenticate"),
            Some("Bearer realm=\"countersign\"")
        );
        let mut problem = answer.json();
        problem["request_id"] = json!("");
        problem["timestamp"] = json!("");
        answers.push(problem);
    }
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
}

#[tokio::test]
async fn a_password_is_never_trimmed_or_cut() {
    let app = TestApp::start().await;
    app.register("ada").await;
    for password in [
        format!(" {PASSWORD}"),
        format!("{PASSWORD} "),
        PASSWORD[..PASSWORD.len() - 1].to_owned(),
        PASSWORD.to_uppercase(),
    ] {
        let body = json!({"username": "ada", "password": password});
        app.post("/auth/login", &body)
            .send()
            .await
            .assert_status(401);
    }
}

#[tokio::test]
async fn an_inactive_account_is_told_so_only_with_the_right_password() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    app.deactivate(&ada).await;
    let right = json!({"username": "ada", "password": PASSWORD});
    app.post("/auth/login", &right)
        .send()
        .await
        .assert_error(403, "USER_INACTIVE");
    let wrong = json!({"username": "ada", "password": "not this one"});
    app.post("/auth/login", &wrong)
        .send()
        .await
        .assert_error(401, "INVALID_CREDENTIALS");
}

#[tokio::test]
async fn an_account_without_a_password_can_not_log_in() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    app.execute("UPDATE users SET password_hash = NULL").await;
    for password in [PASSWORD, ""] {
        let body = json!({"username": "ada", "password": password});
        app.post("/auth/login", &body)
            .send()
            .await
            .assert_error(401, "INVALID_CREDENTIALS");
    }
    app.get("/users/me")
        .bearer(&ada)
        .send()
        .await
        .assert_status(200);
}

/// The hash of the only account.
async fn stored_hash(app: &TestApp) -> String {
    app.query_text("SELECT password_hash FROM users", "password_hash")
        .await
}

#[tokio::test]
async fn a_login_after_a_change_of_parameters_makes_the_hash_anew() {
    let app = TestApp::start().await;
    let mut config = app.config.clone();
    app.register("ada").await;
    let first = stored_hash(&app).await;
    assert!(first.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{first}");
    app.log_in("ada").await;
    assert_eq!(stored_hash(&app).await, first, "nothing to do yet");

    config.password.memory_kib = 128;
    config.password.iterations = 2;
    let app = app.restart(config).await;
    app.log_in("ada").await;
    let second = stored_hash(&app).await;
    assert!(
        second.starts_with("$argon2id$v=19$m=128,t=2,p=1$"),
        "{second}"
    );
    app.log_in("ada").await;
    assert_eq!(stored_hash(&app).await, second);
}

#[tokio::test]
async fn by_default_passwords_are_hashed_with_the_recommended_cost() {
    let app = TestApp::with(|config| {
        config.password = countersign::config::Password::default();
    })
    .await;
    app.register("ada").await;
    let hash = stored_hash(&app).await;
    assert!(
        hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{hash}"
    );
    app.log_in("ada").await;
}

#[tokio::test]
async fn a_login_does_not_outlive_the_password_it_was_made_with() {
    assert_superseded_by("UPDATE users SET password_hash = 'changed'").await;
}

#[tokio::test]
async fn a_login_does_not_outlive_a_deactivation() {
    assert_superseded_by("UPDATE users SET is_active = false").await;
}

/// Makes a change that another request may make between the verification of a password and the end of the
/// login.
async fn assert_superseded_by(change: &str) {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let by_name = Identifier::Username("ada".into());
    let user = app.store().find_user(&by_name).await.unwrap().unwrap();
    let verified = user.password_hash.unwrap();
    app.execute(change).await;

    let now = app.clock.now();
    let login = app.store().change().await.unwrap();
    let noted = login.note_login(user.id, &verified, None, now).await;
    assert!(!noted.unwrap(), "the login was noted");
    drop(login);
    app.execute("UPDATE users SET is_active = true").await;
    let sessions = app.get("/users/me/sessions").bearer(&ada).send().await;
    assert_eq!(sessions.json()["items"].as_array().unwrap().len(), 1);
}
