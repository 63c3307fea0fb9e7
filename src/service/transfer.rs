//! Moving many accounts in and out, one JSON object a line.

use std::collections::HashSet;
use std::io::{self, BufRead, Read, Write};

use chrono::{DateTime, SecondsFormat, SubsecRound, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::{Uuid, Version};

use super::{Fault, audit, passwords};
use crate::model::{
    AuditEvent, Clock, Email, EventKind, PasswordHash, Taken, User, UserId, Username,
};
use crate::store::{Change, Store, StoreError};

/// How many lines are one transaction: enough that its cost is spread thin, few enough that logins on the
/// same database need not wait long for it.
const BATCH: usize = 500;
/// The longest line, in bytes; an account has a few hundred.
const MAX_LINE: usize = 65_536;
/// The most bytes of a member's name that are repeated.
const MAX_NAME: usize = 64;

/// Imports and exports accounts.
#[derive(Debug)]
pub struct Transfer {
    store: Store,
    clock: Clock,
}

/// How to import.
#[derive(Clone, Copy, Debug, Default)]
pub struct ImportOptions {
    /// Pass over accounts whose address is there already, instead of refusing them: to go on with an import
    /// that was interrupted.
    pub skip_existing: bool,
    /// Import either every line or none.
    pub all_or_nothing: bool,
    /// Find out what would happen, and change nothing.
    pub dry_run: bool,
}

/// A line that was not imported. Says why without repeating anything but names of members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Its number in the file, counted from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// What is to be told while an import runs.
#[derive(Clone, Copy, Debug)]
pub enum Observed<'a> {
    /// A line was refused.
    Refused(&'a Refusal),
    /// So many bytes of the file were dealt with.
    Read(u64),
}

/// How an import ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Lines with an account, good or bad.
    pub lines: u64,
    /// Accounts that are there now.
    pub imported: u64,
    /// Accounts that were there before.
    pub skipped: u64,
    /// Lines that were refused.
    pub refused: u64,
}

/// Why an import stopped before its end.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file can't be read any further.
    #[error("stopped before line {line}: can't read the file: {source}")]
    Read {
        /// The first line that was not dealt with.
        line: u64,
        /// What the system said.
        source: io::Error,
    },
    /// The database failed.
    #[error("stopped before line {line}: {source}")]
    Store {
        /// The first line that was not dealt with.
        line: u64,
        /// What failed.
        source: Fault,
    },
}

/// Why an export stopped before its end.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file can't be written.
    #[error("can't write the file: {0}")]
    Write(#[from] io::Error),
    /// The database failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for ExportError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// An account as a line has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(default)]
    id: Option<Uuid>,
    email: String,
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    password_hash: Option<SecretString>,
    #[serde(default)]
    is_active: Option<bool>,
    #[serde(default)]
    is_superuser: Option<bool>,
    #[serde(default)]
    email_verified: Option<bool>,
    #[serde(default)]
    created_at: Option<String>,
}

/// The same, to be written.
#[derive(Serialize)]
struct Exported<'a> {
    id: Uuid,
    email: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_hash: Option<&'a str>,
    is_active: bool,
    is_superuser: bool,
    email_verified: bool,
    created_at: String,
}

impl<'a> From<&'a User> for Exported<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            id: user.id.0,
            email: user.email.as_str(),
            username: user.username.as_ref().map(Username::as_str),
            password_hash: user.password_hash.as_ref().map(PasswordHash::expose),
            is_active: user.is_active,
            is_superuser: user.is_superuser,
            email_verified: user.email_verified,
            created_at: user.created_at.to_rfc3339_opts(SecondsFormat::Millis, true),
        }
    }
}

