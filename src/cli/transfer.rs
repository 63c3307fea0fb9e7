//! `countersign users`: many accounts at once.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::{CommandError, Output, print, quiet_telemetry};
use crate::app;
use crate::config::Config;
use crate::files::create_private;
use crate::model::Clock;
use crate::service::Transfer;
use crate::service::transfer::{ExportError, ImportOptions, Observed, Refusal};

/// Stands for standard input or output.
const STANDARD: &str = "-";
const BUFFER: usize = 1 << 16;

const IMPORT: &str = "\
Import accounts from a file of JSON lines

Each line is an object: {\"email\", \"username\"?, \"password_hash\"?, \"is_active\"?, \
\"is_superuser\"?, \"email_verified\"?, \"created_at\"?, \"id\"?}. Hashes may come from other systems: \
Argon2, bcrypt, PBKDF2 and scrypt in their usual forms; each is replaced at the first login.

Lines that can't be taken are named by their number and do not stop the others; the exit code is 4 then. \
Some hundred lines are one transaction, so after an interruption, run it again with --skip-existing.";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Import accounts from a file of JSON lines
    #[command(long_about = IMPORT)]
    Import(Import),
    /// Export all accounts to a file of JSON lines, with their password hashes
    ///
    /// The file must not exist; only its owner may read it. It is what `users import` reads.
    Export(Export),
}

#[derive(Debug, Args)]
pub(super) struct Import {
    /// The file, or - for standard input
    file: PathBuf,
    /// Pass over accounts whose address is there already, instead of refusing them
    #[arg(long)]
    skip_existing: bool,
    /// Import either every line or none, in one transaction; a service on the same SQLite can't write
    /// meanwhile
    #[arg(long)]
    all_or_nothing: bool,
    /// Only tell what would happen; of names that come twice in the file, not all are found
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    /// The file, or - for standard output
    file: PathBuf,
}

pub(super) async fn run(
    command: Command,
    config: &Config,
    output: Output,
) -> Result<(), CommandError> {
    let clock = Clock::default();
    let _telemetry = quiet_telemetry(config, &clock)?;
    let transfer = || app::transfer(config, clock.clone());
    match command {
        Command::Import(command) => {
            let (file, size) = command.open()?;
            import(&command, file, size, &transfer().await?, output).await
        }
        Command::Export(command) => {
            app::require_database(config)?;
            export(&command.file, &transfer().await?, output).await
        }
    }
}

impl Import {
    /// The file, and its size where that is known.
    fn open(&self) -> Result<(Box<dyn BufRead>, Option<u64>), CommandError> {
        if self.file == Path::new(STANDARD) {
            return Ok((Box::new(BufReader::new(io::stdin())), None));
        }
        let file = File::open(&self.file).map_err(|source| CommandError::File {
            path: self.file.clone(),
            source,
        })?;
        let metadata = file.metadata().ok().filter(fs::Metadata::is_file);
        let size = metadata.map(|metadata| metadata.len());
        Ok((Box::new(BufReader::with_capacity(BUFFER, file)), size))
    }
}

async fn import(
    command: &Import,
    file: Box<dyn BufRead>,
    size: Option<u64>,
    transfer: &Transfer,
    output: Output,
) -> Result<(), CommandError> {
    let bar = progress(
        size,
        "{bar:40} {bytes} of {total_bytes}, {elapsed} so far, {eta} to go",
        "{spinner} {bytes}, {elapsed} so far",
    );
    let options = ImportOptions {
        skip_existing: command.skip_existing,
        all_or_nothing: command.all_or_nothing,
        dry_run: command.dry_run,
    };
    let observe = |observed: Observed<'_>| match observed {
        Observed::Refused(refusal) => bar.suspend(|| tell(refusal, output)),
        Observed::Read(bytes) => bar.set_position(bytes),
    };
    let imported = transfer.import(file, options, observe).await;
    bar.finish_and_clear();
    let report = imported?;
    let is_undone = command.all_or_nothing && report.refused > 0;
    let verb = match (command.dry_run, is_undone) {
        (true, _) => "would be imported",
        (_, true) => "could be imported, but none were",
        _ => "imported",
    };
    let text = format!(
        "{} {verb}, {} there already, {} refused\n",
        report.imported, report.skipped, report.refused
    );
    let json = json!({
        "lines": report.lines,
        "imported": if command.dry_run || is_undone { 0 } else { report.imported },
        "importable": report.imported,
        "skipped": report.skipped,
        "refused": report.refused,
    });
    output.result(&json, &text)?;
    if report.refused > 0 {
        return Err(CommandError::Refused(report));
    }
    Ok(())
}

/// Tells of a line that was refused: a person on standard error, a program on standard output.
fn tell(refusal: &Refusal, output: Output) {
    if output.json {
        // Whoever stopped reading learns the end from the exit code.
        let _ = print(&format!("{}\n", json!(refusal)));
    } else {
        let _ = writeln!(io::stderr(), "line {}: {}", refusal.line, refusal.reason);
    }
}

async fn export(path: &Path, transfer: &Transfer, output: Output) -> Result<(), CommandError> {
    let bar = progress(
        Some(transfer.count().await?),
        "{bar:40} {pos} of {len}, {elapsed} so far, {eta} to go",
        "",
    );
    let observe = |written| bar.set_position(written);
    if path == Path::new(STANDARD) {
        let written = transfer.export(BufWriter::new(io::stdout()), observe).await;
        bar.finish_and_clear();
        return match written {
            // Whoever reads has seen enough, as `head` has.
            Err(ExportError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => Ok(written.map(drop)?),
        };
    }
    let failed = |source| CommandError::File {
        path: path.to_owned(),
        source,
    };
    // Only a whole export gets the name: half of one must not be taken for it.
    let draft = path.with_added_extension("partial");
    let file = create_private(&draft).map_err(|source| CommandError::File {
        path: draft.clone(),
        source,
    })?;
    let finished = async {
        let kept = file.try_clone().map_err(failed)?;
        let written = transfer
            .export(BufWriter::with_capacity(BUFFER, file), observe)
            .await?;
        kept.sync_all().map_err(failed)?;
        // Fails where the name is taken, which renaming would not.
        fs::hard_link(&draft, path).map_err(failed)?;
        Ok::<u64, CommandError>(written)
    };
    let finished = finished.await;
    bar.finish_and_clear();
    let removed = fs::remove_file(&draft).map_err(failed);
    let count = finished?;
    removed?;
    let shown = path.display().to_string();
    output.result(
        &json!({"exported": count, "file": shown}),
        &format!("{count} exported to {shown}\n"),
    )
}

/// A progress bar on standard error, which shows itself on a terminal only.
fn progress(length: Option<u64>, bar: &str, spinner: &str) -> ProgressBar {
    let (progress, template) = match length {
        Some(length) => (ProgressBar::new(length), bar),
        None => (ProgressBar::new_spinner(), spinner),
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => progress.with_style(style),
        Err(_) => progress,
    }
}
