//! `/admin/users`: the accounts of everybody.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::TimeDelta;
use poem::http::Method;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::database::postgres;
use crate::support::{Answer, Member, PASSWORD, PATIENCE, SECRET, TestApp, unknown_id};

async fn list(app: &TestApp, root: &Member, query: &str) -> Answer {
    let path = format!("/admin/users{query}");
    app.get(&path).bearer(root).send().await
}

/// The user names, or addresses of those who have none, of all that fit a query.
async fn names(app: &TestApp, root: &Member, query: &str) -> Vec<String> {
    let answer = list(app, root, query).await;
    answer.assert_status(200);
    let page = answer.json();
    assert_eq!(page["next_cursor"], Value::Null, "{page}");
    let name = |user: &Value| {
        let name = user["username"].as_str().or(user["email"].as_str());
        name.unwrap().to_owned()
    };
    page["items"].as_array().unwrap().iter().map(name).collect()
}

async fn create(app: &TestApp, root: &Member, body: &Value) -> Answer {
    app.post("/admin/users", body).bearer(root).send().await
}

async fn get(app: &TestApp, root: &Member, id: impl ToString) -> Answer {
    let path = format!("/admin/users/{}", id.to_string());
    app.get(&path).bearer(root).send().await
}

async fn update(app: &TestApp, root: &Member, id: impl ToString, change: &Value) -> Answer {
    let path = format!("/admin/users/{}", id.to_string());
    app.patch(&path, change).bearer(root).send().await
}

async fn delete(app: &TestApp, root: &Member, id: impl ToString) -> Answer {
    let path = format!("/admin/users/{}", id.to_string());
    app.delete(&path).bearer(root).send().await
}

mod listed {
    use super::*;

