//! Deleting what is no longer needed: all of it and nothing else, and in nobody's way.

use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use countersign::model::{EventId, MailId, SessionId, UserId};
use sea_orm::{ConnectionTrait, DatabaseConnection};
use uuid::Uuid;

use crate::support::database::postgres;
use crate::support::{PASSWORD, TestApp};

/// How long it may take until PostgreSQL tells what it did.
const PATIENCE: Duration = Duration::from_secs(20);

/// The tables that are tidied, each with the time that tells what is due.
const TABLES: [(&str, &str); 6] = [
    ("sessions", "expires_at"),
    ("email_tokens", "expires_at"),
    ("audit_events", "at"),
    ("login_throttles", "last_failure_at"),
    ("mail_outbox", "expires_at"),
    ("known_devices", "last_seen_at"),
];

/// Writes rows as the service does, of any age.
struct Rows<'a> {
    app: &'a TestApp,
    owner: UserId,
    connection: DatabaseConnection,
}

impl<'a> Rows<'a> {
    async fn of(app: &'a TestApp) -> Self {
        Self {
            app,
            owner: app.register("owner").await.id(),
            connection: app.connect().await,
        }
    }

    fn id(&self, id: impl Into<Uuid>) -> String {
        self.app.literal(id.into())
    }

    /// 32 bytes that no other row has.
    fn bytes(&self) -> String {
        let hex = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        if self.app.is_sqlite() {
            format!("X'{hex}'")
        } else {
            format!("'\\x{hex}'")
        }
    }

    async fn insert(&self, table: &str, columns: &str, rows: Vec<String>) {
        for rows in rows.chunks(500) {
            let rows = rows.join(", ");
            let insert = format!("INSERT INTO {table} ({columns}) VALUES {rows}");
            self.connection.execute_unprepared(&insert).await.unwrap();
        }
    }

    async fn sessions(&self, number: u32, expired: DateTime<Utc>) {
        let owner = self.id(self.owner);
        let row = |expired: DateTime<Utc>| {
            let begun = expired - TimeDelta::days(7);
            let (id, end) = (self.id(SessionId::generate(begun)), time(expired));
            let begun = time(begun);
            format!("({id}, {owner}, 1, {begun}, {begun}, {begun}, {end})")
        };
        let rows = times(number, expired).map(row);
        let columns = "id, user_id, generation, rotated_at, created_at, last_used_at, expires_at";
        self.insert("sessions", columns, rows.collect()).await;
    }

    async fn tokens(&self, number: u32, expired: DateTime<Utc>) {
        let owner = self.id(self.owner);
        let row = |expires: String| {
            let (id, hash) = (self.id(Uuid::now_v7()), self.bytes());
            format!("({id}, {owner}, 'verify_email', {hash}, 'a@b', {expires}, {expires})")
        };
        let rows = times(number, expired).map(|expired| row(time(expired)));
        let columns = "id, user_id, purpose, token_hash, email, created_at, expires_at";
        self.insert("email_tokens", columns, rows.collect()).await;
    }

    async fn events(&self, number: u32, at: DateTime<Utc>) {
        let row = |at: DateTime<Utc>| {
            let id = self.id(EventId::generate(at));
            format!("({id}, 'login_failed', {}, '{{}}')", time(at))
        };
        let rows = times(number, at).map(row);
        self.insert("audit_events", "id, event, at, details", rows.collect())
            .await;
    }

    async fn runs(&self, number: u32, last: DateTime<Utc>) {
        let rows = times(number, last).map(|last| format!("({}, 3, {})", self.bytes(), time(last)));
        let columns = "key, failures, last_failure_at";
        self.insert("login_throttles", columns, rows.collect())
            .await;
    }

    async fn mails(
        &self,
        number: u32,
        state: &str,
        written: DateTime<Utc>,
        expires: DateTime<Utc>,
    ) {
        let row = || {
            let (id, next) = (self.id(MailId::generate(written)), time(expires));
            format!("({id}, 'password_changed', 'a@b', '', '{{}}', '{state}', 1, {next}, {next})")
        };
        let rows = (0..number).map(|_| row());
        let columns =
            "id, kind, recipient, language, details, state, attempts, next_attempt_at, expires_at";
        self.insert("mail_outbox", columns, rows.collect()).await;
    }

    async fn devices(&self, number: u32, last: DateTime<Utc>) {
        let owner = self.id(self.owner);
        let rows =
            times(number, last).map(|last| format!("({}, {owner}, {})", self.bytes(), time(last)));
        let columns = "fingerprint, user_id, last_seen_at";
        self.insert("known_devices", columns, rows.collect()).await;
    }

