//! The program: runs the command it is given.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use countersign::cli::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // With standard error gone there is nobody left to tell.
            let _ = writeln!(std::io::stderr(), "countersign: {error}");
            error.exit_code()
        }
    }
}
