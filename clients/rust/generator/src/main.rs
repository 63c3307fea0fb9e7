//! `countersign-client-generator DOCUMENT`: writes a client for the operations of an OpenAPI document to
//! standard output.

use std::error::Error;
use std::io::Write;

use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TypeImpl};

const HEAD: &str = "\
// Generated from openapi.json: `just clients` writes it anew. Changes made by hand are lost.
";

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os()
        .nth(1)
        .ok_or("which document? Usage: countersign-client-generator DOCUMENT")?;
    let document = serde_json::from_slice(&std::fs::read(path)?)?;
    let mut settings = GenerationSettings::new();
    settings
        // A query parameter that is added later breaks no caller.
        .with_interface(InterfaceStyle::Builder)
        // The token is sent by the hook, which is written by hand.
        .with_inner_type(quote::quote!(crate::Token))
        .with_hooks(HooksMode::Expected)
        // What can be left out, removed by `null`, or set.
        .with_replacement(
            "Edit",
            "crate::Edit<::std::string::String>",
            std::iter::empty::<TypeImpl>(),
        );
    let code = Generator::new(&settings).generate_tokens(&document)?;
    let code = prettyplease::unparse(&syn::parse2(code)?);
    let mut out = std::io::stdout().lock();
    out.write_all(HEAD.as_bytes())?;
    out.write_all(code.as_bytes())?;
    Ok(())
}
