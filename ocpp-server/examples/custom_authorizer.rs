//! Asking a system of your own who may charge.
//!
//!     cargo run -p ocpp-server --example custom_authorizer

use std::time::Duration;

use async_trait::async_trait;
use ocpp_core::model::{Authorization, AuthorizationStatus, IdToken, StationId, TokenKind};
use ocpp_server::Csms;
use ocpp_server::handle::{Authorizer, Question};
use ocpp_server::store::Memory;

/// Members may charge anywhere, guests at the stations by the road only.
struct Club;

#[async_trait]
impl Authorizer for Club {
    async fn authorize(&self, question: &Question<'_>) -> Option<Authorization> {
        // Ask over the network here; `None` says that nobody can tell at this moment.
        let token = question.token.canonical();
        let status = match () {
            () if token.starts_with("MEMBER-") => AuthorizationStatus::Accepted,
            () if token.starts_with("GUEST-") && question.station.as_str().starts_with("Road-") => {
                AuthorizationStatus::Accepted
            }
            () if token.starts_with("GUEST-") => AuthorizationStatus::NotAtThisLocation,
            () => AuthorizationStatus::Invalid,
        };
        Some(Authorization {
            group: Some(IdToken::new("CLUB", TokenKind::CENTRAL)),
            ..Authorization::of(status)
        })
    }

    /// A driver waits at the station meanwhile.
    fn deadline(&self) -> Duration {
        Duration::from_secs(2)
    }

    /// When nobody can tell, members' cars matter more than a free charge.
    fn fallback(&self) -> AuthorizationStatus {
        AuthorizationStatus::Accepted
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let _csms = Csms::builder(Memory::new()).authorizer(Club).build().await?;
    for (station, token) in [("Road-1", "guest-7"), ("Yard-1", "guest-7"), ("Yard-1", "member-7")] {
        let (station, token) = (StationId::new(station)?, IdToken::new(token, TokenKind::ISO14443));
        let now = jiff::Timestamp::now();
        let question = Question { station: &station, place: None, token: &token, session: None, now };
        let word = Club.authorize(&question).await;
        eprintln!("{} at {station}: {:?}", token.canonical(), word.map(|word| word.status));
    }
    Ok(())
}
