//! The way from those who note to the one who writes: bytes, appended under a short lock and taken all at once.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Way;

/// When this much waits, the writer is woken before its time.
const WAKE_BYTES: usize = 128 * 1024;
/// The numbers before each frame: its length, the time, the way, the length of the station's name.
const HEAD_BYTES: usize = 4 + 8 + 1 + 2;
/// A buffer that grew beyond this in a rush is given back to the system when it is hardly used.
const KEPT_BYTES: usize = 1024 * 1024;

/// What waits to be written.
#[derive(Default)]
pub(super) struct Batch {
    bytes: Vec<u8>,
    /// What did not fit.
    pub dropped: Gap,
    /// Which requests to write everything out this batch answers.
    pub flush: u64,
    /// Nothing comes after this batch.
    pub last: bool,
}

/// Frames that are missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Gap {
    pub frames: u64,
    pub bytes: u64,
    /// The first one's time in microseconds.
    pub since: i64,
}

impl Gap {
    pub(super) fn add(&mut self, at: i64, frames: u64, bytes: u64) {
        if self.frames == 0 {
            self.since = at;
        }
        self.frames += frames;
        self.bytes += bytes;
    }
}

/// One frame as it waits.
pub(super) struct Waiting<'a> {
    pub at: i64,
    pub way: Way,
    pub station: &'a str,
    pub frame: &'a str,
}

impl Batch {
    fn push(&mut self, waiting: &Waiting<'_>) -> bool {
        let (Ok(frame), Ok(station)) =
            (u32::try_from(waiting.frame.len()), u16::try_from(waiting.station.len()))
        else {
            return false;
        };
        let mut head = [0; HEAD_BYTES];
        head[..4].copy_from_slice(&frame.to_le_bytes());
        head[4..12].copy_from_slice(&waiting.at.to_le_bytes());
        head[12] = u8::from(waiting.way == Way::ToStation);
        head[13..].copy_from_slice(&station.to_le_bytes());
        self.bytes.extend_from_slice(&head);
        self.bytes.extend_from_slice(waiting.station.as_bytes());
        self.bytes.extend_from_slice(waiting.frame.as_bytes());
        true
    }

    /// The frames in the order in which they came.
    pub(super) fn frames(&self) -> impl Iterator<Item = Waiting<'_>> {
        let mut rest = &self.bytes[..];
        std::iter::from_fn(move || {
            let (head, behind) = rest.split_first_chunk::<HEAD_BYTES>()?;
            let (length, head) = head.split_first_chunk::<4>()?;
            let (at, head) = head.split_first_chunk::<8>()?;
            let (way, station) = head.split_first()?;
            let station = u16::from_le_bytes(*station.first_chunk()?);
            let (station, behind) = behind.split_at_checked(usize::from(station))?;
            let (frame, behind) = behind.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            rest = behind;
            Some(Waiting {
                at: i64::from_le_bytes(*at),
                way: if *way == 0 { Way::FromStation } else { Way::ToStation },
                station: std::str::from_utf8(station).ok()?,
                frame: std::str::from_utf8(frame).ok()?,
            })
        })
    }

    fn clear(&mut self) {
        if self.bytes.capacity() > KEPT_BYTES && self.bytes.len() < self.bytes.capacity() / 4 {
            self.bytes = Vec::new();
        }
        self.bytes.clear();
        self.dropped = Gap::default();
    }
}

#[derive(Default)]
struct Inner {
    batch: Batch,
    /// The writer sleeps and has not been woken.
    asleep: bool,
    flush_asked: u64,
    flush_done: u64,
    /// The writer is gone.
    closed: bool,
}

/// The queue itself.
pub(super) struct Queue {
    inner: Mutex<Inner>,
    wake: Condvar,
    done: Condvar,
    /// As much may wait; as much again is being written.
    most: usize,
}

impl Queue {
    pub(super) fn new(most: usize) -> Queue {
        Queue { inner: Mutex::default(), wake: Condvar::new(), done: Condvar::new(), most }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing is left half-changed when somebody panics: a frame is appended as a whole or by length only.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends a frame; `false` when it was dropped, and counted.
    #[inline]
    pub(super) fn push(&self, waiting: &Waiting<'_>) -> bool {
        let size = HEAD_BYTES + waiting.station.len() + waiting.frame.len();
        let mut inner = self.lock();
        let fits = !inner.closed && inner.batch.bytes.len() + size <= self.most && inner.batch.push(waiting);
        if !fits {
            inner.batch.dropped.add(waiting.at, 1, waiting.frame.len() as u64);
        }
        if inner.asleep && (!fits || inner.batch.bytes.len() >= WAKE_BYTES) {
            inner.asleep = false;
            drop(inner);
            self.wake.notify_one();
        }
        fits
    }

    /// Takes what waits, after at most `patience`; `batch` is what was taken before, to be used again.
    pub(super) fn take(&self, batch: &mut Batch, patience: Duration) {
        batch.clear();
        let mut inner = self.lock();
        let ready = |inner: &Inner| {
            inner.batch.last || inner.flush_asked > inner.flush_done || inner.batch.bytes.len() >= WAKE_BYTES
        };
        if !ready(&inner) {
            inner.asleep = true;
            inner = self
                .wake
                .wait_timeout_while(inner, patience, |inner| inner.asleep && !ready(inner))
                .unwrap_or_else(PoisonError::into_inner)
                .0;
            inner.asleep = false;
        }
        std::mem::swap(&mut inner.batch, batch);
        batch.flush = inner.flush_asked;
        inner.batch.last = batch.last;
    }

    /// What was taken is written, as far as that was possible.
    pub(super) fn written(&self, batch: &Batch) {
        let mut inner = self.lock();
        if inner.flush_done < batch.flush {
            inner.flush_done = batch.flush;
            drop(inner);
            self.done.notify_all();
        }
    }

    /// Waits until everything that was noted before is written.
    pub(super) fn flush(&self) {
        let mut inner = self.lock();
        inner.flush_asked += 1;
        let asked = inner.flush_asked;
        inner.asleep = false;
        self.wake.notify_one();
        while inner.flush_done < asked && !inner.closed {
            inner = self.done.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Tells the writer to write what waits and to end.
    pub(super) fn end(&self) {
        let mut inner = self.lock();
        inner.batch.last = true;
        inner.asleep = false;
        drop(inner);
        self.wake.notify_one();
    }

    /// The writer ended: nobody will ever take anything again.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.done.notify_all();
    }
}
