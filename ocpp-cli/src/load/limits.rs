//! Room for many connections: how many files a process may have open.

use crate::exit::Failure;

/// What a process has open beside its connections.
const OWN_FILES: u64 = 100;

/// Makes room for so many connections, by raising this process's own limit as far as it may.
///
/// # Errors
/// [`Failure::Unavailable`] with what to do when there is not enough.
#[cfg(unix)]
pub(super) fn make_room(stations: u32) -> Result<(), Failure> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let needed = u64::from(stations) + OWN_FILES;
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= needed) {
        return Ok(());
    }
    if let Some(most) = limit.maximum.filter(|most| *most < needed) {
        return Err(Failure::Unavailable(format!(
            "{stations} stations need {needed} open files and this process may have {most}: choose fewer \
             stations, or raise the limit (as root: ulimit -Hn {needed}; ulimit -n {needed})"
        )));
    }
    setrlimit(Resource::Nofile, Rlimit { current: Some(needed), maximum: limit.maximum }).map_err(|error| {
        Failure::unavailable(format!("the limit of open files cannot be raised (ulimit -n {needed})"), &error)
    })
}

/// There is no such limit to check.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps)] // The other systems' form.
pub(super) fn make_room(_: u32) -> Result<(), Failure> {
    Ok(())
}

/// Checks that another process has room for so many connections, as far as that can be read.
///
/// # Errors
/// [`Failure::Unavailable`] with what to do when there is not enough.
pub(super) fn check_room_of(pid: u32, stations: u32) -> Result<(), Failure> {
    let Ok(text) = std::fs::read_to_string(format!("/proc/{pid}/limits")) else { return Ok(()) };
    let soft = text.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft = soft.and_then(|rest| rest.split_whitespace().next()).and_then(|word| word.parse::<u64>().ok());
    let needed = u64::from(stations) + OWN_FILES;
    match soft {
        Some(most) if most < needed => Err(Failure::Unavailable(format!(
            "{stations} stations need {needed} open files and process {pid} may have {most}: start it after \
             ulimit -n {needed}, or choose fewer stations"
        ))),
        _ => Ok(()),
    }
}
