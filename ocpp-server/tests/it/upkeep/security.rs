//! Security events (A04).

use ocpp_core::model::Severity;
use ocpp_server::domain::{Alarm, KeptSecurityEvent};
use serde_json::json;

use super::{Station, VERSIONS, Yard};

async fn happens(station: &Station, event: &str, info: &str) {
    let payload = json!({"type": event, "timestamp": station.now(), "techInfo": info});
    assert_eq!(station.call("SecurityEventNotification", payload).await.unwrap(), json!({}));
}

#[tokio::test(start_paused = true)]
async fn events_are_kept_and_critical_ones_raise_an_alarm() {
    for version in VERSIONS {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        happens(&station, "InvalidMessages", "1").await;
        assert!(yard.world.all::<Alarm>().await.is_empty());
        happens(&station, "TamperDetectionActivated", "door").await;
        happens(&station, "AcmeSirenLoud", "2").await;
        happens(&station, "TamperDetectionActivated", "lid").await;
        let kept = yard.world.all::<KeptSecurityEvent>().await;
        let severities: Vec<_> = kept.iter().map(|kept| kept.severity).collect();
        use Severity::{Critical, Notice, Unlisted};
        assert_eq!(severities, [Notice, Critical, Unlisted, Critical], "{version}");
        let alarm = yard.world.all::<Alarm>().await.remove(0);
        assert_eq!((alarm.count, alarm.detail.as_deref()), (2, Some("lid")));
        assert_eq!(yard.world.all::<KeptSecurityEvent>().await.len(), 4, "the events stay");
    }
}

/// A station that did not hear the answer sends the same event again.
#[tokio::test(start_paused = true)]
async fn the_same_event_again_is_none_more() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", VERSIONS[1]).await;
    let payload = json!({"type": "MemoryExhaustion", "timestamp": station.now()});
    for _ in 0..3 {
        station.call("SecurityEventNotification", payload.clone()).await.unwrap();
    }
    assert_eq!(yard.world.all::<KeptSecurityEvent>().await.len(), 1);
    assert_eq!(yard.world.all::<Alarm>().await[0].count, 1);
}

#[tokio::test(start_paused = true)]
async fn a_flood_keeps_the_latest_thousand() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", VERSIONS[2]).await;
    for number in 0..1010 {
        happens(&station, "InvalidMessages", &number.to_string()).await;
        // As many as a station may send.
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    let kept = yard.world.all::<KeptSecurityEvent>().await;
    assert_eq!(kept.len(), 1000);
    assert_eq!(kept[0].what.info.as_deref(), Some("10"));
    assert_eq!(kept[999].number, 1010);
}