    fn ids(page: &Value) -> Vec<String> {
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|user| user["id"].as_str().unwrap().to_owned())
            .collect()
    }

    #[tokio::test]
    async fn pages_have_everybody_once_whatever_comes_in_between() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let mut existing = BTreeSet::from([root.id().to_string()]);
        let mut people = Vec::new();
        for n in 0..21 {
            let member = app.register(&format!("person{n}")).await;
            existing.insert(member.id().to_string());
            people.push(member);
        }
        for query in ["", "&is_active=true", "&q=p", "&q=P&is_active=true"] {
            let mut expected = existing.clone();
            if query.contains("q=") {
                expected.remove(&root.id().to_string());
            }
            let mut seen = Vec::new();
            let mut late = Vec::new();
            let mut cursor = String::new();
            loop {
                let answer = list(&app, &root, &format!("?limit=5{query}{cursor}")).await;
                answer.assert_status(200);
                let page = answer.json();
                let found = ids(&page);
                assert!(found.len() <= 5);
                seen.extend(found);
                let Some(next) = page["next_cursor"].as_str() else {
                    break;
                };
                cursor = format!("&cursor={next}");
                // Somebody comes, and somebody who was listed goes.
                let name = format!("person-late{}", app.count("users", "true").await);
                late.push(app.register(&name).await.id().to_string());
            }
            let unique: BTreeSet<String> = seen.iter().cloned().collect();
            assert_eq!(unique.len(), seen.len(), "somebody comes twice: {query}");
            assert_eq!(unique, expected, "{query}");
            assert!(!late.is_empty());
            // The newest first.
            assert!(seen.is_sorted_by(|a, b| a > b), "{query}");
            for id in late {
                delete(&app, &root, id).await.assert_status(204);
            }
        }
        // The row that a cursor was made of may go.
        let first = list(&app, &root, "?limit=5").await.json();
        let last = ids(&first)[4].clone();
        delete(&app, &root, last).await.assert_status(204);
        let next = first["next_cursor"].as_str().unwrap();
        let second = list(&app, &root, &format!("?limit=100&cursor={next}")).await;
        assert_eq!(ids(&second.json()).len(), existing.len() - 5);
    }

    #[tokio::test]
    async fn a_page_has_20_rows_unless_asked_for_another_number() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        for n in 0..20 {
            app.register(&format!("person{n}")).await;
        }
        for (query, rows, is_last) in [
            ("", 20, false),
            ("?limit=1", 1, false),
            ("?limit=20", 20, false),
            ("?limit=21", 21, true),
            ("?limit=22", 21, true),
            ("?limit=100", 21, true),
        ] {
            let page = list(&app, &root, query).await.json();
            assert_eq!(ids(&page).len(), rows, "{query}");
            assert_eq!(page["next_cursor"].is_null(), is_last, "{query}");
        }
    }

    #[tokio::test]
    async fn all_that_is_wrong_with_a_query_is_told_at_once() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let too_long = format!("?q={}", "x".repeat(255));
        for (query, findings) in [
            ("?limit=0", vec!["limit: out_of_range"]),
            ("?limit=101", vec!["limit: out_of_range"]),
            ("?limit=-1", vec!["limit: out_of_range"]),
            ("?limit=99999999999999999999", vec!["limit: out_of_range"]),
            ("?limit=1.5", vec!["limit: invalid_type"]),
            ("?limit=", vec!["limit: invalid_type"]),
            ("?limit=many", vec!["limit: invalid_type"]),
            ("?limit", vec!["limit: invalid_type"]),
            ("?is_active=yes", vec!["is_active: invalid_type"]),
            ("?is_active=TRUE", vec!["is_active: invalid_type"]),
            ("?is_active=", vec!["is_active: invalid_type"]),
            ("?q=", vec!["q: too_short"]),
            ("?q=%00", vec!["q: invalid_format"]),
            ("?q=a%0Ab", vec!["q: invalid_format"]),
            (&too_long, vec!["q: too_long"]),
            ("?cursor=", vec!["cursor: invalid_format"]),
            ("?Limit=5", vec!["Limit: unknown"]),
            ("?offset=5", vec!["offset: unknown"]),
            ("?q=a&q=a", vec!["q: conflict"]),
            (
                "?limit=5&limit=6&limit=7",
                vec!["limit: conflict", "limit: conflict"],
            ),
            (
                "?limit=0&q=&is_active=maybe&page=1&is_active=true&%3Cb%3E=1",
                vec![
                    "limit: out_of_range",
                    "q: too_short",
                    "is_active: invalid_type",
                    "is_active: conflict",
                    "page: unknown",
                    "<b>: unknown",
                ],
            ),
        ] {
            let answer = list(&app, &root, query).await;
            answer.assert_findings(&findings);
            for value in ["99999999999999999999", "maybe", "xxxxx"] {
                assert!(!answer.text().contains(value), "{}", answer.text());
            }
        }
        let many: Vec<String> = (0..50).map(|n| format!("unknown{n}=1")).collect();
        let answer = list(&app, &root, &format!("?{}", many.join("&"))).await;
        answer.assert_error(400, "VALIDATION_ERROR");
        assert_eq!(answer.json()["errors"].as_array().unwrap().len(), 32);
        let name = "n".repeat(1000);
        let answer = list(&app, &root, &format!("?{name}=1")).await;
        answer.assert_findings(&[&format!("{}: unknown", "n".repeat(64))]);
    }

    #[tokio::test]
    async fn only_a_cursor_of_this_list_leads_on() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        app.register("ada").await;
        let cursor_of = async |app: &TestApp, root: &Member, path: &str| {
            let path = format!("{path}?limit=1");
            let page = app.get(&path).bearer(root).send().await.json();
            page["next_cursor"].as_str().unwrap().to_owned()
        };
        let cursor = cursor_of(&app, &root, "/admin/users").await;
        let mut others = vec![
            cursor_of(&app, &root, "/admin/audit-events").await,
            cursor_of(&app, &root, "/users/me/security-events").await,
            cursor[1..].to_owned(),
            cursor[..cursor.len() - 1].to_owned(),
            cursor[..22].to_owned(),
            format!("{cursor}A"),
            format!("{cursor}="),
            format!("{cursor}{cursor}"),
            cursor.to_lowercase(),
            root.id().to_string(),
            "%25".to_owned(),
            "0".to_owned(),
            "x".repeat(5000),
        ];
        for position in [0, 21, cursor.len() - 1] {
            let mut altered = cursor.clone();
            let other = if &cursor[position..=position] == "A" {
                "B"
            } else {
                "A"
            };
            altered.replace_range(position..=position, other);
            others.push(altered);
        }
        let foreign = TestApp::with(|config| {
            config.tokens.secret = Some(format!("{SECRET}, but another one").into());
        })
        .await;
        let stranger = foreign.register_superuser("root").await;
        foreign.register("ada").await;
        others.push(cursor_of(&foreign, &stranger, "/admin/users").await);
        for other in others {
            let answer = list(&app, &root, &format!("?cursor={other}")).await;
            answer.assert_findings(&["cursor: invalid_format"]);
            assert!(other.len() < 5 || !answer.text().contains(&other));
        }

        let found = list(&app, &root, &format!("?cursor={cursor}")).await;
        assert_eq!(ids(&found.json()), [root.id().to_string()]);
        // It belongs to the list, not to whoever asked for it.
        let other = app.register_superuser("other").await;
        let again = list(&app, &other, &format!("?cursor={cursor}")).await;
        assert_eq!(again.json(), found.json());
    }

    #[tokio::test]
    async fn people_are_found_by_what_their_address_or_name_begins_with() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        for (email, name) in [
            ("Adam.Smith@example.com", Some("smithy")),
            ("first@example.com", Some("ADALBERT")),
            ("ada_b@example.com", Some("a_b")),
            ("adaxb@example.com", Some("axb")),
            ("zz~tilde@example.com", Some("zeta")),
            ("kelvin@example.com", Some("k-lvin")),
            ("nameless@example.com", None),
        ] {
            let body = json!({"email": email, "username": name});
            create(&app, &root, &body).await.assert_status(201);
        }
        let cases: [(&str, &[&str]); 24] = [
            ("ada", &["ADALBERT", "a_b", "axb", "smithy"]),
            ("ADA", &["ADALBERT", "a_b", "axb", "smithy"]),
            ("aDaM", &["smithy"]),
            ("smith", &["smithy"]),
            ("Smithy", &["smithy"]),
            ("mith", &[]),
            ("adam.smith@example.com", &["smithy"]),
            ("adam.smith@example.com.", &[]),
            ("a_b", &["a_b"]),
            ("ada_", &["a_b"]),
            ("_", &[]),
            ("%25", &[]),
            ("a%25", &[]),
            ("%2A", &[]),
            ("zz~", &["zeta"]),
            ("zz~t", &["zeta"]),
            ("~", &[]),
            ("'%20OR%201%3D1--", &[]),
            ("%5C", &[]),
            ("n", &["nameless@example.com"]),
            // Not a letter of ours, however it looks: the Kelvin sign, an a with dots, an emoji.
            ("%E2%84%AA", &[]),
            ("%C3%A4", &[]),
            ("ada%F0%9F%98%80", &[]),
            ("nobody", &[]),
        ];
        for (prefix, expected) in cases {
            let mut found = names(&app, &root, &format!("?q={prefix}")).await;
            found.sort();
            assert_eq!(found, expected, "{prefix}");
        }
        // One row, though it fits twice.
        assert_eq!(names(&app, &root, "?q=root").await, ["root"]);
        let page = list(&app, &root, "?q=ada&limit=3").await.json();
        let next = page["next_cursor"].as_str().unwrap();
        let rest = names(&app, &root, &format!("?q=ada&limit=3&cursor={next}")).await;
        assert_eq!(rest, ["smithy"]);
    }

    /// So many that they are looked for in another way.
    #[tokio::test]
    async fn a_prefix_that_very_many_have_finds_the_same() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        app.register("crow").await;
        app.register("crowe").await;
        let columns = "id, email, username, is_active, is_superuser, email_verified, created_at, \
            updated_at";
        let rest = "true, false, false, created_at, updated_at FROM users, numbers \
            WHERE username = 'root'";
        let insert = if app.is_sqlite() {
            format!(
                "INSERT INTO users ({columns}) WITH RECURSIVE numbers(n) AS \
                 (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10100) \
                 SELECT randomblob(16), 'Crowd' || n || '@example.com', 'c_' || n, {rest}"
            )
        } else {
            format!(
                "INSERT INTO users ({columns}) WITH numbers AS \
                 (SELECT n FROM generate_series(1, 10100) AS n) \
                 SELECT gen_random_uuid(), 'Crowd' || n || '@example.com', 'c_' || n, {rest}"
            )
        };
        app.execute(&insert).await;
        for prefix in ["c", "cr", "CROW", "crowd", "c_", "C_7"] {
            let mut seen = Vec::new();
            let mut cursor = String::new();
            for _ in 0..3 {
                let query = format!("?limit=100&q={prefix}{cursor}");
                let page = list(&app, &root, &query).await.json();
                for user in page["items"].as_array().unwrap() {
                    let starts = |name: &str| {
                        let name = user[name].as_str().unwrap().to_lowercase();
                        name.starts_with(&prefix.to_lowercase())
                    };
                    assert!(starts("email") || starts("username"), "{prefix}: {user}");
                }
                seen.extend(ids(&page));
                cursor = format!("&cursor={}", page["next_cursor"].as_str().unwrap());
            }
            assert_eq!(seen.len(), 300, "{prefix}");
            assert!(seen.is_sorted_by(|a, b| a > b), "{prefix}");
        }
        // A wildcard is as little one as where few are found.
        for prefix in ["c%25", "crow_", "_", "cro%C3%A9"] {
            assert_eq!(names(&app, &root, &format!("?q={prefix}")).await, [""; 0]);
        }
        assert_eq!(names(&app, &root, "?q=crowe").await, ["crowe"]);
        assert_eq!(names(&app, &root, "?q=c_10100").await, ["c_10100"]);
    }

    /// On SQLite, a test beside the query shows it.
    #[tokio::test]
    async fn postgresql_looks_a_prefix_up_in_the_indexes_of_both_names() {
        if postgres().is_none() {
            return;
        }
        // One connection, so that all it did is told at once: when it is closed at the latest.
        let app = TestApp::with(|config| config.database.max_connections = 1).await;
        let root = app.register_superuser("root").await;
        app.execute(
            "INSERT INTO users (id, email, username, is_active, is_superuser, email_verified, \
             created_at, updated_at) SELECT gen_random_uuid(), 'a' || n || '@example.com', \
             'b' || n, true, false, false, now(), now() FROM generate_series(1, 5000) AS n",
        )
        .await;
        app.execute("ANALYZE").await;
        let searches = 10;
        for _ in 0..searches {
            assert_eq!(names(&app, &root, "?q=a4999").await, ["b4999"]);
        }
        app.break_database().await;

        let own = "schemaname = current_schema()";
        let index = |name: &str| {
            let of = format!("FROM pg_stat_user_indexes WHERE indexrelname = '{name}' AND {own}");
            format!("(SELECT idx_scan {of})")
        };
        let rows = format!(
            "(SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables \
             WHERE relname = 'users' AND {own})"
        );
        let query = format!(
            "SELECT concat_ws(' ', {}, {}, {rows}) AS found",
            index("users_email_key"),
            index("users_username_key")
        );
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = app.query_text(&query, "found").await;
            let numbers = found.split(' ').map(|number| number.parse().unwrap());
            let numbers: Vec<u64> = numbers.collect();
            if numbers[..2].iter().all(|scans| *scans >= searches) {
                // A few rows for each search and each request, and never all of them.
                assert!(numbers[2] < 1000, "{found}");
                break;
            }
            assert!(Instant::now() < deadline, "{found}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    #[tokio::test]
    async fn people_are_found_by_whether_they_may_use_the_service() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let ada = app.register("ada").await;
        app.register("adam").await;
        app.deactivate(&ada).await;
        assert_eq!(names(&app, &root, "?is_active=false").await, ["ada"]);
        assert_eq!(
            names(&app, &root, "?is_active=true").await,
            ["adam", "root"]
        );
        assert_eq!(names(&app, &root, "?is_active=true&q=ad").await, ["adam"]);
        assert_eq!(names(&app, &root, "?is_active=false&q=root").await, [""; 0]);
    }
}

