//! The folder that holds what must not get lost or known.

use std::fs::DirBuilder;
use std::io;
use std::path::Path;

/// Makes a folder that only its owner may look into. One that exists stays as it is.
///
/// # Errors
/// When the system does not allow it.
pub fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
