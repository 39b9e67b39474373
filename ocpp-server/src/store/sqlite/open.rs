//! Opening the file: one process at a time, checked before it is used, and brought up to date.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use rusqlite_migration::{M, Migrations};

use super::failure::sentence;

/// Why a database cannot be opened. Each is a sentence about the file, whose path the caller knows.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory of the file does not exist or cannot be entered.
    #[error("its directory cannot be used ({0}): make the directory, or choose another")]
    Directory(#[source] io::Error),
    /// There is a directory or a device where the file should be.
    #[error("there is a directory or a device of this name: move it away, or choose another place")]
    NotAFile,
    /// The file, or a file beside it, cannot be read or written.
    #[error(
        "it cannot be read and written ({0}): check the permissions of the file and its directory, and the disk"
    )]
    Unusable(String),
    /// Another process has the database open.
    #[error("it is in use by another process: stop the other manager, or choose another data directory")]
    Locked,
    /// The file is no SQLite database.
    #[error("it is not a database, or its beginning is damaged: restore it from a backup, or move it away")]
    NotADatabase,
    /// A database, but of another program.
    #[error("it is the database of another program: choose another place")]
    Foreign,
    /// The file is damaged.
    #[error("it is damaged ({0}): restore it from a backup, or move it away to begin with an empty one")]
    Damaged(String),
    /// A newer version of this program has written the file.
    #[error(
        "it was made by a newer version of this program (format {found}, known here are those up to {known}): update the program"
    )]
    #[allow(missing_docs)]
    Newer { found: i64, known: i64 },
    /// The tables could not be made or brought up to date; they are as they were.
    #[error("its tables cannot be brought up to date ({0}): nothing was changed")]
    Migration(String),
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> OpenError {
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => OpenError::NotADatabase,
            Some(ErrorCode::DatabaseCorrupt) => OpenError::Damaged("a page cannot be understood".to_owned()),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::Locked,
            _ => OpenError::Unusable(error.to_string()),
        }
    }
}

/// The forms of the database, oldest first; what is published is never changed, only added to.
const MIGRATIONS: &[M<'static>] = &[
    M::up(include_str!("migrations/01_first.sql")),
    M::up(include_str!("migrations/02_records.sql")),
    M::up(include_str!("migrations/03_unknown.sql")),
    M::up(include_str!("migrations/04_events.sql")),
    M::up(include_str!("migrations/05_running.sql")),
    M::up(include_str!("migrations/06_history.sql")),
];

/// How many connections read. SQLite serves one statement at a time on each.
const READERS: usize = 2;
/// How much of the file the connection that writes holds at most; of a small one it holds what there is.
const WRITER_CACHE_KIB: i64 = 16 * 1024;
/// After how many pages of the log they are worked into the file.
const CHECKPOINT_PAGES: i64 = 16_000;
/// How long to wait for somebody who looks into the file with another program.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Up to this size the whole file is checked at the start, which takes well under a second.
const FULL_CHECK_BYTES: u64 = 64 * 1024 * 1024;
/// The least that a database has, which is one page of the smallest size. An empty file is an empty database.
const MIN_BYTES: u64 = 512;
/// What a database of this program carries in its header.
const APPLICATION_ID: i64 = 0x4F43_5050;

/// An open database. The lock holds until it is dropped, or the process ends in whatever way.
pub(super) struct Opened {
    pub(super) writer: Connection,
    pub(super) readers: Vec<Connection>,
    pub(super) lock: File,
}

/// Opens the database at `path`, or makes an empty one.
pub(super) fn open(path: &Path) -> Result<Opened, OpenError> {
    let path = resolve(path)?;
    let lock = lock(&path)?;
    check_length(&path)?;
    let mut writer = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    check_origin(&writer)?;
    check_pages(&writer, &path)?;
    prepare(&mut writer)?;
    let readers = (0..READERS)
        .map(|_| connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Opened { writer, readers, lock })
}

/// The file's true path, so that two ways to one file meet at one lock.
fn resolve(path: &Path) -> Result<PathBuf, OpenError> {
    let name = path.file_name().ok_or(OpenError::NotAFile)?;
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let directory = fs::canonicalize(directory).map_err(OpenError::Directory)?;
    let path = directory.join(name);
    match fs::metadata(&path) {
        Ok(metadata) if metadata.is_file() => {
            fs::canonicalize(&path).map_err(|error| OpenError::Unusable(error.to_string()))
        }
        Ok(_) => Err(OpenError::NotAFile),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(path),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Err(OpenError::Directory(error)),
        Err(error) => Err(OpenError::Unusable(error.to_string())),
    }
}

/// Locks a file beside the database. The system takes the lock away when the process ends; the file stays.
fn lock(database: &Path) -> Result<File, OpenError> {
    let mut path = OsString::from(database);
    path.push(".lock");
    let unusable = |error: io::Error| OpenError::Unusable(format!("the lock file beside it: {error}"));
    let file = File::options().write(true).create(true).truncate(false).open(path).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked),
        Err(TryLockError::Error(error)) => Err(unusable(error)),
    }
}

/// SQLite takes the stump of a database for an empty one, and would write over it.
fn check_length(path: &Path) -> Result<(), OpenError> {
    match fs::metadata(path).map(|metadata| metadata.len()) {
        Ok(1..MIN_BYTES) => Err(OpenError::NotADatabase),
        _ => Ok(()),
    }
}

fn connect(path: &Path, access: OpenFlags) -> Result<Connection, OpenError> {
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(64);
    // A plan is made once for a statement, not anew for each value that is bound to it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // A damaged file must not be trusted to describe itself.
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

/// Refuses what newer versions or other programs have made.
fn check_origin(db: &Connection) -> Result<(), OpenError> {
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let application: i64 = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let found: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let is_empty = tables == 0 && application == 0 && found == 0;
    if !is_empty && application != APPLICATION_ID {
        return Err(OpenError::Foreign);
    }
    if found > known {
        return Err(OpenError::Newer { found, known });
    }
    Ok(())
}

/// Looks for damage. Above [`FULL_CHECK_BYTES`] only the header and the schema were read so far: damage
/// further in shows when it is read, as an error of that read.
fn check_pages(db: &Connection, path: &Path) -> Result<(), OpenError> {
    let bytes = fs::metadata(path).map_err(|error| OpenError::Unusable(error.to_string()))?.len();
    if bytes > FULL_CHECK_BYTES {
        return Ok(());
    }
    let verdict: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" {
        return Ok(());
    }
    let finding =
        verdict.lines().find(|line| !line.starts_with("***")).unwrap_or("a page cannot be understood");
    Err(OpenError::Damaged(finding.trim().to_owned()))
}

fn prepare(db: &mut Connection) -> Result<(), OpenError> {
    let mode: String = db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(OpenError::Unusable(
            "its file system cannot share memory between programs, as network drives cannot".to_owned(),
        ));
    }
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "foreign_keys", true)?;
    // What many stations write at the same time is all over the file, and would be read again for each of them.
    db.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    // What is needed to take a single unit back is small and short-lived: it does not have to be a file.
    db.pragma_update(None, "temp_store", "MEMORY")?;
    // The log is worked into the file every 64 MiB rather than every 4: pages that many commits change are
    // then written once for all of them.
    db.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    // What a burst has made of the log is given back.
    db.query_row("PRAGMA journal_size_limit = 67108864", [], |_| Ok(()))?;
    Migrations::from_slice(MIGRATIONS).to_latest(db).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => OpenError::Migration(sentence(&err)),
        other => OpenError::Migration(other.to_string()),
    })
}
