//! A whole manager: stations of 1.6, 2.0.1 and 2.1 dial `ws://127.0.0.1:9000/ocpp/<identity>`, and what they tell is
//! kept in `ocpp.db`.
use ocpp_server::{Csms, store::Sqlite};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let csms = Csms::builder(Sqlite::open("ocpp.db".as_ref())?).build().await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:9000").await?;
    csms.serve(listener, Default::default()).await;
    Ok(())
}
