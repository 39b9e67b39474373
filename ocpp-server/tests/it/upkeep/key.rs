//! New keys told by OCPP (A01).

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use ocpp_core::types::Version;
use ocpp_server::edge::{Admission, Knock, NotAdmitted, StoredStations};
use ocpp_server::maintenance::{KeyRenewal, UpkeepError};
use ocpp_server::register::{Login, StationForm};
use ocpp_server::store::Store;
use serde_json::json;

use super::{Says, Station, VERSIONS, Yard, id, pass};

/// A station with a key, connected.
async fn with_key(version: Version) -> (Yard, Station, String) {
    let yard = Yard::new().await;
    let added = yard.world.register().add_station("CS1", Login::Key, StationForm::default()).await.unwrap();
    let station = yard.world.connect("CS1", version).await;
    (yard, station, added.key.unwrap().expose().to_owned())
}

async fn opens(yard: &Yard, password: &str) -> bool {
    let store: Arc<dyn Store> = yard.world.store.clone();
    let knock = Knock {
        user_name: ocpp_server::edge::UserName::Identity,
        station: id("CS1"),
        password: Some(password.as_bytes().to_vec().into()),
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    match StoredStations::new(store, yard.world.pepper.clone()).admit(&knock).await {
        Ok(()) => true,
        Err(NotAdmitted::Refused(_)) => false,
        Err(NotAdmitted::Unavailable(why)) => panic!("{why}"),
    }
}

/// What the station says to the order, in the words of its version.
fn takes_keys(station: &Station, status: &str) {
    let variable = json!({"setVariableResult": [{
        "attributeStatus": status,
        "component": {"name": "SecurityCtrlr"},
        "variable": {"name": "BasicAuthPassword"}
    }]});
    station.says("SetVariables", Says::Result(variable));
    station.says("ChangeConfiguration", Says::Result(json!({"status": status})));
}

/// The key that the station was told, as it is told.
fn told(station: &Station) -> String {
    let value = if station.is_2x() {
        let order = station.orders("SetVariables").pop().unwrap();
        let change = &order["setVariableData"][0];
        assert_eq!(change["component"]["name"], "SecurityCtrlr");
        assert_eq!(change["variable"]["name"], "BasicAuthPassword");
        change["attributeValue"].clone()
    } else {
        let order = station.orders("ChangeConfiguration").pop().unwrap();
        assert_eq!(order["key"], "AuthorizationKey");
        order["value"].clone()
    };
    value.as_str().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn tc_a_09_csms() {
    for version in VERSIONS {
        let (yard, station, old) = with_key(version).await;
        takes_keys(&station, "Accepted");
        assert_eq!(yard.upkeep().renew_key(&id("CS1")).await, Ok(KeyRenewal::Renewed));
        let new = told(&station);
        assert!((16..=40).contains(&new.len()), "A01.FR.05: {} signs", new.len());
        assert!(opens(&yard, &new).await, "{version}");
        assert!(!opens(&yard, &old).await, "{version}: only the new one opens");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_a_10_csms() {
    for version in VERSIONS {
        let (yard, station, old) = with_key(version).await;
        takes_keys(&station, "Rejected");
        let refused = yard.upkeep().renew_key(&id("CS1")).await.unwrap_err();
        let sentence = "The station refuses a new key: the old one goes on to hold.";
        assert_eq!(refused.to_string(), sentence);
        assert!(opens(&yard, &old).await && !opens(&yard, &told(&station)).await, "{version}");
        station.status(1, "Available").await;
    }
}

/// The answer is lost, or the station has to restart first: whichever key it comes with is let in, and the old one
/// is void from the new one's first use on.
#[tokio::test(start_paused = true)]
async fn until_the_station_has_shown_it_both_keys_open() {
    for lost in [true, false] {
        let (yard, station, old) = with_key(Version::V201).await;
        takes_keys(&station, "RebootRequired");
        if lost {
            station.says("SetVariables", Says::Nothing);
        }
        let expected = if lost { KeyRenewal::Unsure } else { KeyRenewal::AtRestart };
        assert_eq!(yard.upkeep().renew_key(&id("CS1")).await, Ok(expected));
        pass(60).await;
        assert!(opens(&yard, &old).await);
        assert!(!opens(&yard, "something else").await);
        assert!(opens(&yard, &told(&station)).await);
        assert!(!opens(&yard, &old).await, "the station has shown the new one");
    }
}

#[tokio::test(start_paused = true)]
async fn only_a_connected_station_is_given_a_key() {
    let (yard, station, old) = with_key(Version::V201).await;
    station.hang_up();
    pass(5).await;
    assert_eq!(yard.upkeep().renew_key(&id("CS1")).await, Err(UpkeepError::NotConnected));
    assert!(opens(&yard, &old).await);
    let unknown = yard.upkeep().renew_key(&id("CS9")).await;
    assert!(matches!(unknown, Err(UpkeepError::Unknown { .. })));
}
