//! The commands.

mod keys;
mod transfer;
mod users;

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use serde_json::{Value, json};

use crate::api;
use crate::app::{self, App, StartError};
use crate::config::{self, Config, ConfigError};
use crate::model::{Clock, InvalidEmail, InvalidUsername, Taken, Weakness};
use crate::outbound;
use crate::resilience::breaker::Breakers;
use crate::server;
use crate::service::Fault;
use crate::service::administration::{CreateUserError, UpdateUserError};
use crate::service::passwords::new_password_fails;
use crate::service::transfer::{ExportError, ImportError, ImportReport};
use crate::store::{OpenError, Store, StoreError};
use crate::telemetry::{Telemetry, TelemetryError};

/// How addresses begin that `health` can ask.
const SCHEMES: [&str; 2] = ["http://", "https://"];
/// How long `health` waits for an answer.
const HEALTH_PATIENCE: Duration = Duration::from_secs(5);

/// The exit codes besides those of success (0), of failure (1) and of wrong usage (2).
const EXIT_NOT_FOUND: u8 = 3;
const EXIT_REFUSED: u8 = 4;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed; standard error says why in one line
  2  wrong usage
  3  there is no such account
  4  refused: lines that were not imported, a name that is taken, a weak password, the last superuser

Examples:
  countersign                                         serve on SQLite, without any configuration
  countersign user create --email ada@example.com --superuser
  countersign users import users.jsonl --dry-run
  countersign keys generate --out signing.pem
  countersign completions bash > /etc/bash_completion.d/countersign";

