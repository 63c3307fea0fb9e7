//! Databases with many accounts in them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use argon2::Argon2;
use argon2::password_hash::PasswordHasher;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend};

use crate::Failure;
use crate::people::mix;
use crate::process::Countersign;

/// Everybody's.
pub(crate) const PASSWORD: &str = "wide quiet rivers run deep";
/// The account that may administer.
pub(crate) const ADMINISTRATOR: u64 = 0;

/// Eight letters, which look random but are always the same for a number.
pub(crate) fn name(number: u64) -> String {
    let mut bits = mix(number + 1);
    let mut name = String::new();
    for _ in 0..8 {
        let letter = u8::try_from(bits % 26).unwrap_or_default();
        name.push(char::from(b'a' + letter));
        bits /= 26;
    }
    name
}

/// The address of an account.
pub(crate) fn email(number: u64) -> String {
    format!("{}{number}@example.com", name(number))
}

/// Makes the database that `countersign` is to use, unless it was made before: accounts by the program's own
/// import, and for each account a session and an event.
pub(crate) async fn fill(countersign: &Countersign, accounts: u64) -> Result<(), Failure> {
    if is_filled(countersign, accounts).await? {
        return Ok(());
    }
    eprintln!("  filling a database with {accounts} accounts");
    std::fs::create_dir_all(&countersign.folder)?;
    let file = countersign.folder.join("accounts.jsonl");
    std::fs::write(&file, lines(accounts)?)?;
    countersign.run(&["migrate", "up"], None).await?;
    let path = file.to_str().ok_or("a path that is no text")?;
    countersign.run(&["users", "import", path], None).await?;
    std::fs::remove_file(&file)?;
    let administrator = email(ADMINISTRATOR);
    countersign
        .run(&["user", "promote", "--email", &administrator], None)
        .await?;
    let database = Database::connect(&countersign.database_url).await?;
    for statement in growth(database.get_database_backend()) {
        database.execute_unprepared(&statement).await?;
    }
    database.close().await?;
    Ok(())
}

async fn is_filled(countersign: &Countersign, accounts: u64) -> Result<bool, Failure> {
    if let Some(path) = sqlite_file(&countersign.database_url)
        && !path.exists()
    {
        return Ok(false);
    }
    let database = Database::connect(&countersign.database_url).await?;
    let count = database.query_one_raw(sea_orm::Statement::from_string(
        database.get_database_backend(),
        "SELECT count(*) FROM sessions",
    ));
    let is_filled = match count.await {
        Ok(Some(row)) => u64::try_from(row.try_get_by_index::<i64>(0)?)? >= accounts,
        _ => false,
    };
    database.close().await?;
    Ok(is_filled)
}

fn sqlite_file(url: &str) -> Option<PathBuf> {
    url.strip_prefix("sqlite://")
        .map(|path| Path::new(path).to_owned())
}

fn lines(accounts: u64) -> Result<String, Failure> {
    // Hashing a million passwords would take hours, and all hashes cost the same to verify.
    let hash = Argon2::default()
        .hash_password(PASSWORD.as_bytes())?
        .to_string();
    let mut lines = String::new();
    for number in 0..accounts {
        let email = email(number);
        write!(
            lines,
            r#"{{"email":"{email}","password_hash":"{hash}","email_verified":true"#
        )?;
        if number % 2 == 0 {
            write!(lines, r#","username":"{}.{number}""#, name(number))?;
        }
        lines.push_str("}\n");
    }
    Ok(lines)
}

/// A session and an event for each account, as a login leaves them behind. Their ids are those of the
/// accounts, which are of the same kind and in the same order.
fn growth(backend: DbBackend) -> Vec<String> {
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
    let (later, json, settle) = match backend {
        DbBackend::Sqlite => (
            "strftime('%Y-%m-%dT%H:%M:%S', 'now', '+7 days') || '+00:00'",
            "'{}'",
            "ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)",
        ),
        _ => ("now() + interval '7 days'", "'{}'::jsonb", "VACUUM ANALYZE"),
    };
    vec![
        format!(
            "INSERT INTO sessions (id, user_id, generation, rotated_at, ip, user_agent, created_at, last_used_at, \
             expires_at) SELECT id, id, 0, created_at, '192.0.2.1', '{agent}', created_at, created_at, {later} \
             FROM users"
        ),
        format!(
            "INSERT INTO audit_events (id, event, actor_id, subject_id, ip, user_agent, request_id, at, details) \
             SELECT id, 'login_succeeded', id, id, '192.0.2.1', '{agent}', NULL, created_at, {json} FROM users"
        ),
        settle.to_owned(),
    ]
}

/// The ids of some accounts, and of their sessions.
pub(crate) async fn ids(url: &str, some: usize) -> Result<Vec<uuid::Uuid>, Failure> {
    let database: DatabaseConnection = Database::connect(url).await?;
    let rows = database
        .query_all_raw(sea_orm::Statement::from_string(
            database.get_database_backend(),
            format!("SELECT id FROM users ORDER BY id LIMIT {some}"),
        ))
        .await?;
    database.close().await?;
    rows.iter()
        .map(|row| Ok(row.try_get_by_index(0)?))
        .collect()
}