mod created {
    use super::*;

    #[tokio::test]
    async fn an_account_is_found_where_it_is_said_to_be() {
        let app = TestApp::with(|config| config.registration.enabled = false).await;
        let root = app.seed_superuser().await;
        let body = json!({"email": "Ada@example.com", "username": "Ada", "password": PASSWORD});
        let answer = create(&app, &root, &body).await;
        answer.assert_status(201);
        let user = answer.json();
        assert_eq!(user["email"], "Ada@example.com");
        assert_eq!(user["username"], "Ada");
        assert_eq!(user["is_active"], true);
        for off in ["is_superuser", "email_verified"] {
            assert_eq!(user[off], false, "{off}");
        }
        assert_eq!(user["last_login"], Value::Null);
        let location = answer.header("location").unwrap();
        let id = user["id"].as_str().unwrap();
        assert_eq!(location, format!("/api/v1/admin/users/{id}"));
        let found = app.get(location).bearer(&root).send().await;
        assert_eq!(found.json(), user);
        app.try_log_in("ada", PASSWORD).await.assert_status(200);
    }

    #[tokio::test]
    async fn without_a_password_nobody_can_log_in() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        for (name, password) in [("ada", None), ("bob", Some(Value::Null))] {
            let mut body = json!({"email": format!("{name}@example.com"), "username": name});
            if let Some(password) = password {
                body["password"] = password;
            }
            create(&app, &root, &body).await.assert_status(201);
            for guess in [PASSWORD, "null", "x"] {
                app.try_log_in(name, guess)
                    .await
                    .assert_error(401, "INVALID_CREDENTIALS");
            }
        }
    }

    #[tokio::test]
    async fn a_role_and_a_closed_account_can_be_given_from_the_start() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let body = json!({
            "email": "a@example.com", "username": "second", "password": PASSWORD,
            "is_superuser": true,
        });
        let answer = create(&app, &root, &body).await;
        assert_eq!(answer.json()["is_superuser"], true);
        let second = app.log_in("second").await;
        list(&app, &second, "").await.assert_status(200);
        let body = json!({
            "email": "b@example.com", "username": "closed", "password": PASSWORD,
            "is_active": false, "is_superuser": null,
        });
        let answer = create(&app, &root, &body).await;
        assert_eq!(answer.json()["is_active"], false);
        assert_eq!(answer.json()["is_superuser"], false);
        app.try_log_in("closed", PASSWORD)
            .await
            .assert_error(403, "USER_INACTIVE");
    }

    #[tokio::test]
    async fn the_rules_are_those_of_registration() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        app.register("ada").await;
        for (email, name, field) in [
            ("ADA@example.com", None, "email"),
            ("new@example.com", Some("ADA"), "username"),
        ] {
            let body = json!({"email": email, "username": name});
            let answer = create(&app, &root, &body).await;
            answer.assert_error(409, "USER_ALREADY_EXISTS");
            assert_eq!(answer.json()["errors"][0]["field"], field);
        }
        let body = json!({
            "email": "no address", "username": "a b", "password": "pq7-zt4",
            "is_superuser": "yes", "is_active": 1, "email_verified": true,
        });
        create(&app, &root, &body).await.assert_findings(&[
            "email: invalid_format",
            "email_verified: unknown",
            "is_active: invalid_type",
            "is_superuser: invalid_type",
            "password: too_short",
            "username: invalid_format",
        ]);
        let body = json!({"email": "grace@example.com", "password": "grace@example.com"});
        create(&app, &root, &body)
            .await
            .assert_findings(&["password: contains_identity"]);
        assert_eq!(app.count("users", "true").await, "2");
    }
}