    /// So many rows of each table, all of them due.
    async fn due(&self, number: u32) {
        let ago = |days| self.app.clock.now() - TimeDelta::days(days);
        self.sessions(number, ago(3)).await;
        self.tokens(number, ago(2)).await;
        self.events(number, ago(366)).await;
        self.runs(number, ago(2)).await;
        // Some that nobody settled are among them.
        self.mails(number - 9, "sent", ago(9), ago(8)).await;
        self.mails(9, "pending", ago(20), ago(8)).await;
        self.devices(number, ago(181)).await;
    }

    /// So many rows of each table that are nearly due.
    async fn kept(&self, number: u32) {
        let ago = |days| self.app.clock.now() - TimeDelta::days(days);
        let an_hour_ago = self.app.clock.now() - TimeDelta::hours(1);
        self.sessions(number, an_hour_ago).await;
        self.tokens(number, an_hour_ago).await;
        self.events(number, ago(364)).await;
        self.runs(number, an_hour_ago).await;
        self.mails(number - 9, "sent", ago(6), ago(6)).await;
        self.mails(9, "pending", ago(20), ago(6)).await;
        self.devices(number, ago(179)).await;
    }
}

/// So many times, each a millisecond before the one before.
fn times(number: u32, last: DateTime<Utc>) -> impl Iterator<Item = DateTime<Utc>> {
    (0..number).map(move |n| last - TimeDelta::milliseconds(n.into()))
}

/// A time as the service writes it.
fn time(time: DateTime<Utc>) -> String {
    format!("'{}'", time.to_rfc3339_opts(SecondsFormat::Millis, false))
}

/// How many rows each table has.
async fn counts(app: &TestApp) -> Vec<u64> {
    let mut counts = Vec::new();
    for (table, _) in TABLES {
        counts.push(app.count(table, "true").await.parse().unwrap());
    }
    counts
}

#[tokio::test]
async fn what_is_due_is_deleted_and_nothing_else() {
    let app = TestApp::start().await;
    let rows = Rows::of(&app).await;
    rows.kept(20).await;
    let kept = counts(&app).await;
    assert!(kept.iter().all(|kept| *kept >= 20), "{kept:?}");
    // More than several batches, of any size that they begin with.
    rows.due(2000).await;
    app.keep_house().await;
    assert_eq!(counts(&app).await, kept);
    let youngest = [2, 1, 365, 1, 7, 180];
    for ((table, column), days) in TABLES.into_iter().zip(youngest) {
        let before = time(app.clock.now() - TimeDelta::days(days));
        let old = app.count(table, &format!("{column} < {before}")).await;
        assert_eq!(old, "0", "{table}");
    }
}

/// Two on one file of SQLite are a service and a command, or the moment of a restart.
#[tokio::test]
async fn two_instances_can_tidy_at_once_while_others_write() {
    let app = TestApp::start().await;
    let other = app.another_instance().await;
    let rows = Rows::of(&app).await;
    let mut ada = app.register("ada").await;
    let kept = counts(&app).await;
    rows.due(3000).await;
    let tidied = async { tokio::join!(app.keep_house(), other.keep_house()) };
    let mut tidied = std::pin::pin!(tidied);
    let mut logins = 0;
    loop {
        let person = async {
            let answer = app.refresh(ada.refresh_token()).await;
            answer.assert_status(200);
            app.try_log_in("ada", PASSWORD).await.assert_status(200);
            answer.json()
        };
        tokio::select! {
            _ = &mut tidied => break,
            tokens = person => ada.tokens = tokens,
        }
        logins += 1;
    }
    assert!(logins > 0);
    let left = counts(&app).await;
    for ((table, _), (left, kept)) in TABLES.into_iter().zip(left.into_iter().zip(kept)) {
        // What the logins left.
        assert!(left <= kept + 2 * logins + 2, "{table}: {left}");
    }

    // Each row is deleted by one of them.
    rows.due(3000).await;
    let before = app.clock.now() - TimeDelta::days(365);
    let (one, two) = tokio::join!(
        app.store().forget_events(before),
        other.store().forget_events(before)
    );
    assert_eq!(one.unwrap() + two.unwrap(), 3000);
}

