//! What SQLite's errors mean to an operator, in words without any stored value.

use rusqlite::{Error, ErrorCode};

/// One sentence (without a full stop): what happened and what to do.
pub(super) fn sentence(error: &Error) -> String {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => {
            "the disk is full, or the limit of the database's size is reached: make room; nothing has to be restarted"
                .to_owned()
        }
        Some(ErrorCode::SystemIoFailure) => {
            format!("the disk failed ({error}): check the disk and the system's log")
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            "the file is damaged: stop the manager and restore the file from a backup".to_owned()
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another program keeps the file locked: end that program".to_owned()
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            format!("the file cannot be used ({error}): check the permissions of the file and its directory")
        }
        _ => unreadable_row(error).unwrap_or_else(|| error.to_string()),
    }
}

/// A value that this program would not have written. The value itself stays out of the sentence.
fn unreadable_row(error: &Error) -> Option<String> {
    match error {
        Error::FromSqlConversionFailure(column, ..)
        | Error::InvalidColumnType(column, ..)
        | Error::IntegralValueOutOfRange(column, _) => Some(format!(
            "a row holds what cannot be understood (column {}): the file is damaged, restore it from a backup",
            column + 1
        )),
        _ => None,
    }
}
