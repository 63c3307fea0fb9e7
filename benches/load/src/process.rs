//! The processes that are measured, as the system accounts for them.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use procfs::process::Process as Accounts;
use tokio::process::{Child, Command};

use crate::Failure;
use crate::http::{Ask, Client};

/// How long a start may take: migrations of an empty database are part of it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server that was started to be measured. It is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    accounts: Accounts,
    pub(crate) address: SocketAddr,
    /// From when it was started until it answered for the first time.
    pub(crate) started_in: Duration,
}

/// What a server has used up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    /// Processor time.
    pub(crate) cpu: Duration,
    /// Memory it holds now, in bytes.
    pub(crate) resident: u64,
    /// The most it ever held, in bytes.
    pub(crate) peak: u64,
}

impl Server {
    /// Starts a program that listens on `address`, with nothing else in its environment than `variables`.
    pub(crate) async fn start(
        program: &Path,
        arguments: &[&str],
        variables: &[(String, String)],
        folder: &Path,
        address: SocketAddr,
    ) -> Result<Self, Failure> {
        let log = File::create(folder.join("stderr"))?;
        let begun = Instant::now();
        let child = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(variables.iter().cloned())
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        let id = child.id().ok_or("it ended at once")?;
        let accounts = Accounts::new(i32::try_from(id)?)?;
        let mut client = Client::new(address);
        while client.ask(&Ask::get("/health/live")).await.is_err() {
            if begun.elapsed() > PATIENCE {
                let said = std::fs::read_to_string(folder.join("stderr"))?;
                return Err(format!("{} does not start: {said}", program.display()).into());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(Self {
            child,
            accounts,
            address,
            started_in: begun.elapsed(),
        })
    }

    pub(crate) fn usage(&self) -> Result<Usage, Failure> {
        let stat = self.accounts.stat()?;
        let ticks = stat.utime + stat.stime;
        let status = self.accounts.status()?;
        Ok(Usage {
            cpu: Duration::from_secs(ticks) / u32::try_from(procfs::ticks_per_second())?,
            resident: status.vmrss.unwrap_or_default() * 1024,
            peak: status.vmhwm.unwrap_or_default() * 1024,
        })
    }

    /// Ends it without leave to finish anything.
    pub(crate) async fn kill(mut self) -> Result<(), Failure> {
        Ok(self.child.kill().await?)
    }
}

/// A port that was free a moment ago.
pub(crate) fn free_address() -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?)
}

/// Countersign as it is delivered: with its log on disk and its figures counted.
#[derive(Clone, Debug)]
pub(crate) struct Countersign {
    pub(crate) binary: PathBuf,
    pub(crate) database_url: String,
    /// Where it runs and logs.
    pub(crate) folder: PathBuf,
    /// Of the database: as many as `max_connections` says.
    pub(crate) settings: Vec<(String, String)>,
}

impl Countersign {
    fn variables(&self, address: SocketAddr) -> Vec<(String, String)> {
        let mut variables: Vec<(String, String)> = [
            ("COUNTERSIGN__SERVER__LISTEN", address.to_string()),
            ("DATABASE_URL", self.database_url.clone()),
            // The load comes from one address, and is not to be limited as one person's.
            (
                "COUNTERSIGN__RATE_LIMIT__ADDRESS_ATTEMPTS_PER_MINUTE",
                "1000000".to_owned(),
            ),
            (
                "COUNTERSIGN__RATE_LIMIT__ADDRESS_REFRESHES_PER_MINUTE",
                "1000000".to_owned(),
            ),
        ]
        .map(|(key, value)| (key.to_owned(), value))
        .into();
        variables.extend(self.settings.iter().cloned());
        variables
    }

    /// Serves.
    pub(crate) async fn serve(&self) -> Result<Server, Failure> {
        std::fs::create_dir_all(&self.folder)?;
        let address = free_address()?;
        let variables = self.variables(address);
        Server::start(&self.binary, &["serve"], &variables, &self.folder, address).await
    }

    /// Runs a command.
    pub(crate) async fn run(
        &self,
        arguments: &[&str],
        input: Option<&[u8]>,
    ) -> Result<(), Failure> {
        std::fs::create_dir_all(&self.folder)?;
        let mut child = Command::new(&self.binary)
            .args(arguments)
            .env_clear()
            .envs(self.variables(free_address()?))
            .current_dir(&self.folder)
            .stdin(if input.is_some() {
                Stdio::piped()
            } else {
                Stdio::null()
            })
            .stdout(Stdio::null())
            .spawn()?;
        if let (Some(input), Some(mut stdin)) = (input, child.stdin.take()) {
            use tokio::io::AsyncWriteExt;
            stdin.write_all(input).await?;
        }
        let status = child.wait().await?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("countersign {} ended with {status}", arguments.join(" ")).into())
        }
    }
}