impl Transfer {
    /// Imports into and exports from `store`.
    #[must_use]
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// Imports the accounts of a file, some hundred lines in a transaction. What is refused does not keep the
    /// rest from being imported, unless it is to be all or nothing.
    ///
    /// # Errors
    /// When the file or the database fails. Then everything before the line that it names is imported, or,
    /// where it was to be all or nothing, nothing is.
    pub async fn import(
        &self,
        file: impl BufRead,
        options: ImportOptions,
        mut observe: impl FnMut(Observed<'_>),
    ) -> Result<ImportReport, ImportError> {
        let mut report = ImportReport::default();
        let mut lines = Lines::new(file);
        let mut whole = None;
        // Told to the log when it is certain.
        let mut happened = Vec::new();
        loop {
            let first = lines.number + 1;
            let failed = |source: StoreError| ImportError::Store {
                line: first,
                source: source.into(),
            };
            let mut batch = Batch::default();
            let read = lines.fill(&mut batch, self.clock.now());
            let is_last = read.map_err(|source| ImportError::Read {
                line: first,
                source,
            })?;

            let change = match whole.take() {
                Some(change) => change,
                None => self.store.change().await.map_err(failed)?,
            };
            batch
                .insert(&change, options.skip_existing)
                .await
                .map_err(failed)?;
            report.count(&batch);
            batch.refused.sort_by_key(|refusal| refusal.line);
            for refusal in &batch.refused {
                observe(Observed::Refused(refusal));
            }
            for event in self.events(&batch) {
                change.record(&event).await.map_err(failed)?;
                happened.push(event);
            }
            if options.all_or_nothing && !is_last {
                whole = Some(change);
            } else if options.dry_run || (options.all_or_nothing && report.refused > 0) {
                // Undone by being dropped.
                drop(change);
                happened.clear();
            } else {
                change.commit().await.map_err(failed)?;
                happened.drain(..).for_each(|event| audit::announce(&event));
            }
            observe(Observed::Read(lines.bytes));
            if is_last {
                break;
            }
        }
        if report.imported > 0 && !options.dry_run {
            let line = lines.number + 1;
            self.store
                .analyze_users()
                .await
                .map_err(|source| ImportError::Store {
                    line,
                    source: source.into(),
                })?;
        }
        Ok(report)
    }

    /// What there is to tell of a batch: how many there were, and who may administer the service now.
    fn events(&self, batch: &Batch) -> Vec<AuditEvent> {
        if batch.imported == 0 {
            return Vec::new();
        }
        let event = |kind, subject| audit::event(kind, subject, self.clock.now());
        let mut imported = event(EventKind::UsersImported, None);
        imported.details.count = Some(batch.imported);
        let superusers = batch.superusers.iter();
        let granted = superusers.map(|id| event(EventKind::SuperuserGranted, Some(*id)));
        std::iter::once(imported).chain(granted).collect()
    }

    /// How many accounts an export has to write.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count(&self) -> Result<u64, Fault> {
        Ok(self.store.count_users().await?)
    }

    /// Writes all accounts, in the order in which they were created, with their password hashes. How many
    /// there were.
    ///
    /// # Errors
    /// When the file or the database fails.
    pub async fn export(
        &self,
        mut file: impl Write,
        mut observe: impl FnMut(u64),
    ) -> Result<u64, ExportError> {
        // First of all, so that no part of an export is ever read without a trace.
        let mut event = audit::event(EventKind::UsersExported, None, self.clock.now());
        event.details.count = Some(self.store.count_users().await?);
        audit::commit(self.store.change().await?, &[event]).await?;

        let mut written = 0;
        let mut after = None;
        loop {
            let users = self.store.users_after(after, BATCH as u64).await?;
            for user in &users {
                serde_json::to_writer(&mut file, &Exported::from(user)).map_err(io::Error::from)?;
                file.write_all(b"\n")?;
                written += 1;
            }
            observe(written);
            match users.last() {
                Some(last) => after = Some(last.id),
                None => break,
            }
        }
        file.flush()?;
        Ok(written)
    }
}

impl ImportReport {
    fn count(&mut self, batch: &Batch) {
        let refused = batch.refused.len() as u64;
        self.imported += batch.imported;
        self.skipped += batch.skipped;
        self.refused += refused;
        self.lines += batch.imported + batch.skipped + refused;
    }
}

/// The lines of a file, of which one is held at a time.
struct Lines<R> {
    file: R,
    /// The number of the line read last.
    number: u64,
    /// How many bytes were read.
    bytes: u64,
}

impl<R: BufRead> Lines<R> {
    fn new(file: R) -> Self {
        Self {
            file,
            number: 0,
            bytes: 0,
        }
    }

