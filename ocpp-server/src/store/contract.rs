//! The test suite of stores: what every implementation promises, as checks.
//!
//! A store of your own passes when this test passes:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! use ocpp_server::store::{Memory, contract};
//!
//! contract::check(|| async { Memory::new() }).await;
//! # }
//! ```
//!
//! Every check gets an empty store. A promise that is not kept is a panic that names it.
#![allow(clippy::expect_used, clippy::panic, reason = "checks of a test suite report by panicking")]

mod crowd;
mod epochs;
mod history;
mod lists;
mod records;
pub mod samples;
mod units;

use std::sync::Arc;

use super::{CommitError, Committed, Store, Unit};
use crate::domain::StoredEvent;

/// Runs every check, each on a store of its own that `make` makes empty. Needs a Tokio runtime; on one with
/// several threads the crowds of the last checks really run at the same time.
///
/// # Panics
/// With the broken promise, when the store breaks one.
pub async fn check<S: Store>(make: impl AsyncFn() -> S) {
    units::keeps_everything(&make().await).await;
    units::keeps_all_or_nothing(&make().await).await;
    units::compares_revisions(&make().await).await;
    units::repeats_nothing(&make().await).await;
    units::gives_back_what_it_keeps(&make().await).await;
    units::gives_numbers_and_starts_once(&make().await).await;
    units::keeps_a_reading_once(&make().await).await;
    units::counts_refusals(&make().await).await;
    units::bounds_refusals(&make().await).await;
    units::keeps_what_is_not_counted(&make().await).await;
    records::keeps_records(&make().await).await;
    records::compares_revisions_of_records(&make().await).await;
    records::removes_records(&make().await).await;
    records::keeps_all_or_nothing_with_records(&make().await).await;
    records::pages_records(&make().await).await;
    records::tells_who_owns_what_at_once(&make().await).await;
    records::settles_refusals(&make().await).await;
    epochs::refuses_stale_connections(&make().await).await;
    epochs::opens_connections(&make().await).await;
    history::keeps_observations(&make().await).await;
    history::keeps_courses(&make().await).await;
    lists::is_empty_at_first(&make().await).await;
    lists::pages_stations(&make().await).await;
    lists::orders_ports(&make().await).await;
    lists::pages_sessions(&make().await).await;
    lists::finds_sessions_of_tokens(&make().await).await;
    lists::orders_readings(&make().await).await;
    lists::numbers_events(&make().await).await;
    crowd::keeps_each_unit_of_a_crowd_once(Arc::new(make().await)).await;
    crowd::lets_one_of_a_crowd_win(Arc::new(make().await)).await;
    crowd::keeps_each_write_of_a_record_once(Arc::new(make().await)).await;
    crowd::applies_a_key_of_a_crowd_once(Arc::new(make().await)).await;
}

/// Commits a unit that has to be kept.
async fn keep(store: &impl Store, unit: Unit) -> Vec<Arc<StoredEvent>> {
    match store.commit(unit.clone()).await {
        Ok(Committed::New(events)) => events,
        other => panic!("a unit that meets all conditions is kept, but {unit:?} gave {other:?}"),
    }
}

/// Commits a unit that has to be refused.
async fn refuse(store: &impl Store, unit: Unit) -> CommitError {
    match store.commit(unit.clone()).await {
        Err(error) => error,
        Ok(committed) => panic!("a unit whose condition fails is refused, but {unit:?} gave {committed:?}"),
    }
}
