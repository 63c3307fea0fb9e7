//! `countersign user`: one account.

use std::fmt::Write;
use std::io::{self, IsTerminal};

use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Args, Subcommand};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{CommandError, Output, quiet_telemetry};
use crate::api::account::user_json;
use crate::app;
use crate::config::Config;
use crate::model::{
    AcceptedPassword, Clock, Email, Identifier, Password, PasswordPolicy, Slice, User, UserFilter,
    UserId, Username,
};
use crate::service::Administration;
use crate::service::accounts::NewAccount;
use crate::service::administration::{Actor, UserUpdate};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Create an account, whether or not registration is open
    ///
    /// The password is asked for, or read from standard input with --password-stdin. It is never an
    /// argument, where other users of the machine could see it.
    Create(Create),
    /// List accounts, the newest first
    List(List),
    /// Show an account
    Show(Selector),
    /// Let an account use the service again
    Activate(Selector),
    /// Keep an account from using the service; all its sessions end at once
    Deactivate(Selector),
    /// Let an account administer the service
    Promote(Selector),
    /// Let an account administer the service no longer
    Demote(Selector),
    /// Set a new password; all sessions of the account end at once
    ///
    /// The password is asked for, or read from standard input with --password-stdin.
    SetPassword(SetPassword),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// E-mail address of the account
    #[arg(long)]
    email: String,
    /// User name of the account
    #[arg(long)]
    username: Option<String>,
    /// Let the account administer the service
    #[arg(long)]
    superuser: bool,
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
    /// Create it without a password: nobody can log in until one is set
    #[arg(long, conflicts_with = "password_stdin")]
    no_password: bool,
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Only accounts whose address or name begins so, in any case
    #[arg(long, value_name = "PREFIX")]
    search: Option<String>,
    /// Only accounts that may use the service
    #[arg(long)]
    active: bool,
    /// Only accounts that may not use the service
    #[arg(long, conflicts_with = "active")]
    inactive: bool,
    /// How many at most, up to 10,000
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    limit: u64,
}

/// Which account is meant.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct Selector {
    /// The account with this e-mail address
    #[arg(long)]
    email: Option<String>,
    /// The account with this user name
    #[arg(long)]
    username: Option<String>,
    /// The account with this id
    #[arg(long)]
    id: Option<Uuid>,
}

#[derive(Debug, Args)]
pub(super) struct SetPassword {
    #[command(flatten)]
    selector: Selector,
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
}

pub(super) async fn run(
    command: Command,
    config: &Config,
    output: Output,
) -> Result<(), CommandError> {
    let clock = Clock::default();
    let policy = config.password.policy();
    let open = || app::administration(config, clock.clone());
    if !matches!(command, Command::Create(_)) {
        app::require_database(config)?;
    }
    match command {
        Command::Create(user) => {
            // Asked for before anything is opened: a person may take long.
            let account = user.account(policy)?;
            let _telemetry = quiet_telemetry(config, &clock)?;
            let created = open()
                .await?
                .create(Actor::Operator, account, user.superuser, true)
                .await?;
            show_briefly(created, output)
        }
        Command::List(list) => {
            let users = open().await?.newest(&list.filter(), list.limit).await?;
            show_all(users, output)
        }
        Command::Show(selector) => {
            let user = selector.find(&open().await?).await?;
            show(user, output)
        }
        Command::Activate(selector) => change(&selector, &is_active(true), config, output).await,
        Command::Deactivate(selector) => change(&selector, &is_active(false), config, output).await,
        Command::Promote(selector) => change(&selector, &is_superuser(true), config, output).await,
        Command::Demote(selector) => change(&selector, &is_superuser(false), config, output).await,
        Command::SetPassword(command) => {
            let administration = open().await?;
            let user = command.selector.find(&administration).await?;
            let password = read_password(command.password_stdin, policy)?;
            let password = accept(policy, password, &user.email, user.username.as_ref())?;
            let _telemetry = quiet_telemetry(config, &clock)?;
            if !administration.set_password(user.id, &password).await? {
                return Err(CommandError::NotFound);
            }
            show_briefly(user, output)
        }
    }
}

fn is_active(is_active: bool) -> UserUpdate {
    UserUpdate {
        is_active: Some(is_active),
        ..UserUpdate::default()
    }
}

fn is_superuser(is_superuser: bool) -> UserUpdate {
    UserUpdate {
        is_superuser: Some(is_superuser),
        ..UserUpdate::default()
    }
}

