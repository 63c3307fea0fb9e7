//! Writing many lines at once.

use std::io::{BufWriter, Result, Write};
use std::time::Duration;

/// How long lines gather before the next of them are written. Long enough for a few under load, and short
/// enough that nobody who watches notices.
const PAUSE: Duration = Duration::from_millis(1);
/// Bytes that are written at once at most.
const CAPACITY: usize = 64 * 1024;

/// A writer for a thread that takes lines from a queue and flushes whenever the queue is empty.
///
/// It writes then, and pauses: otherwise, under load, each line would wake the thread up and be written by
/// itself, which costs more than all the rest of logging it.
#[derive(Debug)]
pub(super) struct Gathering<W: Write>(BufWriter<W>);

impl<W: Write> Gathering<W> {
    pub(super) fn new(to: W) -> Self {
        Self(BufWriter::with_capacity(CAPACITY, to))
    }
}

impl<W: Write> Write for Gathering<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.write(bytes)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the thread is there for nothing else, and no time that tests move is asked"
    )]
    fn flush(&mut self) -> Result<()> {
        self.0.flush()?;
        std::thread::sleep(PAUSE);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes what arrives at once.
    #[derive(Default)]
    struct Arrivals(Vec<Vec<u8>>);

    impl Write for &mut Arrivals {
        fn write(&mut self, bytes: &[u8]) -> Result<usize> {
            self.0.push(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_between_two_flushes_are_written_at_once_and_none_is_kept_back() {
        let mut arrivals = Arrivals::default();
        let mut writer = Gathering::new(&mut arrivals);
        for lines in [["a\n", "b\n"], ["c\n", "d\n"]] {
            for line in lines {
                writer.write_all(line.as_bytes()).unwrap();
            }
            writer.flush().unwrap();
        }
        drop(writer);
        assert_eq!(arrivals.0, [b"a\nb\n", b"c\nd\n"]);
    }
}
