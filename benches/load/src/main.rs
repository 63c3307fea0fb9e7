//! Measures a release build of Countersign on this machine, and in the same run what the machine can do at
//! best. `just bench-load`; what comes of it is in `docs/performance.md`.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "what is measured goes by the time it is"
)]

mod floor;
mod http;
mod load;
mod people;
mod process;
mod report;
mod seed;
mod suite;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What went wrong, for a person at a terminal.
type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Parser)]
#[command(about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measures, and writes down what was measured as JSON.
    Run(suite::Options),
    /// Serves the floor; `run` starts it.
    Floor {
        #[arg(long)]
        listen: SocketAddr,
        #[arg(long)]
        database_url: String,
    },
    /// Puts tables and plots of measurements into a page.
    Render {
        /// What `run` wrote.
        results: PathBuf,
        /// The page, with a marked place for them.
        page: PathBuf,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Run(options) => suite::run(&options).await,
        Command::Floor {
            listen,
            database_url,
        } => serve_floor(listen, database_url),
        Command::Render { results, page } => report::render(&results, &page),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}

/// On all cores, as Countersign does.
fn serve_floor(listen: SocketAddr, database_url: String) -> Result<(), Failure> {
    let serving = std::thread::spawn(move || {
        tokio::runtime::Runtime::new()?.block_on(floor::serve(listen, &database_url))
    });
    serving.join().map_err(|_| "the floor panicked")?
}
