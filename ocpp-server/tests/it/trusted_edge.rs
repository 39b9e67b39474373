//! Connections: who is online, who is held in bounds, what happens when the store or the manager fails.

mod bounds;
#[cfg(feature = "deflate")]
mod deflate;
mod failure;
mod fairness;
mod habits;
mod layers;
mod liveness;
mod malformed;
mod registration;
mod spans;
mod station;
mod take_over;

use std::sync::Arc;
use std::time::Duration;

use ocpp_core::model::StationId;
use ocpp_server::domain::{Connection, Station as Kept};
use ocpp_server::edge::EdgeSettings;
use ocpp_server::session::SessionSettings;
use ocpp_server::store::{Memory, Store};
use ocpp_server::{Builder, Csms};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// A manager that serves on a port of its own until it is dropped.
struct Manager {
    csms: Csms,
    address: String,
    shutdown: CancellationToken,
    served: Option<tokio::task::JoinHandle<()>>,
}

impl Manager {
    async fn of(builder: Builder) -> Manager {
        let csms = builder.build().await.expect("a manager");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address").to_string();
        let shutdown = CancellationToken::new();
        let (served, until) = (csms.clone(), shutdown.clone());
        let served = Some(tokio::spawn(async move { served.serve(listener, until).await }));
        Manager { csms, address, shutdown, served }
    }

    async fn over(store: Arc<dyn Store>) -> Manager {
        Manager::of(quick(Csms::builder_over(store))).await
    }

    async fn start() -> Manager {
        Manager::over(Arc::new(Memory::new())).await
    }

    async fn stop(mut self) {
        self.shutdown.cancel();
        self.served.take().expect("it runs").await.expect("it ends");
    }

    async fn kept(&self, id: &str) -> Kept {
        let id = StationId::new(id).expect("an identity");
        self.csms.store().station(&id).await.expect("readable").expect("a station")
    }

    /// Waits until a station's connection is as expected.
    async fn until(&self, id: &str, what: &str, is_so: impl Fn(&Connection) -> bool) -> Connection {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
        loop {
            let connection = self.kept(id).await.connection;
            if is_so(&connection) {
                return connection;
            }
            assert!(tokio::time::Instant::now() < deadline, "{id} is not {what} but {connection:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// Settings under which a test does not have to wait for half a minute.
fn quick(builder: Builder) -> Builder {
    let session = SessionSettings { gone_within: Duration::from_millis(600), ..SessionSettings::default() };
    builder.edge(EdgeSettings { session, ..EdgeSettings::default() }).heartbeat_interval(1)
}

fn is_online(connection: &Connection) -> bool {
    matches!(connection, Connection::Online { .. })
}

fn is_offline(connection: &Connection) -> bool {
    matches!(connection, Connection::Offline { .. })
}