    /// Reads lines until the batch is full. Whether these were the last.
    fn fill(&mut self, batch: &mut Batch, now: DateTime<Utc>) -> io::Result<bool> {
        let mut line = Vec::new();
        while batch.users.len() + batch.refused.len() < BATCH {
            if !self.next(&mut line)? {
                return Ok(true);
            }
            match parse(&line, now) {
                Ok(None) => {}
                Ok(Some(user)) => batch.users.push((self.number, user)),
                Err(reason) => batch.refuse(self.number, reason),
            }
        }
        Ok(false)
    }

    /// Reads one line, of which no more is kept than shows that it is too long. Whether there was one.
    fn next(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        line.clear();
        let most = MAX_LINE as u64 + 1;
        let mut read = self.file.by_ref().take(most).read_until(b'\n', line)?;
        if read == 0 {
            return Ok(false);
        }
        while line.len() > MAX_LINE && line.last() != Some(&b'\n') {
            let available = self.file.fill_buf()?;
            let end = available.iter().position(|byte| *byte == b'\n');
            let length = end.map_or(available.len(), |end| end + 1);
            let is_end = end.is_some() || length == 0;
            self.file.consume(length);
            read += length;
            if is_end {
                break;
            }
        }
        self.number += 1;
        self.bytes += read as u64;
        Ok(true)
    }
}

/// Lines that are dealt with together.
#[derive(Default)]
struct Batch {
    users: Vec<(u64, User)>,
    refused: Vec<Refusal>,
    /// Which of those that were imported are superusers.
    superusers: Vec<UserId>,
    imported: u64,
    skipped: u64,
}

impl Batch {
    fn refuse(&mut self, line: u64, reason: String) {
        self.refused.push(Refusal { line, reason });
    }

    /// Inserts the accounts that can be, and finds out why the others can't.
    async fn insert(&mut self, change: &Change, skip_existing: bool) -> Result<(), StoreError> {
        let users: Vec<User> = self.users.iter().map(|(_, user)| user.clone()).collect();
        let inserted = change.insert_free_users(&users).await?;
        self.imported = inserted.len() as u64;
        let taken = if inserted.len() == users.len() {
            HashSet::new()
        } else {
            names_of(change, &users).await?
        };
        let mut inserted: HashSet<_> = inserted.into_iter().collect();
        for (line, user) in std::mem::take(&mut self.users) {
            // The id alone does not tell: it may come twice, first on a line that was not inserted. Of lines
            // that are the same, the first was.
            if inserted.remove(&(user.id, user.email.clone(), user.username.clone())) {
                if user.is_superuser {
                    self.superusers.push(user.id);
                }
                continue;
            }
            let email = (Taken::Email, user.email.as_str().to_ascii_lowercase());
            let username = user
                .username
                .as_ref()
                .map(|name| (Taken::Username, name.as_str().to_ascii_lowercase()));
            if skip_existing && taken.contains(&email) {
                self.skipped += 1;
            } else if taken.contains(&email) {
                self.refuse(line, "email: is taken already".to_owned());
            } else if username.is_some_and(|username| taken.contains(&username)) {
                self.refuse(line, "username: is taken already".to_owned());
            } else {
                self.refuse(line, "id: is taken already".to_owned());
            }
        }
        Ok(())
    }
}

/// Which of the names of these accounts are accounts' names in the database.
async fn names_of(change: &Change, users: &[User]) -> Result<HashSet<(Taken, String)>, StoreError> {
    let emails = users.iter().map(|user| user.email.as_str());
    let usernames = users.iter().filter_map(|user| user.username.as_ref());
    let names: Vec<String> = emails
        .chain(usernames.map(Username::as_str))
        .map(str::to_ascii_lowercase)
        .collect();
    Ok(change.taken_names(&names).await?.into_iter().collect())
}

/// Reads a line; none where it is blank.
fn parse(line: &[u8], now: DateTime<Utc>) -> Result<Option<User>, String> {
    if line.len() > MAX_LINE {
        return Err(format!("has more than {MAX_LINE} bytes"));
    }
    let text = std::str::from_utf8(line).map_err(|_| "is not in UTF-8".to_owned())?;
    // Some systems begin a file so.
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Ok(None);
    }
    if !text.starts_with('{') {
        return Err("is no JSON object".to_owned());
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let line: Line = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| misread(&error.path().to_string(), error.inner()))?;
    json.end()
        .map_err(|_| "has more than a JSON object".to_owned())?;
    line.user(now).map(Some)
}

