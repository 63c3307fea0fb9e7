//! The commands.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use secrecy::{ExposeSecret, SecretString};

use crate::api;
use crate::app::{self, App, StartError};
use crate::config::{self, Config, ConfigError};
use crate::model::{
    Clock, Email, InvalidEmail, InvalidUsername, Password, PasswordPolicy, Taken, Username,
    Weakness,
};
use crate::server;
use crate::service::accounts::{CreateError, NewAccount};
use crate::store::{OpenError, Store, StoreError};
use crate::telemetry::{Telemetry, TelemetryError};

/// How long `health` waits for an answer.
const HEALTH_PATIENCE: Duration = Duration::from_secs(5);

/// Countersign, a self-hosted authentication service: accounts, logins and sessions for your application.
///
/// Without a command it serves. Configuration comes from config.toml and the environment; `countersign
/// config` shows what is in force.
#[derive(Debug, Parser)]
#[command(name = "countersign", version, arg_required_else_help = false)]
pub struct Cli {
    /// Read this configuration file instead of ./config.toml
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
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
    /// Manage accounts
    #[command(subcommand)]
    User(User),
    /// Print the OpenAPI document
    Openapi {
        /// The form to print it in
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
    },
    /// Ask a running service for its health; exit code 0 if it can serve, for container probes
    Health {
        /// Address of the health resource [default: the configured address]
        url: Option<String>,
    },
    /// Print the configuration in force, secrets masked
    Config,
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

#[derive(Debug, Subcommand)]
enum User {
    /// Create an account, whether or not registration is open
    ///
    /// The password is asked for, or read from standard input with --password-stdin. It is never an
    /// argument, where other users of the machine could see it.
    Create(CreateUser),
}

#[derive(Debug, Args)]
struct CreateUser {
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
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// JSON
    Json,
    /// YAML
    Yaml,
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
    #[error("the password {}", Weakness::list(.0))]
    Weak(Vec<Weakness>),
    /// The two passwords typed differ.
    #[error("the passwords are not the same")]
    Mismatch,
    /// There is nobody to ask for a password.
    #[error("there is no terminal to ask for a password on: use --password-stdin")]
    NoTerminal,
    /// The account was not created.
    #[error("{}", not_created(.0))]
    Create(#[from] CreateError),
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

fn not_created(error: &CreateError) -> String {
    match error {
        CreateError::Taken(Taken::Email) => "--email is taken already".to_owned(),
        CreateError::Taken(Taken::Username) => "--username is taken already".to_owned(),
        CreateError::Fault(fault) => format!("the account was not created: {fault}"),
    }
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// One line that says why it failed.
    pub async fn run(self) -> Result<(), CommandError> {
        let config = || Config::load(self.config.as_deref());
        match self.command.unwrap_or(Command::Serve) {
            Command::Serve => serve(&config()?).await,
            Command::Migrate(command) => migrate(command, &config()?).await,
            Command::User(User::Create(user)) => create_user(user, &config()?).await,
            Command::Openapi { format } => {
                let document = api::document()?;
                print(match format {
                    Format::Json => document.json(),
                    Format::Yaml => document.yaml(),
                })
            }
            Command::Health { url } => {
                let url = match url {
                    Some(url) => url,
                    None => health_url(&config()?),
                };
                health(url).await
            }
            Command::Config => print(&config()?.to_toml()?),
        }
    }
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
    app.serve(&config.server, stop).await?;
    let dropped = telemetry.dropped_lines();
    if dropped > 0 {
        tracing::warn!(count = dropped, "log lines were dropped since the start");
    }
    Ok(())
}

async fn migrate(command: Migrate, config: &Config) -> Result<(), CommandError> {
    let store = Store::open(&config.database).await?;
    let outcome = match command {
        Migrate::Up => store.migrate_up().await.map_err(CommandError::from),
        Migrate::Down { steps } => store.migrate_down(steps).await.map_err(CommandError::from),
        Migrate::Status => Ok(()),
    };
    let migrations = store.migrations().await;
    store.close().await?;
    outcome?;
    let migrations = migrations?;
    for migration in &migrations {
        let state = if migration.applied {
            "applied"
        } else {
            "pending"
        };
        print(&format!("{state}  {}\n", migration.name))?;
    }
    let pending = migrations
        .iter()
        .filter(|migration| !migration.applied)
        .count();
    match command {
        Migrate::Status if pending > 0 => Err(CommandError::Pending(pending)),
        _ => Ok(()),
    }
}

async fn create_user(user: CreateUser, config: &Config) -> Result<(), CommandError> {
    let email = Email::parse(&user.email)?;
    let username = user.username.as_deref().map(Username::parse).transpose()?;
    let password = read_password(user.password_stdin, config.password.policy())?;
    let password = config
        .password
        .policy()
        .accept(password, &email, username.as_ref())
        .map_err(CommandError::Weak)?;
    let account = NewAccount {
        email,
        username,
        password: Some(password),
    };
    let clock = Clock::default();
    // The event belongs into the log, but standard output is for the answer.
    let log = config::Log {
        stdout: false,
        ..config.log.clone()
    };
    let _telemetry = Telemetry::start(&log, &clock)?;
    let administration = app::administration(config, clock).await?;
    let created = administration.create(account, user.superuser, true).await?;
    print(&format!("{}  {}\n", created.id, created.email.as_str()))
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

/// Where the configured service tells its health, from this machine.
fn health_url(config: &Config) -> String {
    format!("{}/health", config::local_url(config.server.listen))
}

async fn health(url: String) -> Result<(), CommandError> {
    if !url.starts_with("http://") {
        let reason = "only http:// addresses can be asked".to_owned();
        return Err(CommandError::Unhealthy { url, reason });
    }
    let asked = async {
        let client = reqwest::Client::builder()
            // The way out of this machine says nothing about a service on it.
            .no_proxy()
            .timeout(HEALTH_PATIENCE)
            .build()?;
        client.get(&url).send().await
    };
    let reason = match asked.await {
        Ok(answer) if answer.status().is_success() => return print("ok\n"),
        Ok(answer) => format!("answered {}", answer.status()),
        Err(error) if error.is_timeout() => "did not answer in time".to_owned(),
        Err(error) if error.is_connect() => "can't be reached".to_owned(),
        Err(error) => error.without_url().to_string(),
    };
    Err(CommandError::Unhealthy { url, reason })
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