async fn change(
    selector: &Selector,
    update: &UserUpdate,
    config: &Config,
    output: Output,
) -> Result<(), CommandError> {
    let clock = Clock::default();
    let _telemetry = quiet_telemetry(config, &clock)?;
    let administration = app::administration(config, clock).await?;
    let user = selector.find(&administration).await?;
    let updated = administration
        .update(Actor::Operator, user.id, update)
        .await?;
    show_briefly(updated, output)
}

impl Create {
    fn account(&self, policy: PasswordPolicy) -> Result<NewAccount, CommandError> {
        let email = Email::parse(&self.email)?;
        let username = self.username.as_deref().map(Username::parse).transpose()?;
        let password = if self.no_password {
            None
        } else {
            let password = read_password(self.password_stdin, policy)?;
            Some(accept(policy, password, &email, username.as_ref())?)
        };
        Ok(NewAccount {
            email,
            username,
            password,
        })
    }
}

impl List {
    fn filter(&self) -> UserFilter {
        let is_active = match (self.active, self.inactive) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        };
        UserFilter {
            prefix: self.search.clone(),
            is_active,
        }
    }
}

impl Selector {
    async fn find(&self, administration: &Administration) -> Result<User, CommandError> {
        let by = |identifier| async move { administration.find_by(&identifier).await };
        let found = match (&self.id, &self.email, &self.username) {
            (Some(id), ..) => administration.find(UserId(*id)).await?,
            (_, Some(email), _) => by(Identifier::Email(email.clone())).await?,
            (_, _, Some(name)) => by(Identifier::Username(name.clone())).await?,
            // The parser asks for exactly one of them.
            _ => None,
        };
        found.ok_or(CommandError::NotFound)
    }
}

fn accept(
    policy: PasswordPolicy,
    password: Password,
    email: &Email,
    username: Option<&Username>,
) -> Result<AcceptedPassword, CommandError> {
    policy
        .accept(password, email, username)
        .map_err(CommandError::Weak)
}

fn read_password(from_stdin: bool, policy: PasswordPolicy) -> Result<Password, CommandError> {
    if from_stdin {
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        let line = SecretString::from(line);
        let typed = line.expose_secret().trim_end_matches(['\r', '\n']);
        return Ok(Password::new(typed));
    }
    if !io::stdin().is_terminal() {
        return Err(CommandError::NoTerminal);
    }
    let prompt = format!("Password (at least {} characters): ", policy.min_length);
    let first = SecretString::from(rpassword::prompt_password(prompt)?);
    let second = SecretString::from(rpassword::prompt_password("Once more: ")?);
    if first.expose_secret() == second.expose_secret() {
        Ok(Password::new(first.expose_secret()))
    } else {
        Err(CommandError::Mismatch)
    }
}

/// The id and the address, which is what the next command needs.
fn show_briefly(user: User, output: Output) -> Result<(), CommandError> {
    let text = format!("{}  {}\n", user.id, user.email.as_str());
    output.result(&user_json(user), &text)
}

fn show(user: User, output: Output) -> Result<(), CommandError> {
    let json = user_json(user);
    let mut text = String::new();
    for (name, value) in json.as_object().into_iter().flatten() {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Null => "-".to_owned(),
            other => other.to_string(),
        };
        // Writing to a text can't fail.
        let _ = writeln!(text, "{name:<16}{value}");
    }
    output.result(&json, &text)
}

fn show_all(users: Slice<User, UserId>, output: Output) -> Result<(), CommandError> {
    let has_more = users.next.is_some();
    let mut text = String::new();
    for user in &users.items {
        let role = if user.is_superuser { "superuser" } else { "" };
        let state = if user.is_active { "" } else { "inactive" };
        let name = user.username.as_ref().map_or("-", Username::as_str);
        let line = format!(
            "{}  {}  {:<40}  {name:<20}  {role} {state}",
            user.id,
            minute(user.created_at),
            user.email.as_str(),
        );
        text.push_str(line.trim_end());
        text.push('\n');
    }
    let items: Vec<Value> = users.items.into_iter().map(user_json).collect();
    output.result(&json!({"items": items, "has_more": has_more}), &text)?;
    if has_more && !output.json {
        // With standard error gone there is nobody left to tell.
        let _ = io::Write::write_all(&mut io::stderr(), b"There are more: see --limit.\n");
    }
    Ok(())
}

fn minute(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
