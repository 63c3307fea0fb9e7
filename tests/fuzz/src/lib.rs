//! Has libFuzzer make up inputs for the targets of `targets`.
//!
//! `tests/fuzz_corpora.rs` has the same targets judge the inputs that are kept, on every test run.

#[expect(dead_code, reason = "the tests use the rest of it")]
#[path = "../../support/mod.rs"]
mod support;
pub mod targets;

pub use support::logs;

/// Defines what libFuzzer calls for a target.
#[macro_export]
macro_rules! fuzz {
    ($target:ty) => {
        static JUDGE: std::sync::Mutex<Option<$crate::targets::Judge<$target>>> =
            std::sync::Mutex::new(None);

        libfuzzer_sys::fuzz_target!(|input: &[u8]| {
            let mut judge = JUDGE.lock().unwrap();
            let judge = judge.get_or_insert_with($crate::targets::Judge::new);
            judge.judge(input);
            // They would fill the memory.
            $crate::logs::forget();
        });
    };
}
