//! Files beside the database: each under a name that is made of its key, and whole or not there.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::domain::KeptFile;

/// A file could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// It is larger than is taken, in bytes.
    #[error("it has more than {0} bytes")]
    TooLarge(u64),
    /// Whoever sent it broke off.
    #[error("it ended too early")]
    BrokenOff,
    /// The disk fails.
    #[error("the data directory cannot be written: {0}")]
    Disk(#[from] io::Error),
}

/// A directory of files.
#[derive(Debug, Clone)]
pub struct Files(Arc<PathBuf>);

impl Files {
    /// The files in a directory, which is made where it is missing. What an earlier run left half-written is
    /// removed.
    ///
    /// # Errors
    /// When it cannot be made or read.
    pub fn open(directory: &Path) -> io::Result<Files> {
        std::fs::create_dir_all(directory)?;
        for entry in std::fs::read_dir(directory)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == DRAFT) {
                std::fs::remove_file(path)?;
            }
        }
        Ok(Files(Arc::new(directory.to_owned())))
    }

    /// Where the file of a key lies.
    #[must_use]
    pub fn path_of(&self, key: &str) -> PathBuf {
        // Keys hold identities of stations, which need not be fit for the name of a file.
        self.0.join(hex(&Sha256::digest(key.as_bytes())))
    }

    /// Begins a file of at most `limit` bytes.
    pub(super) fn begin(&self, key: &str, limit: u64) -> io::Result<Draft> {
        let path = self.path_of(key);
        let draft = path.with_extension(DRAFT);
        let file = File::create(&draft)?;
        Ok(Draft { path, draft, file, limit, size: 0, sha256: Sha256::new(), md5: md5::Md5::default() })
    }

    /// Removes the file of a key; one that is not there is no error.
    pub(super) fn remove(&self, key: &str) -> io::Result<()> {
        match std::fs::remove_file(self.path_of(key)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// What the name of a file that is being written ends in.
const DRAFT: &str = "part";

/// A file that is being written. Dropped, it is gone.
pub(super) struct Draft {
    path: PathBuf,
    draft: PathBuf,
    file: File,
    limit: u64,
    size: u64,
    sha256: Sha256,
    md5: md5::Md5,
}

impl Draft {
    /// Writes what comes next. It is written at once: pieces are small, and the disk buffers them.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), FilesError> {
        self.size = self.size.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if self.size > self.limit {
            return Err(FilesError::TooLarge(self.limit));
        }
        self.sha256.update(bytes);
        self.md5.update(bytes);
        Ok(self.file.write_all(bytes)?)
    }

    /// The file is whole: from here on it is there, and outlives a loss of power.
    pub(super) async fn finish(self, at: Timestamp) -> Result<KeptFile, FilesError> {
        let kept = KeptFile {
            size: self.size,
            sha256: hex(&self.sha256.clone().finalize()),
            md5: hex(&self.md5.clone().finalize()),
            at,
        };
        let finished = tokio::task::spawn_blocking(move || {
            self.file.sync_all()?;
            std::fs::rename(&self.draft, &self.path)?;
            sync_directory(&self.path)
        });
        finished.await.map_err(io::Error::other)??;
        Ok(kept)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After it was renamed there is nothing to remove.
        let _ = std::fs::remove_file(&self.draft);
    }
}

#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
