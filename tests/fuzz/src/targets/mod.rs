//! What is fuzzed, and what has to be true of every input.
//!
//! The inputs are text where they can be, so that those that are kept can be read and written by people. In them
//! `<name>` stands for what only a running application knows, as a token.

mod asked;
mod http;
mod texts;

use tokio::runtime::{Builder, Runtime};

pub use self::asked::{Bearer, Body, Cursor, Headers};
pub use self::http::Http;
pub use self::texts::{Names, StoredHash};

/// Something that is fuzzed.
pub trait Target {
    /// Its name, that of its program and of the folder of its inputs.
    const NAME: &str;
    /// Whether waiting takes it no time.
    const IS_TIME_PAUSED: bool = false;

    /// Everything that inputs are judged with.
    fn prepare() -> impl Future<Output = Self>;

    /// Panics where something is not true of an input.
    fn judge(&mut self, input: &[u8]) -> impl Future<Output = ()>;
}

/// A target, and all that it needs to judge one input after the other.
pub struct Judge<T> {
    target: T,
    runtime: Runtime,
}

impl<T: Target> Judge<T> {
    /// Has everything prepared.
    pub fn new() -> Self {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .start_paused(T::IS_TIME_PAUSED)
            .build()
            .unwrap();
        let target = runtime.block_on(T::prepare());
        Self { target, runtime }
    }

    /// Panics where something is not true of an input.
    pub fn judge(&mut self, input: &[u8]) {
        self.runtime.block_on(self.target.judge(input));
    }
}

/// An input with what `<name>` stands for in the place of each `<name>`.
fn expand(input: &[u8], values: &[(&str, &str)]) -> Vec<u8> {
    let mut expanded = Vec::with_capacity(input.len());
    let mut rest = input;
    while let Some((first, after)) = rest.split_first() {
        let found = values.iter().find_map(|(name, value)| {
            let after = rest.strip_prefix(b"<")?.strip_prefix(name.as_bytes())?;
            Some((value, after.strip_prefix(b">")?))
        });
        if let Some((value, after)) = found {
            expanded.extend_from_slice(value.as_bytes());
            rest = after;
        } else {
            expanded.push(*first);
            rest = after;
        }
    }
    expanded
}

/// What stands before and after the first separator; nothing after it where there is none.
fn split_once(input: &[u8], separator: u8) -> (&[u8], &[u8]) {
    match input.iter().position(|byte| *byte == separator) {
        Some(position) => (&input[..position], &input[position + 1..]),
        None => (input, &[]),
    }
}