/// Countersign, a self-hosted authentication service: accounts, logins and sessions for your application.
///
/// Without a command it serves. Configuration comes from config.toml and the environment; `countersign
/// config` shows what is in force. All commands work on the database of a running service.
#[derive(Debug, Parser)]
#[command(name = "countersign", version, arg_required_else_help = false, after_help = EXIT_CODES)]
pub struct Cli {
    /// Read this configuration file instead of ./config.toml
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print results as JSON, for programs
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve (what happens without a command, too)
    Serve,
    /// Apply, revert or list database migrations
    #[command(subcommand)]
    Migrate(Migrate),
    /// Manage one account: create, list, show, activate, deactivate, promote, demote, set-password
    #[command(subcommand)]
    User(users::Command),
    /// Move many accounts: import, export
    #[command(subcommand)]
    Users(transfer::Command),
    /// Make keys that sign access tokens
    #[command(subcommand)]
    Keys(keys::Command),
    /// Print the OpenAPI document
    Openapi {
        /// The form to print it in
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
    },
    /// Ask a running service for its health; exit code 0 if it can serve, for container probes
    Health {
        /// Address of the service or of its health resource [default: the configured address]
        url: Option<String>,
    },
    /// Print the configuration in force, secrets masked
    Config,
    /// Print a script that completes commands in a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[derive(Debug, Subcommand)]
enum Migrate {
    /// Apply all pending migrations
    Up,
    /// Revert the newest migrations; what they created is lost
    Down {
        /// How many
        #[arg(long, default_value_t = 1)]
        steps: u32,
    },
    /// List all migrations; exit code 1 if any is pending
    Status,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// JSON
    Json,
    /// YAML
    Yaml,
}

/// How results are printed.
#[derive(Clone, Copy, Debug)]
struct Output {
    json: bool,
}

impl Output {
    /// Prints a result: as JSON where that is asked for, else as `text`.
    fn result(self, json: &Value, text: &str) -> Result<(), CommandError> {
        if self.json {
            print(&format!("{json}\n"))
        } else {
            print(text)
        }
    }
}

/// Why a command failed: one line.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The logs can't be written.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// The service can't start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The database can't be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The document can't be made.
    #[error("can't make the OpenAPI document: {0}")]
    Document(#[from] serde_json::Error),
    /// The configuration can't be printed.
    #[error("can't print the configuration: {0}")]
    Print(#[from] toml::ser::Error),
    /// Reading or writing failed.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The address is none.
    #[error("--email {0}")]
    Email(#[from] InvalidEmail),
    /// The name is none.
    #[error("--username {0}")]
    Username(#[from] InvalidUsername),
    /// The password is weak.
    #[error("{}", weak(.0))]
    Weak(Vec<Weakness>),
    /// The two passwords typed differ.
    #[error("the passwords are not the same")]
    Mismatch,
    /// There is nobody to ask for a password.
    #[error("there is no terminal to ask for a password on: use --password-stdin")]
    NoTerminal,
    /// The account was not created.
    #[error("{}", not_created(.0))]
    Create(#[from] CreateUserError),
    /// There is no such account.
    #[error("there is no such account")]
    NotFound,
    /// The account was not changed.
    #[error("{}", not_changed(.0))]
    Update(#[from] UpdateUserError),
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// A file can't be opened, or is there already.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The import stopped before its end.
    #[error("{0}")]
    Import(#[from] ImportError),
    /// Lines were not imported.
    #[error("{} of {} lines were refused", .0.refused, .0.lines)]
    Refused(ImportReport),
    /// The export stopped before its end.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// Migrations are pending.
    #[error("{0} pending")]
    Pending(usize),
    /// The service is not healthy.
    #[error("{url}: {reason}")]
    Unhealthy {
        /// What was asked.
        url: String,
        /// What came back.
        reason: String,
    },
}

new_password_fails!(CommandError);

fn not_created(error: &CreateUserError) -> String {
    match error {
        CreateUserError::Taken(Taken::Email) => "--email is taken already".to_owned(),
        CreateUserError::Taken(Taken::Username) => "--username is taken already".to_owned(),
        CreateUserError::Weak(weaknesses) => weak(weaknesses),
        other => format!("the account was not created: {other}"),
    }
}

fn weak(weaknesses: &[Weakness]) -> String {
    format!("the password {}", Weakness::list(weaknesses))
}

fn not_changed(error: &UpdateUserError) -> String {
    match error {
        UpdateUserError::LastSuperuser => {
            "this is the last active superuser: promote another account first".to_owned()
        }
        other => other.to_string(),
    }
}

impl CommandError {
    /// What the process ends with.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::NotFound | Self::Update(UpdateUserError::NotFound) => EXIT_NOT_FOUND.into(),
            Self::Refused(_)
            | Self::Weak(_)
            | Self::Create(CreateUserError::Taken(_) | CreateUserError::Weak(_))
            | Self::Update(UpdateUserError::Taken(_) | UpdateUserError::LastSuperuser) => {
                EXIT_REFUSED.into()
            }
            _ => ExitCode::FAILURE,
        }
    }
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// One line that says why it failed.
    pub async fn run(self) -> Result<(), CommandError> {
        let config = || Config::load(self.config.as_deref());
        let output = Output { json: self.json };
        match self.command.unwrap_or(Command::Serve) {
            Command::Serve => Box::pin(serve(&config()?)).await,
            Command::Migrate(command) => migrate(command, &config()?, output).await,
            Command::User(command) => Box::pin(users::run(command, &config()?, output)).await,
            Command::Users(command) => transfer::run(command, &config()?, output).await,
            Command::Keys(command) => keys::run(command, output),
            Command::Openapi { format } => {
                let document = api::document()?;
                print(match format {
                    Format::Json => document.json(),
                    Format::Yaml => document.yaml(),
                })
            }
            Command::Health { url } => {
                let url = match url {
                    Some(url) => health_of(&url),
                    None => health_url(&config()?),
                };
                health(url, output).await
            }
            Command::Config => {
                let config = config()?;
                output.result(&serde_json::to_value(&config)?, &config.to_toml()?)
            }
            Command::Completions { shell } => {
                let mut script = Vec::new();
                clap_complete::generate(shell, &mut Self::command(), "countersign", &mut script);
                print(&String::from_utf8_lossy(&script))
            }
        }
    }
}

/// Starts the log of a command that changes something: events belong into it, but standard output is for
/// the answer.
fn quiet_telemetry(config: &Config, clock: &Clock) -> Result<Telemetry, TelemetryError> {
    let log = config::Log {
        stdout: false,
        ..config.log.clone()
    };
    Telemetry::start(&log, clock)
}

async fn serve(config: &Config) -> Result<(), CommandError> {
    let clock = Clock::default();
    let telemetry = Telemetry::start(&config.log, &clock)?;
    let stop = server::stop_signal();
    tokio::pin!(stop);
    let app = tokio::select! {
        app = App::build(config, clock) => app?,
        // It may wait long for the migrations of another instance.
        () = &mut stop => return Ok(()),
    };
    let dropped_lines = telemetry.dropped_lines();
    app.metrics().at_scrape({
        let dropped_lines = dropped_lines.clone();
        move |figures| figures.dropped_log_lines(dropped_lines() as u64)
    });
    app.serve(config, stop).await?;
    let dropped = dropped_lines();
    if dropped > 0 {
        tracing::warn!(count = dropped, "log lines were dropped since the start");
    }
    Ok(())
}

async fn migrate(command: Migrate, config: &Config, output: Output) -> Result<(), CommandError> {
    if matches!(command, Migrate::Down { .. }) {
        app::require_database(config)?;
    }
    let breakers = Arc::new(Breakers::new(&config.breaker, &Clock::default()));
    let store = Store::open(&config.database, breakers).await?;
    let outcome = match command {
        Migrate::Up => store.migrate_up().await.map_err(CommandError::from),
        Migrate::Down { steps } => store.migrate_down(steps).await.map_err(CommandError::from),
        Migrate::Status => Ok(()),
    };
    let migrations = store.migrations().await;
    store.close().await?;
    outcome?;
    let migrations = migrations?;
    let mut text = String::new();
    let mut listed = Vec::new();
    for migration in &migrations {
        let state = if migration.applied {
            "applied"
        } else {
            "pending"
        };
        text.extend([state, "  ", &migration.name, "\n"]);
        listed.push(json!({"name": migration.name, "applied": migration.applied}));
    }
    output.result(&json!({"migrations": listed}), &text)?;
    let pending = migrations
        .iter()
        .filter(|migration| !migration.applied)
        .count();
    match command {
        Migrate::Status if pending > 0 => Err(CommandError::Pending(pending)),
        _ => Ok(()),
    }
}

/// Where the configured service tells its health, from this machine.
fn health_url(config: &Config) -> String {
    format!("{}/health", config::local_url(config.server.listen))
}

/// The health resource of a service, where the address is no more than the service's own.
fn health_of(url: &str) -> String {
    let rest = SCHEMES.iter().find_map(|scheme| url.strip_prefix(scheme));
    match rest.map(|rest| rest.split_once('/')) {
        Some(None) => format!("{url}/health"),
        Some(Some((_, ""))) => format!("{url}health"),
        _ => url.to_owned(),
    }
}

async fn health(url: String, output: Output) -> Result<(), CommandError> {
    if !SCHEMES.iter().any(|scheme| url.starts_with(scheme)) {
        let reason = "only http:// and https:// addresses can be asked".to_owned();
        return Err(CommandError::Unhealthy { url, reason });
    }
    let asked = async {
        let client = outbound::client()
            // The way out of this machine says nothing about a service on it.
            .no_proxy()
            .timeout(HEALTH_PATIENCE)
            .build()?;
        client.get(&url).send().await
    };
    let reason = match asked.await {
        Ok(answer) if answer.status().is_success() => {
            return output.result(&json!({"status": "ok"}), "ok\n");
        }
        Ok(answer) => format!("answered {}", answer.status()),
        Err(error) if error.is_timeout() => "did not answer in time".to_owned(),
        Err(error) if error.is_connect() => format!("can't be reached: {}", root_cause(&error)),
        Err(error) => error.without_url().to_string(),
    };
    Err(CommandError::Unhealthy { url, reason })
}

/// What an error comes down to: a refused connection, a certificate that nobody vouches for.
fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

fn print(text: &str) -> Result<(), CommandError> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        // Whoever reads has seen enough, as `head` has.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}
