//! Campaigns: waves, windows, limits, and a manager that is killed in between.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::civil::time;
use ocpp_core::types::Version;
use ocpp_server::domain::{
    Campaign, CampaignId, CampaignPlan, CampaignState, CampaignTarget, Firmware, StationFilter, TargetState,
    Window,
};
use ocpp_server::maintenance::{CampaignForm, UpkeepError};

use super::{Station, VERSIONS, Yard, boots, id, pass, takes_updates, tells};

fn plan(waves: &[u32], at_once: u32, max_failures: u32) -> CampaignPlan {
    CampaignPlan { waves: waves.to_vec(), at_once, window: None, max_failures, hours_each: 24, retries: None }
}

fn form(firmware: &Firmware, plan: CampaignPlan) -> CampaignForm {
    CampaignForm {
        name: "Spring".to_owned(),
        firmware: firmware.id.clone(),
        filter: StationFilter::default(),
        plan,
    }
}

/// How a station takes an update.
#[derive(Clone, Copy, PartialEq)]
enum Does {
    Well,
    Fail,
}

/// A station that updates itself as it is told, five minutes each; it notes when it begins and ends.
fn obey(station: Station, does: Does, log: Arc<Mutex<Vec<(String, bool)>>>) {
    takes_updates(&station, "Accepted");
    tokio::spawn(async move {
        let mut done = 0;
        loop {
            let Some(order) = station.orders("UpdateFirmware").get(done).cloned() else {
                tokio::time::sleep(Duration::from_secs(2)).await;
                continue;
            };
            done += 1;
            log.lock().unwrap().push((station.name.clone(), true));
            let request = order["requestId"].as_i64();
            tells(&station, request, "Downloading").await;
            pass(300).await;
            log.lock().unwrap().push((station.name.clone(), false));
            if does == Does::Fail {
                tells(&station, request, "DownloadFailed").await;
                continue;
            }
            for stage in ["Downloaded", "Installing"] {
                tells(&station, request, stage).await;
            }
            boots(&station, "2.0").await;
        }
    });
}

type Log = Arc<Mutex<Vec<(String, bool)>>>;

impl Yard {
    async fn fleet(&self, count: u32, log: &Log, does: impl Fn(u32) -> Does) {
        for number in 1..=count {
            let version = VERSIONS[usize::try_from(number).unwrap() % 3];
            let station = self.world.connect(&format!("CS{number:02}"), version).await;
            boots(&station, "1.0").await;
            obey(station, does(number), Arc::clone(log));
        }
    }

    async fn begin(&self, plan: CampaignPlan) -> CampaignId {
        let firmware = self.firmware(Some("2.0"), None).await;
        self.upkeep().begin_campaign(form(&firmware, plan), "anna").await.unwrap().id
    }

    async fn campaign_in(&self, id: &CampaignId, state: &str) -> Campaign {
        for _ in 0..20_000 {
            let campaign = self.upkeep().campaign(id).await.unwrap();
            if campaign.state.name() == state {
                return campaign;
            }
            pass(1).await;
        }
        panic!("never {state}: {:?}", self.upkeep().report_of(id).await);
    }

    async fn targets(&self, id: &CampaignId) -> Vec<CampaignTarget> {
        let targets = self.upkeep().targets_of(id).await.unwrap();
        targets.into_iter().map(|report| report.target).collect()
    }

    async fn count(&self, id: &CampaignId, state: &str) -> usize {
        self.targets(id).await.iter().filter(|target| target.state.name() == state).count()
    }
}

/// The most that were at it at the same time.
fn most_at_once(log: &Log) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    for (_, begins) in log.lock().unwrap().iter() {
        now = if *begins { now + 1 } else { now - 1 };
        most = most.max(now);
    }
    most
}

#[tokio::test(start_paused = true)]
async fn a_fleet_is_updated_in_waves() {
    let yard = Yard::new().await;
    let log: Log = Arc::default();
    yard.fleet(12, &log, |_| Does::Well).await;
    let id = yard.begin(plan(&[2, 4], 3, 0)).await;
    let campaign = yard.campaign_in(&id, "ended").await;
    assert_eq!((campaign.waves, campaign.stations), (2, 12));
    let targets = yard.targets(&id).await;
    let done = TargetState::Done { version: Some("2.0".to_owned()) };
    assert!(targets.iter().all(|target| target.state == done), "{targets:?}");
    let waves: Vec<_> = targets.iter().map(|target| target.wave).collect();
    assert_eq!(waves, [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], "the last size is for all that are left");
    assert_eq!(most_at_once(&log), 3);
    let begun: Vec<_> = log.lock().unwrap().iter().map(|(name, _)| name.clone()).collect();
    let first_of_second = begun.iter().position(|name| name == "CS03").unwrap();
    for name in ["CS01", "CS02"] {
        let last = begun.iter().rposition(|known| known == name).unwrap();
        assert!(last < first_of_second, "the first wave is over before the second begins");
    }
    yard.nothing_open().await;
}

