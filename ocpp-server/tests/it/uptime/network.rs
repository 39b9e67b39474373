//! A network of ports with a past that is told to it, and a clock that stands.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{ConnectorId, EvseId, Place, PortStatus, StationId};
use ocpp_server::Csms;
use ocpp_server::access::Pepper;
use ocpp_server::availability::report::{Past, PortPast, Reports};
use ocpp_server::availability::{Formula, PortKnown, PortOfHistory, Span, course, in_order};
use ocpp_server::domain::{Observation, Observed, SiteId};
use ocpp_server::handle::Clock;
use ocpp_server::register::{ExclusionForm, Login, Register, SiteForm, StationForm};
use ocpp_server::store::{Memory, ReadError};

pub(super) const CONNECTOR: Place = Place::Connector(EvseId(1), ConnectorId(1));
pub(super) const FAULT: Observed = Observed::Status(PortStatus::Faulted);
pub(super) const FREE: Observed = Observed::Status(PortStatus::Available);

pub(super) fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

#[derive(Clone)]
struct Standing(Arc<Mutex<Timestamp>>);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("the time")
    }
}

/// The past of each station: its ports, and what was observed.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<BTreeMap<StationId, PastOfPort>>>);

type PastOfPort = (PortOfHistory, Vec<Observation>);

#[async_trait]
impl Past for Told {
    async fn courses(&self, site: Option<&SiteId>, window: Span) -> Result<Vec<PortPast>, ReadError> {
        let told = self.0.lock().expect("the past");
        let here = told.values().filter(|(port, _)| site.is_none() || port.site.as_ref() == site);
        let past = |(port, observations): &PastOfPort| {
            let mut all = observations.clone();
            in_order(&mut all);
            let course = course(window, PortKnown::default(), port.evse, &all).0;
            PortPast { port: port.clone(), course }
        };
        Ok(here.map(past).collect())
    }

    async fn heard_after(
        &self,
        station: &StationId,
        window: Span,
        after: Timestamp,
    ) -> Result<Vec<Observation>, ReadError> {
        let told = self.0.lock().expect("the past");
        let all = told.get(station).map(|(_, all)| all.as_slice()).unwrap_or_default();
        let is_late = |one: &&Observation| {
            one.heard_at > after && one.at >= window.from().timestamp() && one.at < window.to().timestamp()
        };
        Ok(all.iter().filter(is_late).cloned().collect())
    }
}

pub(super) struct Network {
    pub(super) csms: Csms,
    pub(super) register: Register,
    pub(super) reports: Reports,
    clock: Standing,
    told: Told,
}

impl Network {
    pub(super) async fn at(now: &str) -> Network {
        let clock = Standing(Arc::new(Mutex::new(moment(now))));
        let csms = Csms::builder(Memory::new()).clock(clock.clone()).build().await.expect("a manager");
        let told = Told::default();
        let register = Register::new(csms.clone(), Pepper::random().expect("a pepper"));
        let reports = Reports::new(csms.clone(), told.clone());
        Network { csms, register, reports, clock, told }
    }

    pub(super) fn pass(&self, time: SignedDuration) {
        *self.clock.0.lock().expect("the time") += time;
    }

    pub(super) async fn site(&self, zone: &str) -> SiteId {
        let form = SiteForm { name: "Site".into(), time_zone: zone.into(), ..SiteForm::default() };
        self.register.add_site(form).await.expect("a site").id
    }

    /// A station in the register.
    pub(super) async fn station(&self, id: &str, site: &SiteId) {
        let mut form = StationForm { site: Some(site.clone()), ..StationForm::default() };
        form.evses =
            serde_json::from_str(r#"[{"id":1,"name":null,"power":null,"connectors":[]}]"#).expect("an EVSE");
        self.register.add_station(id, Login::Unproven, form).await.expect("a station");
    }

    /// A port that has been in service and free for years.
    pub(super) fn port(&self, station: &str, site: Option<&SiteId>, since: &str) {
        let id = StationId::new(station).expect("an identity");
        let port = PortOfHistory {
            station: id.clone(),
            evse: EvseId(1),
            site: site.cloned(),
            in_service_since: moment(since),
            in_service_until: None,
        };
        self.told.0.lock().expect("the past").insert(id, (port, Vec::new()));
        let long_ago = moment("2019-01-01T00:00:00Z");
        self.says(station, long_ago, Place::Station, Observed::Online);
        self.says(station, long_ago, CONNECTOR, FREE);
    }

    /// What a station tells now of a moment.
    pub(super) fn says(&self, station: &str, at: Timestamp, place: Place, what: Observed) {
        let id = StationId::new(station).expect("an identity");
        let heard_at = self.clock.now();
        let mut told = self.told.0.lock().expect("the past");
        let (_, all) = told.get_mut(&id).expect("a port");
        all.push(Observation { at, heard_at, place, what });
    }

    /// A fault of so many minutes.
    pub(super) fn down(&self, station: &str, from: &str, minutes: i64) {
        let from = moment(from);
        self.says(station, from, CONNECTOR, FAULT);
        self.says(station, from + SignedDuration::from_mins(minutes), CONNECTOR, FREE);
    }

    /// An exclusion, whether the register knows the station or not.
    pub(super) async fn enter(&self, form: ExclusionForm) {
        if let ocpp_server::domain::ExclusionPlace::Station(station) = &form.place {
            // There may be one already.
            let _ =
                self.register.add_station(station.as_str(), Login::Unproven, StationForm::default()).await;
        }
        self.register.enter_exclusion(form, "anna").await.expect("an exclusion");
    }

    /// A contract: 99 percent of each window, of all ports together, only the grid excuses.
    pub(super) async fn own_formula(&self, id: &str, window: &str) -> Formula {
        let formula = serde_json::json!({
            "id": id, "name": "Contract", "source": "Contract of 2020", "valid_from": "2020-01-01",
            "scope": "network", "window": window, "minutes_of_window": null,
            "counts_for": ["available", "charging", "suspended_ev", "suspended_evse", "idle", "finishing", "reserved"],
            "threshold": {"percent": "99", "must_exceed": false},
            "exclusions": [{"reason": "utility"}], "short_service": "since_service"
        });
        let formula: Formula = serde_json::from_value(formula).expect("a formula");
        self.register.add_formula(formula.clone(), "anna").await.expect("a new formula");
        formula
    }
}
