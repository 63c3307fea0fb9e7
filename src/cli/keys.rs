//! `countersign keys`: keys that sign access tokens.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use secrecy::ExposeSecret;
use serde_json::json;

use super::{CommandError, Output};
use crate::files::create_private;
use crate::service::signing_key::{self, KeyAlgorithm};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a private key for `tokens.keys`
    ///
    /// Prints it, or writes it to a file that only its owner may read. Whoever has it can sign tokens;
    /// others verify them by /.well-known/jwks.json. To rotate keys, list the new one after the old one,
    /// wait until everybody has fetched it, and then put it first.
    Generate(Generate),
}

#[derive(Debug, Args)]
pub(super) struct Generate {
    /// How it signs: EdDSA (short and fast), ES256, or RS256 (understood everywhere)
    #[arg(long, default_value = "EdDSA", value_name = "ALGORITHM")]
    algorithm: KeyAlgorithm,
    /// Write the key to this file, which must not exist, instead of printing it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(command: Command, output: Output) -> Result<(), CommandError> {
    let Command::Generate(Generate { algorithm, out }) = command;
    let key = signing_key::generate(algorithm)?;
    let pem = key.pem.expose_secret();
    let Some(path) = out else {
        let json = json!({"kid": key.kid, "algorithm": algorithm.name(), "pem": pem});
        return output.result(&json, pem);
    };
    let written = create_private(&path).and_then(|mut file| {
        file.write_all(pem.as_bytes())?;
        file.sync_all()
    });
    if let Err(source) = written {
        return Err(CommandError::File { path, source });
    }
    let shown = path.display().to_string();
    let json = json!({"kid": key.kid, "algorithm": algorithm.name(), "file": shown});
    output.result(&json, &format!("{}  {shown}\n", key.kid))
}
