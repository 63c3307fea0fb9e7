//! Mail into a folder: one file for each, as it would have gone to a mail server.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::{DeliveryError, shown};
use crate::files::{create_private, private_folder};
use crate::model::MailId;
use crate::outbound::SetupError;

/// A folder that only its owner may look into.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes the folder, unless it is there.
    pub(super) fn new(path: &Path) -> Result<Self, SetupError> {
        private_folder(path).map_err(|error| SetupError::Configuration {
            key: "mail.url",
            problem: format!("can't make the folder {}: {error}", path.display()),
        })?;
        Ok(Self(path.to_owned()))
    }

    /// Keeps a mail, in place of what was kept of it before.
    pub(super) async fn keep(
        &self,
        id: MailId,
        content: Vec<u8>,
    ) -> Result<PathBuf, DeliveryError> {
        let folder = self.0.clone();
        let written = tokio::task::spawn_blocking(move || write(&folder, id, &content)).await;
        let written = written.map_err(io::Error::other).flatten();
        written.map_err(|error| {
            let folder = self.0.display();
            DeliveryError::Unavailable(shown(&format!("the folder {folder}: {error}")))
        })
    }
}

/// Writes a file that has its name only once it is whole and on the disk.
fn write(folder: &Path, id: MailId, content: &[u8]) -> io::Result<PathBuf> {
    let path = folder.join(format!("{id}.eml"));
    // A name of its own: somebody else may be writing the same mail.
    let draft = folder.join(format!(".{id}.{}", Uuid::new_v4()));
    let mut file = create_private(&draft).or_else(|error| {
        if error.kind() != io::ErrorKind::NotFound {
            return Err(error);
        }
        private_folder(folder)?;
        create_private(&draft)
    })?;
    let written = file
        .write_all(content)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&draft, &path));
    if let Err(error) = written {
        // It would be in nobody's way.
        let _ = fs::remove_file(&draft);
        return Err(error);
    }
    // The name is to survive a loss of power as well.
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(path)
}