mod changed {
    use super::*;

    #[tokio::test]
    async fn each_member_can_be_changed_by_itself_and_all_together() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let ada = app.register("ada").await;
        let mut expected = ada.tokens["user"].clone();
        for (member, value) in [
            ("is_superuser", json!(true)),
            ("is_superuser", json!(false)),
            ("email_verified", json!(true)),
            ("email_verified", json!(false)),
            ("username", json!("lovelace")),
            ("username", Value::Null),
            ("email", json!("lovelace@example.com")),
            ("is_active", json!(false)),
            ("is_active", json!(true)),
        ] {
            app.clock.advance(TimeDelta::seconds(1));
            let answer = update(&app, &root, ada.id(), &json!({member: value})).await;
            answer.assert_status(200);
            let changed = answer.json();
            assert!(changed["updated_at"].as_str() > expected["updated_at"].as_str());
            expected[member] = value;
            expected["updated_at"] = changed["updated_at"].clone();
            assert_eq!(changed, expected, "{member}");
            assert_eq!(get(&app, &root, ada.id()).await.json(), expected);
        }
        let all = json!({
            "is_superuser": true, "email_verified": true, "username": "ada2",
            "email": "ada2@example.com", "is_active": false,
        });
        let changed = update(&app, &root, ada.id(), &all).await.json();
        for (member, value) in all.as_object().unwrap() {
            assert_eq!(changed[member], *value, "{member}");
        }
    }

    #[tokio::test]
    async fn what_changes_nothing_leaves_no_trace() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let ada = app.register("ada").await;
        let events = app.count("audit_events", "true").await;
        app.clock.advance(TimeDelta::minutes(1));
        for change in [
            json!({}),
            json!({"is_active": true, "is_superuser": false, "email_verified": false}),
            json!({"email": "ada@example.com", "username": "ada"}),
        ] {
            let answer = update(&app, &root, ada.id(), &change).await;
            answer.assert_status(200);
            assert_eq!(answer.json(), ada.tokens["user"]);
        }
        assert_eq!(app.count("audit_events", "true").await, events);
        app.assert_goes_on(&ada).await;
    }

    #[tokio::test]
    async fn a_new_address_is_not_verified_unless_the_administrator_says_so() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let ada = app.register("ada").await;
        for (change, is_verified) in [
            (json!({"email_verified": true}), true),
            (json!({"email": "ADA@example.com"}), true),
            (json!({"email": "new@example.com"}), false),
            (
                json!({"email": "newer@example.com", "email_verified": true}),
                true,
            ),
        ] {
            let answer = update(&app, &root, ada.id(), &change).await;
            answer.assert_status(200);
            assert_eq!(answer.json()["email_verified"], is_verified, "{change}");
        }
    }

    #[tokio::test]
    async fn a_change_that_can_not_be_made_whole_is_not_made() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let ada = app.register("ada").await;
        app.register("bob").await;
        for (change, field) in [
            (
                json!({"email": "BOB@example.com", "is_active": false}),
                "email",
            ),
            (json!({"username": "BOB", "is_superuser": true}), "username"),
        ] {
            let answer = update(&app, &root, ada.id(), &change).await;
            answer.assert_error(409, "USER_ALREADY_EXISTS");
            assert_eq!(answer.json()["errors"][0]["field"], field);
        }
        for member in ["id", "password", "created_at", "updated_at", "last_login"] {
            let change = json!({"username": "other", member: "x"});
            let answer = update(&app, &root, ada.id(), &change).await;
            answer.assert_findings(&[&format!("{member}: unknown")]);
        }
        let nulls = json!({
            "email": null, "is_active": null, "is_superuser": null, "email_verified": null,
        });
        update(&app, &root, ada.id(), &nulls)
            .await
            .assert_findings(&[
                "email: invalid_type",
                "email_verified: invalid_type",
                "is_active: invalid_type",
                "is_superuser: invalid_type",
            ]);
        let found = get(&app, &root, ada.id()).await;
        assert_eq!(found.json(), ada.tokens["user"]);
        app.assert_goes_on(&ada).await;
    }

    #[tokio::test]
    async fn a_deactivation_ends_all_sessions_at_once_and_for_good() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let bob = app.register("bob").await;
        let phone = app.register("ada").await;
        let laptop = app.log_in("ada").await;
        let off = json!({"is_active": false});
        let answer = update(&app, &root, phone.id(), &off).await;
        answer.assert_status(200);
        for session in [&phone, &laptop] {
            app.assert_over(session).await;
        }
        app.try_log_in("ada", PASSWORD)
            .await
            .assert_error(403, "USER_INACTIVE");
        app.try_log_in("ada", "not the password")
            .await
            .assert_error(401, "INVALID_CREDENTIALS");

        let on = json!({"is_active": true});
        update(&app, &root, phone.id(), &on)
            .await
            .assert_status(200);
        app.assert_over(&phone).await;
        app.try_log_in("ada", PASSWORD).await.assert_status(200);
        app.assert_goes_on(&bob).await;
        app.assert_goes_on(&root).await;
    }
}