#[tokio::test]
async fn what_somebody_has_locked_is_left_for_the_next_time() {
    if postgres().is_none() {
        return;
    }
    let app = TestApp::start().await;
    let rows = Rows::of(&app).await;
    let kept = counts(&app).await;
    rows.due(500).await;
    let busy = app.begin_write().await;
    for (table, column) in TABLES {
        let lock = format!("SELECT 1 FROM {table} ORDER BY {column} LIMIT 1 FOR UPDATE");
        busy.execute_unprepared(&lock).await.unwrap();
    }
    // It would fail if it waited: a statement may take three seconds.
    app.keep_house().await;
    let one_more: Vec<u64> = kept.iter().map(|kept| kept + 1).collect();
    assert_eq!(counts(&app).await, one_more);
    busy.rollback().await.unwrap();
    app.keep_house().await;
    assert_eq!(counts(&app).await, kept);
}

/// On SQLite, a test beside the statement shows it.
#[tokio::test]
async fn postgresql_finds_what_is_due_by_an_index() {
    const DUE: u32 = 4000;

    if postgres().is_none() {
        return;
    }
    // One connection, so that all it did is told at once: when it is closed at the latest.
    let app = TestApp::with(|config| config.database.max_connections = 1).await;
    let rows = Rows::of(&app).await;
    rows.kept(4000).await;
    rows.due(DUE).await;
    app.execute("ANALYZE").await;
    // Somebody who might still see all of it, as one who makes a dump.
    let dump = app.begin_write().await;
    let since_now = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM users";
    dump.execute_unprepared(since_now).await.unwrap();
    app.keep_house().await;
    dump.rollback().await.unwrap();
    app.break_database().await;

    let deadline = Instant::now() + PATIENCE;
    for (table, _) in TABLES {
        let own = format!("relname = '{table}' AND schemaname = current_schema()");
        let entries = format!("(SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE {own})");
        let query = format!(
            "SELECT concat_ws(' ', n_tup_del, seq_tup_read, {entries}) AS found \
             FROM pg_stat_user_tables WHERE {own}"
        );
        loop {
            let found = app.query_text(&query, "found").await;
            let numbers: Vec<u64> = found.split(' ').map(|n| n.parse().unwrap()).collect();
            let due = u64::from(DUE);
            if numbers[0] >= due && numbers[2] >= 2 * due {
                // Each that is due once in its order and once by its key, and hardly any other: no batch begins
                // at the front again.
                let (scanned, entries) = (numbers[1], numbers[2]);
                assert!(scanned < 100, "{table}: {found}");
                assert!(entries < due * 5 / 2, "{table}: {found}");
                break;
            }
            assert!(Instant::now() < deadline, "{table}: {found}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// As it is described for operators, while the service runs.
#[tokio::test]
async fn the_audit_trail_can_be_kept_by_month() {
    if postgres().is_none() {
        return;
    }
    let app = TestApp::start().await;
    let rows = Rows::of(&app).await;
    let root = app.register_superuser("root").await;
    rows.events(300, app.clock.now() - TimeDelta::days(366))
        .await;
    let list = "/admin/audit-events?event=login_succeeded";
    app.get(list).bearer(&root).send().await.assert_status(200);

    app.execute(include_str!(
        "../deploy/postgresql/partition-audit-events.sql"
    ))
    .await;
    let old = app.count("audit_events_old", "true").await;
    app.clock.advance(TimeDelta::days(32));
    let root = app.log_in("root").await;
    let month = app.clock.now().format("audit_events_%Y_%m").to_string();
    assert_eq!(app.count(&month, "event = 'login_succeeded'").await, "1");
    assert_eq!(app.count("audit_events_old", "true").await, old);

    // All that is read goes on.
    let of_root = format!("/admin/audit-events?user_id={}&limit=1", root.id());
    let page = app.get(&of_root).bearer(&root).send().await.json();
    assert_eq!(page["items"][0]["event"], "login_succeeded");
    let next = page["next_cursor"].as_str().unwrap();
    let next = format!("{of_root}&cursor={next}");
    let page = app.get(&next).bearer(&root).send().await.json();
    assert_eq!(page["items"][0]["event"], "superuser_granted");
    let found = app.get(list).bearer(&root).send().await.json();
    assert_eq!(found["items"].as_array().unwrap().len(), 1);

    // What is due is deleted here as well, and a month goes at once.
    app.keep_house().await;
    assert_eq!(
        app.count("audit_events", "event = 'login_failed'").await,
        "0"
    );
    app.execute(&format!("DROP TABLE {month}")).await;
    let found = app.get(list).bearer(&root).send().await.json();
    assert_eq!(found["items"], serde_json::json!([]));
    app.execute("SELECT audit_events_add_months(12)").await;
    app.log_in("root").await;
    app.store().migrate_up().await.unwrap();
}