/// Says what is wrong with a line in words of our own: the parser's may repeat a value.
fn misread(path: &str, error: &serde_json::Error) -> String {
    if !error.is_data() {
        return "is no JSON object".to_owned();
    }
    let text = error.to_string();
    for (start, reason) in [
        ("missing field", "is required"),
        ("unknown field", "is not known"),
        ("duplicate field", "is given more than once"),
    ] {
        if let Some(rest) = text.strip_prefix(start) {
            let name = rest.split('`').nth(1).unwrap_or_default();
            let name: String = name.chars().take(MAX_NAME).collect();
            return format!("{}: {reason}", name.escape_debug());
        }
    }
    format!("{path}: is not of the right type")
}

impl Line {
    fn user(self, now: DateTime<Utc>) -> Result<User, String> {
        let blame =
            |field: &'static str| move |error: &dyn std::fmt::Display| format!("{field}: {error}");
        let email = Email::parse(&self.email).map_err(|error| blame("email")(&error))?;
        let username = self.username.as_deref().map(Username::parse).transpose();
        let username = username.map_err(|error| blame("username")(&error))?;
        let password_hash = self
            .password_hash
            .map(|hash| PasswordHash::new(hash.expose_secret().to_owned()));
        if let Some(hash) = &password_hash {
            passwords::check_supported(hash).map_err(|error| blame("password_hash")(&error))?;
        }
        let created_at = match &self.created_at {
            None => now,
            Some(text) => DateTime::parse_from_rfc3339(text)
                .map_err(|_| "created_at: must be a time such as 2026-01-31T10:30:45.123Z")?
                .to_utc()
                .trunc_subsecs(3),
        };
        // A leap second is taken for the first of the next minute, since few can read one.
        let created_at = DateTime::from_timestamp_millis(created_at.timestamp_millis())
            .ok_or("created_at: must be between 1970 and now")?;
        // Accounts are listed by the time in their id, which begins with the epoch.
        if created_at > now || created_at < DateTime::UNIX_EPOCH {
            return Err("created_at: must be between 1970 and now".to_owned());
        }
        if self
            .id
            .is_some_and(|id| id.get_version() != Some(Version::SortRand))
        {
            return Err("id: must be a UUID of version 7".to_owned());
        }
        if self
            .id
            .is_some_and(|id| UserId(id) >= UserId::lowest_at(now + TimeDelta::seconds(1)))
        {
            return Err("id: must be of a time that is not to come".to_owned());
        }
        let user = User::new(email, username, password_hash, created_at);
        Ok(User {
            id: self.id.map_or(user.id, UserId),
            is_active: self.is_active.unwrap_or(true),
            is_superuser: self.is_superuser.unwrap_or(false),
            email_verified: self.email_verified.unwrap_or(false),
            ..user
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        Clock::default().now()
    }

    fn refusal(line: &str) -> String {
        parse(line.as_bytes(), now()).unwrap_err()
    }

    fn user(line: &str) -> User {
        parse(line.as_bytes(), now()).unwrap().unwrap()
    }

    #[test]
    fn an_address_is_all_that_an_account_needs() {
        let user = user("{\"email\": \"ada@example.com\"}\r\n");
        assert_eq!(user.email.as_str(), "ada@example.com");
        assert!(user.is_active && !user.is_superuser && !user.email_verified);
        assert!(user.username.is_none() && user.password_hash.is_none());
    }

    #[test]
    fn an_account_is_as_old_as_its_line_says_and_sorts_so() {
        let old =
            user(r#"{"email": "a@b.example", "created_at": "2019-05-06T07:08:09.123456+02:00"}"#);
        assert_eq!(old.created_at.to_rfc3339(), "2019-05-06T05:08:09.123+00:00");
        assert!(old.id < user(r#"{"email": "a@b.example"}"#).id);
    }

    #[test]
    fn a_leap_second_is_the_first_of_the_next_minute() {
        let leap = user(r#"{"email": "a@b.example", "created_at": "2016-12-31T23:59:60Z"}"#);
        assert_eq!(leap.created_at.to_rfc3339(), "2017-01-01T00:00:00+00:00");
    }

    #[test]
    fn an_export_is_read_as_the_account_it_was_written_from() {
        let line = r#"{"email": "a@b.example", "username": "abc", "is_active": false,
            "is_superuser": true, "email_verified": true, "created_at": "2019-05-06T07:08:09Z",
            "password_hash": "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA"}"#;
        let written = user(line);
        let read = user(&serde_json::to_string(&Exported::from(&written)).unwrap());
        assert_eq!(
            format!("{read:?}"),
            format!(
                "{:?}",
                User {
                    updated_at: read.updated_at,
                    ..written.clone()
                }
            )
        );
        assert!(
            read.password_hash
                .unwrap()
                .is(&written.password_hash.unwrap())
        );
    }

    #[test]
    fn blank_lines_are_passed_over() {
        for line in ["", "\n", " \t\r\n", "\u{feff}\n"] {
            assert!(parse(line.as_bytes(), now()).unwrap().is_none(), "{line:?}");
        }
    }

    #[test]
    fn a_line_that_is_refused_says_why_and_repeats_no_value() {
        for (line, reason) in [
            ("sentinel", "is no JSON object"),
            ("[\"sentinel@example.com\"]", "is no JSON object"),
            ("{\"email\": \"sentinel", "is no JSON object"),
            (
                "{\"email\": \"a@b.example\"} sentinel",
                "has more than a JSON object",
            ),
            ("{}", "email: is required"),
            (
                r#"{"email": "sentinel"}"#,
                "email: must be an e-mail address",
            ),
            (r#"{"email": 7}"#, "email: is not of the right type"),
            (
                r#"{"email": "a@b.example", "emial": "sentinel"}"#,
                "emial: is not known",
            ),
            (
                r#"{"email": "a@b.example", "email": "sentinel"}"#,
                "email: is given more than once",
            ),
            (
                r#"{"email": "a@b.example", "is_active": "sentinel"}"#,
                "is_active: is not of the right type",
            ),
            (
                r#"{"email": "a@b.example", "username": "sentinel "}"#,
                "username: must have only letters a to z, digits, `_`, `.` and `-`",
            ),
            (
                r#"{"email": "a@b.example", "created_at": "sentinel"}"#,
                "created_at: must be a time such as 2026-01-31T10:30:45.123Z",
            ),
            (
                r#"{"email": "a@b.example", "created_at": "9999-01-01T00:00:00Z"}"#,
                "created_at: must be between 1970 and now",
            ),
            (
                r#"{"email": "a@b.example", "id": "550e8400-e29b-41d4-a716-446655440000"}"#,
                "id: must be a UUID of version 7",
            ),
            (
                r#"{"email": "a@b.example", "id": "ffffffff-ffff-7fff-bfff-ffffffffffff"}"#,
                "id: must be of a time that is not to come",
            ),
            (
                r#"{"email": "a@b.example", "id": "sentinel"}"#,
                "id: is not of the right type",
            ),
        ] {
            assert_eq!(refusal(line), reason, "{line}");
        }
        let hash = refusal(r#"{"email": "a@b.example", "password_hash": "sentinel"}"#);
        assert!(
            hash.starts_with("password_hash: ") && !hash.contains("sentinel"),
            "{hash}"
        );
    }

    #[test]
    fn a_line_without_end_is_read_in_bounded_memory_and_the_next_one_is_found() {
        let mut file = vec![b'x'; 3 * MAX_LINE];
        file.extend_from_slice(b"\n{\"email\": \"a@b.example\"}");
        let length = file.len() as u64;
        let mut lines = Lines::new(io::BufReader::with_capacity(100, file.as_slice()));
        let mut batch = Batch::default();
        assert!(lines.fill(&mut batch, now()).unwrap());
        assert_eq!(batch.refused[0].line, 1);
        assert_eq!(batch.users[0].0, 2);
        assert_eq!((lines.number, lines.bytes), (2, length));
    }

    /// Reads all lines; how many were read in each batch, and what was refused.
    fn batches(file: impl BufRead) -> (Vec<usize>, Vec<Refusal>) {
        let mut lines = Lines::new(file);
        let (mut sizes, mut refused) = (Vec::new(), Vec::new());
        loop {
            let mut batch = Batch::default();
            let is_last = lines.fill(&mut batch, now()).unwrap();
            sizes.push(batch.users.len() + batch.refused.len());
            refused.append(&mut batch.refused);
            if is_last {
                return (sizes, refused);
            }
        }
    }

    #[test]
    fn a_batch_has_so_many_lines_good_or_bad_but_blank_ones_do_not_count() {
        let file = "{\"email\": \"a@b.example\"}\n\n{}\n".repeat(BATCH / 2 + 1);
        let (sizes, refused) = batches(file.as_bytes());
        assert_eq!(sizes, [BATCH, 2]);
        let lines: Vec<u64> = refused.iter().map(|refusal| refusal.line).collect();
        let expected: Vec<u64> = (1..=BATCH as u64 / 2 + 1)
            .map(|number| 3 * number)
            .collect();
        assert_eq!(lines, expected, "a blank line has a number, too");
        // Only then is it known that nothing follows.
        let full = "{}\n".repeat(BATCH);
        assert_eq!(batches(full.as_bytes()).0, [BATCH, 0]);
    }

    #[test]
    fn a_line_may_be_as_long_as_the_bound_and_no_longer() {
        let padded = |length: usize| {
            let line = r#"{"email": "a@b.example"}"#;
            format!("{line}{}", " ".repeat(length - line.len()))
        };
        for (end, longest) in [("", MAX_LINE), ("\n", MAX_LINE - 1)] {
            let (_, refused) = batches(format!("{}{end}", padded(longest)).as_bytes());
            assert_eq!(refused, []);
            let (_, refused) = batches(format!("{}{end}", padded(longest + 1)).as_bytes());
            assert_eq!(refused[0].reason, "has more than 65536 bytes");
        }
    }

    #[test]
    fn what_is_not_text_is_refused_and_the_lines_around_it_are_read() {
        let file = b"{\"email\": \"a@b.example\"}\n\xff\xfe\n{\"email\": \"b@b.example\"}";
        let (sizes, refused) = batches(file.as_slice());
        assert_eq!(sizes, [3]);
        let reason = "is not in UTF-8".to_owned();
        assert_eq!(refused, [Refusal { line: 2, reason }]);
    }

    #[test]
    fn the_name_of_a_member_is_repeated_in_part_and_on_one_line() {
        let unknown = |name: &str| {
            let line = serde_json::json!({"email": "a@b.example", name: "sentinel"});
            refusal(&line.to_string())
        };
        assert_eq!(unknown("a\nb\u{1b}[0m"), "a\\nb\\u{1b}[0m: is not known");
        let long = unknown(&"n".repeat(1000));
        assert_eq!(long, format!("{}: is not known", "n".repeat(MAX_NAME)));
        assert_eq!(unknown(""), ": is not known");
    }

    #[test]
    fn what_is_null_is_left_out_where_it_may_be() {
        let line = r#"{"email": "a@b.example", "username": null, "password_hash": null, "id": null,
            "is_active": null, "is_superuser": null, "email_verified": null, "created_at": null}"#;
        let user = user(line);
        assert!(user.is_active && !user.is_superuser && !user.email_verified);
        assert!(user.username.is_none() && user.password_hash.is_none());
        let required = refusal(r#"{"email": null}"#);
        assert_eq!(required, "email: is not of the right type");
    }

    #[test]
    fn an_account_is_neither_older_than_time_nor_of_the_future() {
        let created = |text: &str| {
            let line = serde_json::json!({"email": "a@b.example", "created_at": text});
            parse(line.to_string().as_bytes(), now())
        };
        let epoch = created("1970-01-01T00:00:00Z").unwrap().unwrap();
        assert_eq!(epoch.created_at, DateTime::UNIX_EPOCH);
        let soon = now() + chrono::TimeDelta::minutes(1);
        for text in [
            "1969-12-31T23:59:59Z",
            "0000-01-01T00:00:00Z",
            &soon.to_rfc3339(),
        ] {
            let reason = created(text).unwrap_err();
            assert_eq!(reason, "created_at: must be between 1970 and now", "{text}");
        }
        // Without an offset, or without a time, it may be any.
        for text in ["2020-01-01T00:00:00", "2020-01-01", "1577836800", ""] {
            let reason = created(text).unwrap_err();
            assert!(
                reason.starts_with("created_at: must be a time"),
                "{text}: {reason}"
            );
        }
    }
}