#[tokio::test(start_paused = true)]
async fn failures_beyond_the_limit_halt_it() {
    let yard = Yard::new().await;
    let log: Log = Arc::default();
    yard.fleet(9, &log, |number| if number <= 3 { Does::Fail } else { Does::Well }).await;
    let id = yard.begin(plan(&[], 1, 1)).await;
    let campaign = yard.campaign_in(&id, "paused").await;
    assert_eq!(campaign.state, CampaignState::Paused { why: "it failed at 2 stations".to_owned() });
    pass(3600).await;
    assert_eq!(yard.count(&id, "waiting").await, 7, "nobody else is told");

    yard.upkeep().resume_campaign(&id).await.unwrap();
    let campaign = yard.campaign_in(&id, "ended").await;
    assert_eq!(campaign.forgiven, 2, "what failed before is forgiven");
    assert_eq!((yard.count(&id, "failed").await, yard.count(&id, "done").await), (3, 6));
    let targets = yard.targets(&id).await;
    let why = TargetState::Failed { why: "it could not fetch the file".to_owned() };
    assert_eq!(targets[0].state, why);
}

#[tokio::test(start_paused = true)]
async fn those_where_it_failed_are_tried_again() {
    let yard = Yard::new().await;
    let log: Log = Arc::default();
    yard.fleet(3, &log, |number| if number == 2 { Does::Fail } else { Does::Well }).await;
    let id = yard.begin(plan(&[], 5, 5)).await;
    yard.campaign_in(&id, "ended").await;
    let begun = log.lock().unwrap().len();
    yard.upkeep().retry_campaign(&id).await.unwrap();
    yard.campaign_in(&id, "ended").await;
    let again: Vec<_> = log.lock().unwrap()[begun..].iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(again, ["CS02", "CS02"], "only the one that failed");
    let nothing = yard.begin(plan(&[], 5, 5)).await;
    yard.campaign_in(&nothing, "ended").await;
    assert_eq!(yard.count(&nothing, "done").await, 2, "those that have the version are done at once");
}

#[tokio::test(start_paused = true)]
async fn stations_that_are_away_wait_and_hold_nothing_up() {
    let yard = Yard::new().await;
    yard.world.know("CS00").await;
    let log: Log = Arc::default();
    yard.fleet(4, &log, |_| Does::Well).await;
    let id = yard.begin(plan(&[2, 2, 1], 2, 0)).await;
    for _ in 0..3000 {
        if yard.count(&id, "done").await == 4 {
            break;
        }
        pass(1).await;
    }
    assert_eq!(yard.count(&id, "done").await, 4, "{:?}", yard.targets(&id).await);
    assert_eq!(yard.upkeep().campaign(&id).await.unwrap().state, CampaignState::Running);
    pass(5 * 86_400).await;
    let station = yard.world.connect("CS00", Version::V201).await;
    obey(station, Does::Well, Arc::clone(&log));
    yard.campaign_in(&id, "ended").await;
    assert_eq!(yard.count(&id, "done").await, 5);
}

/// 08:00 UTC is 09:00 in Berlin in winter; the window opens at 22:00 there.
#[tokio::test(start_paused = true)]
async fn stations_are_told_within_the_hours_of_their_site() {
    use ocpp_server::register::{SiteForm, StationForm};

    let yard = Yard::new().await;
    let site = SiteForm { name: "B".to_owned(), time_zone: "Europe/Berlin".to_owned(), ..Default::default() };
    let site = yard.world.register().add_site(site).await.unwrap();
    let log: Log = Arc::default();
    yard.fleet(2, &log, |_| Does::Well).await;
    yard.world.know("CS01").await;
    let form = StationForm { site: Some(site.id), ..StationForm::default() };
    yard.world.register().change_station("CS01", form, None).await.unwrap();
    let window = Window { from: time(22, 0, 0, 0), to: time(5, 0, 0, 0) };
    let id = yard.begin(CampaignPlan { window: Some(window), ..plan(&[], 5, 0) }).await;
    let begun = |name: &str| log.lock().unwrap().iter().any(|(known, _)| known == name);
    pass(12 * 3600 + 55 * 60).await;
    assert!(!begun("CS01") && !begun("CS02"), "20:55 UTC");
    pass(10 * 60).await;
    assert!(begun("CS01"), "21:05 UTC is 22:05 in Berlin");
    assert!(!begun("CS02"), "a station at no site has UTC");
    pass(3600).await;
    assert!(begun("CS02"));
    yard.campaign_in(&id, "ended").await;
}

