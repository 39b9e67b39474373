//! Both stores keep the contract.

#[cfg(feature = "sqlite")]
use std::cell::Cell;

#[cfg(feature = "sqlite")]
use ocpp_server::store::Sqlite;
use ocpp_server::store::{Memory, contract};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_keeps_the_contract() {
    contract::check(async || Memory::new()).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_keeps_the_contract() {
    let directory = tempfile::tempdir().unwrap();
    let count = Cell::new(0);
    let make = async || {
        count.set(count.get() + 1);
        Sqlite::open(&directory.path().join(format!("{}.db", count.get()))).unwrap()
    };
    contract::check(make).await;
}