mod removed {
    use super::*;

    #[tokio::test]
    async fn a_deleted_account_is_gone_with_all_that_belonged_to_it() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let ada = app.register("ada").await;
        app.start_password_reset(ada.id()).await;
        delete(&app, &root, ada.id()).await.assert_status(204);
        app.assert_over(&ada).await;
        get(&app, &root, ada.id())
            .await
            .assert_error(404, "USER_NOT_FOUND");
        delete(&app, &root, ada.id())
            .await
            .assert_error(404, "USER_NOT_FOUND");
        // What is left is the superuser's.
        for table in ["users", "sessions", "email_tokens", "known_devices"] {
            assert_eq!(app.count(table, "true").await, "1", "{table}");
        }
        assert_ne!(app.register("ada").await.id(), ada.id());
    }

    #[tokio::test]
    async fn all_sessions_of_one_person_can_be_ended() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let bob = app.register("bob").await;
        let phone = app.register("ada").await;
        let laptop = app.log_in("ada").await;
        let path = format!("/admin/users/{}/sessions", phone.id());
        for _ in 0..2 {
            let answer = app.delete(&path).bearer(&root).send().await;
            answer.assert_status(204);
        }
        app.assert_over(&phone).await;
        app.assert_over(&laptop).await;
        app.assert_goes_on(&bob).await;
        app.try_log_in("ada", PASSWORD).await.assert_status(200);
        // One's own go like anybody's.
        let path = format!("/admin/users/{}/sessions", root.id());
        app.delete(&path)
            .bearer(&root)
            .send()
            .await
            .assert_status(204);
        app.assert_over(&root).await;
    }

    #[tokio::test]
    async fn the_last_active_superuser_stays_one() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        // Neither of these could administer anything.
        app.register("ada").await;
        let idle = app.register_superuser("idle").await;
        app.deactivate(&idle).await;
        let changes = [
            json!({"is_superuser": false}),
            json!({"is_active": false}),
            json!({"is_superuser": false, "is_active": false, "username": "gone"}),
        ];
        for change in &changes {
            let answer = update(&app, &root, root.id(), change).await;
            answer.assert_error(409, "LAST_SUPERUSER");
        }
        delete(&app, &root, root.id())
            .await
            .assert_error(409, "LAST_SUPERUSER");
        let body = json!({"current_password": PASSWORD});
        let own = app.delete("/users/me").bearer(&root).json(&body);
        own.send().await.assert_error(409, "LAST_SUPERUSER");
        let found = get(&app, &root, root.id()).await.json();
        assert_eq!(found["username"], "root");
        assert_eq!(found["is_superuser"], true);
        app.assert_goes_on(&root).await;

        // Everything else of theirs can be changed, and a superuser who can't log in can be removed.
        let other = json!({"username": "boss", "email_verified": true});
        update(&app, &root, root.id(), &other)
            .await
            .assert_status(200);
        let demoted = json!({"is_superuser": false});
        let answer = update(&app, &root, idle.id(), &demoted).await;
        answer.assert_status(200);
        delete(&app, &root, idle.id()).await.assert_status(204);

        let second = app.register_superuser("second").await;
        let answer = update(&app, &root, root.id(), &changes[0]).await;
        answer.assert_status(200);
        list(&app, &root, "").await.assert_error(403, "FORBIDDEN");
        delete(&app, &second, second.id())
            .await
            .assert_error(409, "LAST_SUPERUSER");
    }

    #[tokio::test]
    async fn a_superuser_who_has_no_password_is_no_other_superuser() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let ghost = json!({"email": "ghost@example.com", "is_superuser": true});
        create(&app, &root, &ghost).await.assert_status(201);
        delete(&app, &root, root.id())
            .await
            .assert_error(409, "LAST_SUPERUSER");
        let answer = app
            .call(Method::DELETE, "/users/me")
            .json(&json!({"current_password": PASSWORD}))
            .bearer(&root);
        answer.send().await.assert_error(409, "LAST_SUPERUSER");
    }

    #[tokio::test]
    async fn what_is_no_id_is_the_id_of_nobody() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let reset = json!({"delivery": "response"});
        for id in [
            "0",
            "nonsense",
            "root",
            "%00",
            "%2e%2e",
            "00000000-0000-0000-0000-000000000000",
            "'%20OR%201=1--",
            "%F0%9F%98%80",
            &unknown_id().to_string(),
            &"x".repeat(5000),
        ] {
            let path = format!("/admin/users/{id}");
            for call in [
                app.get(&path),
                app.patch(&path, &json!({"is_active": false})),
                app.delete(&path),
                app.delete(&format!("{path}/sessions")),
                app.post(&format!("{path}/password-reset"), &reset),
            ] {
                let answer = call.bearer(&root).send().await;
                answer.assert_error(404, "USER_NOT_FOUND");
            }
        }
        // An id is the same however it is written.
        let id = root.id().to_string().to_uppercase();
        get(&app, &root, id).await.assert_status(200);
        get(&app, &root, root.id().0.simple())
            .await
            .assert_status(200);
    }
}