#[tokio::test(start_paused = true)]
async fn a_campaign_is_paused_resumed_and_given_up() {
    let yard = Yard::new().await;
    let log: Log = Arc::default();
    yard.fleet(6, &log, |_| Does::Well).await;
    let id = yard.begin(plan(&[], 1, 0)).await;
    pass(30).await;
    yard.upkeep().pause_campaign(&id, "anna").await.unwrap();
    pass(3600).await;
    assert_eq!(yard.count(&id, "done").await, 1, "the one that was told went on");
    assert_eq!(yard.count(&id, "waiting").await, 5);
    let twice = yard.upkeep().pause_campaign(&id, "anna").await.unwrap_err();
    assert_eq!(twice.to_string(), "It does not run.");
    yard.upkeep().resume_campaign(&id).await.unwrap();
    pass(30).await;
    yard.upkeep().abort_campaign(&id).await.unwrap();
    pass(3600).await;
    assert_eq!((yard.count(&id, "done").await, yard.count(&id, "skipped").await), (2, 4));
    let state = yard.upkeep().campaign(&id).await.unwrap().state;
    assert_eq!(state, CampaignState::Aborted);
    assert!(matches!(yard.upkeep().retry_campaign(&id).await, Err(UpkeepError::Forbidden(_))));
    assert!(matches!(yard.upkeep().abort_campaign(&id).await, Err(UpkeepError::Forbidden(_))));
    yard.nothing_open().await;
}

/// The manager is killed every few minutes: no station is told twice of what it has agreed to, none is forgotten.
#[tokio::test(start_paused = true)]
async fn a_campaign_outlives_the_manager() {
    let yard = Yard::new().await;
    let log: Log = Arc::default();
    yard.fleet(6, &log, |_| Does::Well).await;
    let id = yard.begin(plan(&[2, 2, 2], 2, 0)).await;
    for round in 0..4 {
        pass(100 + round * 37).await;
        yard.restart().await;
        for number in 1..=6 {
            let name = format!("CS{number:02}");
            let version = VERSIONS[usize::try_from(number).unwrap() % 3];
            let station = yard.world.connect_quietly(&name, version).await;
            // It has booted before; it comes back with what it was at.
            let update = yard.upkeep().updates_of(&super::identity(&name), 1).await.unwrap();
            let is_at_it = update.first().is_some_and(|update| update.state.name() == "running");
            let request = update.first().map(|update| i64::from(update.request));
            let spoken = if version == Version::V16 { None } else { request };
            let log = Arc::clone(&log);
            if is_at_it {
                tokio::spawn(finish(station.clone(), spoken));
            }
            obey(station, Does::Well, log);
        }
    }
    yard.campaign_in(&id, "ended").await;
    let targets = yard.targets(&id).await;
    assert!(targets.iter().all(|target| target.state.name() == "done"), "{targets:?}");
    let updates = yard.world.all::<ocpp_server::domain::StationUpdate>().await;
    assert_eq!(updates.len(), 6, "one update for each station");
    yard.nothing_open().await;
}

async fn finish(station: Station, request: Option<i64>) {
    for stage in ["Downloaded", "Installing"] {
        tells(&station, request, stage).await;
    }
    boots(&station, "2.0").await;
}

#[tokio::test(start_paused = true)]
async fn a_filter_chooses_and_wrong_plans_are_refused() {
    let yard = Yard::new().await;
    let log: Log = Arc::default();
    yard.fleet(3, &log, |_| Does::Well).await;
    let firmware = yard.firmware(Some("2.0"), None).await;
    let begin = async |filter: StationFilter, plan: CampaignPlan| {
        let form = CampaignForm { filter, ..form(&firmware, plan) };
        yard.upkeep().begin_campaign(form, "anna").await
    };
    let one = StationFilter { stations: vec![id("CS02")], ..StationFilter::default() };
    assert_eq!(begin(one, plan(&[], 1, 0)).await.unwrap().stations, 1);
    let model = StationFilter { vendor: Some("v".into()), model: Some("M".into()), ..Default::default() };
    assert_eq!(begin(model, plan(&[], 1, 0)).await.unwrap().stations, 3, "capital letters do not matter");
    let version = StationFilter { firmware_version: Some("0.9".into()), ..Default::default() };
    let none = begin(version, plan(&[], 1, 0)).await.unwrap_err();
    assert_eq!(none.to_string(), "No station passes this filter.");
    let unknown = StationFilter { stations: vec![id("CS77")], ..Default::default() };
    let unknown = begin(unknown, plan(&[], 1, 0)).await.unwrap_err();
    assert_eq!(unknown.to_string(), "There is no station \"CS77\".");
    for (plan, pointer) in
        [(plan(&[0], 1, 0), "/waves"), (plan(&[], 0, 0), "/at_once"), (plan(&[], 1001, 0), "/at_once")]
    {
        let refused = begin(StationFilter::default(), plan).await;
        let Err(UpkeepError::Invalid { pointer: told, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(told, pointer);
    }
}
