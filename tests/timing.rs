//! What could tell by its time which accounts there are. Times themselves are measured by `just timing`.

use countersign::config::Config;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::proxy::Proxy;

/// Names, by e-mail or user name, of what a guess may meet: accounts of all kinds, and none.
fn guesses(accounts: &str) -> [Value; 6] {
    let by_name = |name: String| json!({"username": name, "password": "not this one"});
    let by_email = |name: String| {
        let email = format!("{name}@example.com");
        json!({"email": email, "password": "not this one"})
    };
    [
        by_name(format!("{accounts}-named")),
        by_email(format!("{accounts}-mailed")),
        by_name(format!("{accounts}-idle")),
        by_name(format!("{accounts}-bare")),
        by_name(format!("{accounts}-nobody")),
        by_email(format!("{accounts}-nowhere")),
    ]
}

async fn people(app: &TestApp, accounts: &str) {
    for kind in ["named", "mailed", "bare"] {
        app.register(&format!("{accounts}-{kind}")).await;
    }
    let idle = app.register(&format!("{accounts}-idle")).await;
    app.deactivate(&idle).await;
    let bare = format!("username = '{accounts}-bare'");
    app.execute(&format!(
        "UPDATE users SET password_hash = NULL WHERE {bare}"
    ))
    .await;
}

#[tokio::test]
async fn a_refused_login_asks_the_database_as_often_whoever_it_is() {
    let change = |config: &mut Config| {
        // What was asked before is known to a connection, so there is only one.
        config.database.max_connections = 1;
        config.rate_limit.enabled = true;
        config.rate_limit.account_free_failures = 2;
        config.rate_limit.account_first_delay_seconds = 900;
        config.rate_limit.address_attempts_per_minute = 1_000_000;
    };
    let Some((app, proxy)) = Proxy::before_database(change).await else {
        // What is asked is the same on SQLite, only nobody can listen there.
        return;
    };
    for accounts in ["first", "then"] {
        people(&app, accounts).await;
        let mut told: Vec<[String; 3]> = Vec::new();
        for guess in guesses(accounts) {
            proxy.said().await;
            let mut said = [const { String::new() }; 3];
            // The first failure, one after which nobody may try, and one that is turned away.
            for (said, status) in said.iter_mut().zip([401, 401, 429]) {
                let answer = app.post("/auth/login", &guess).send().await;
                answer.assert_status(status);
                *said = proxy.said().await;
            }
            told.push(said);
        }
        // The first time, statements are still to be prepared.
        if accounts == "then" {
            assert!(told[0].iter().all(|said| said.contains('E')), "{told:?}");
            assert!(told[0][1].len() > told[0][0].len(), "{told:?}");
            assert!(told.iter().all(|said| *said == told[0]), "{told:#?}");
        }
    }
}
