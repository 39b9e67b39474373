//! What the station acts on, among its settings.

use std::time::Duration;

use ocpp_core::model::Measurand;

/// What the station acts on.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) heartbeat_interval: Duration,
    pub(super) meter_interval: Duration,
    /// How often every EVSE is metered by the clock, in seconds; never when 0.
    pub(super) aligned_interval_s: u32,
    /// What is measured at the start, during and at the end of a transaction, and by the clock.
    pub(super) measurands: [Box<str>; 4],
    /// How long a driver who may charge has to plug in.
    pub(super) connection_timeout: Duration,
    /// Whether a transaction ends when the manager takes the right to it away.
    pub(super) stop_on_invalid_id: bool,
    /// How often a refused report on a transaction is said before it is given up.
    pub(super) attempts: u32,
    /// How long to wait before a refused or unanswered message is said again.
    pub(super) attempt_interval: Duration,
    /// How long to wait for a signed certificate before it is asked for again; it doubles (CertSigningWaitMinimum).
    pub(super) signing_wait: Duration,
    /// How often it is asked for again (CertSigningRepeatTimes).
    pub(super) signing_repeats: u32,
    /// How long to wait before the first attempt to come back (RetryBackOffWaitMinimum).
    pub(super) back_off_wait: Duration,
    /// How much longer by chance at most (RetryBackOffRandomRange).
    pub(super) back_off_range: Duration,
    /// How often the wait doubles (RetryBackOffRepeatTimes).
    pub(super) back_off_repeats: u32,
    /// How often the connection is tried with a ping; never when 0 (WebSocketPingInterval).
    pub(super) ping_interval: Duration,
    /// Whether the local list counts.
    pub(super) local_list: bool,
    /// The most tokens that the local list holds.
    pub(super) list_max_entries: usize,
    /// The most tokens in one update of it.
    pub(super) list_items_per_message: usize,
    /// Whether what the manager said of tokens is remembered.
    pub(super) cache: bool,
    /// Whether a token that is known is accepted without asking while connected.
    pub(super) local_pre_authorize: bool,
    /// Whether a token that is known is accepted while not connected.
    pub(super) local_authorize_offline: bool,
    /// Whether a token that nobody knows is accepted while not connected.
    pub(super) offline_unknown: bool,
    /// Whether the token of a remote start is authorized first.
    pub(super) authorize_remote_start: bool,
    /// Whether places can be reserved.
    pub(super) reservations: bool,
    /// Whether a place can be reserved without saying which.
    pub(super) reserve_unspecified: bool,
    /// Whether what monitors notice is reported.
    pub(super) monitoring: bool,
    /// What is at least as important is kept while there is no connection.
    pub(super) offline_severity: u8,
}

/// What is measured, by its place in [`Settings::measurands`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measured {
    Started,
    Updated,
    Ended,
    Aligned,
}

/// A setting that the station acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    HeartbeatInterval,
    MeterInterval,
    AlignedInterval,
    Measurands(Measured),
    ConnectionTimeout,
    StopOnInvalidId,
    Attempts,
    AttemptInterval,
    SigningWait,
    SigningRepeats,
    BackOffWait,
    BackOffRange,
    BackOffRepeats,
    PingInterval,
    LocalList,
    Cache,
    LocalPreAuthorize,
    LocalAuthorizeOffline,
    OfflineUnknown,
    AuthorizeRemoteStart,
    Monitoring,
    OfflineSeverity,
}

/// What the station can measure.
pub(super) const MEASURANDS: &[&str] =
    &["Energy.Active.Import.Register", "Power.Active.Import", "Current.Import", "Voltage", "SoC"];

impl Settings {
    pub(super) fn new(meter_interval: Duration, connection_timeout: Duration) -> Settings {
        let all: Box<str> = MEASURANDS.join(",").into();
        Settings {
            heartbeat_interval: Duration::from_secs(300),
            meter_interval,
            aligned_interval_s: 0,
            measurands: [all.clone(), all.clone(), all.clone(), all],
            connection_timeout,
            stop_on_invalid_id: true,
            attempts: 3,
            attempt_interval: Duration::from_secs(10),
            signing_wait: Duration::from_secs(60),
            signing_repeats: 3,
            back_off_wait: Duration::from_secs(1),
            back_off_range: Duration::from_secs(1),
            back_off_repeats: 6,
            ping_interval: Duration::ZERO,
            local_list: true,
            list_max_entries: 1000,
            list_items_per_message: 100,
            cache: true,
            local_pre_authorize: false,
            local_authorize_offline: true,
            offline_unknown: false,
            authorize_remote_start: false,
            reservations: true,
            reserve_unspecified: true,
            monitoring: true,
            offline_severity: 9,
        }
    }

    pub(super) fn read(&self, field: Field) -> String {
        match field {
            Field::HeartbeatInterval => self.heartbeat_interval.as_secs().to_string(),
            Field::MeterInterval => self.meter_interval.as_secs().to_string(),
            Field::AlignedInterval => self.aligned_interval_s.to_string(),
            Field::Measurands(which) => self.measurands[which as usize].to_string(),
            Field::ConnectionTimeout => self.connection_timeout.as_secs().to_string(),
            Field::StopOnInvalidId => self.stop_on_invalid_id.to_string(),
            Field::Attempts => self.attempts.to_string(),
            Field::AttemptInterval => self.attempt_interval.as_secs().to_string(),
            Field::SigningWait => self.signing_wait.as_secs().to_string(),
            Field::SigningRepeats => self.signing_repeats.to_string(),
            Field::BackOffWait => self.back_off_wait.as_secs().to_string(),
            Field::BackOffRange => self.back_off_range.as_secs().to_string(),
            Field::BackOffRepeats => self.back_off_repeats.to_string(),
            Field::PingInterval => self.ping_interval.as_secs().to_string(),
            Field::LocalList => self.local_list.to_string(),
            Field::Cache => self.cache.to_string(),
            Field::LocalPreAuthorize => self.local_pre_authorize.to_string(),
            Field::LocalAuthorizeOffline => self.local_authorize_offline.to_string(),
            Field::OfflineUnknown => self.offline_unknown.to_string(),
            Field::AuthorizeRemoteStart => self.authorize_remote_start.to_string(),
            Field::Monitoring => self.monitoring.to_string(),
            Field::OfflineSeverity => self.offline_severity.to_string(),
        }
    }

    /// Takes over a value that has the form of the setting; `None` when it is none all the same.
    pub(super) fn set(&mut self, field: Field, value: &str) -> Option<()> {
        let seconds = || value.parse().ok().map(Duration::from_secs);
        let flag = || value.to_ascii_lowercase().parse().ok();
        match field {
            Field::HeartbeatInterval => self.heartbeat_interval = seconds()?,
            Field::MeterInterval => self.meter_interval = seconds()?,
            Field::AlignedInterval => self.aligned_interval_s = value.parse().ok()?,
            Field::Measurands(which) => self.measurands[which as usize] = value.into(),
            Field::ConnectionTimeout => self.connection_timeout = seconds()?,
            Field::StopOnInvalidId => self.stop_on_invalid_id = flag()?,
            Field::Attempts => self.attempts = value.parse().ok()?,
            Field::AttemptInterval => self.attempt_interval = seconds()?,
            Field::SigningWait => self.signing_wait = seconds()?,
            Field::SigningRepeats => self.signing_repeats = value.parse().ok()?,
            Field::BackOffWait => self.back_off_wait = seconds()?,
            Field::BackOffRange => self.back_off_range = seconds()?,
            Field::BackOffRepeats => self.back_off_repeats = value.parse().ok()?,
            Field::PingInterval => self.ping_interval = seconds()?,
            Field::LocalList => self.local_list = flag()?,
            Field::Cache => self.cache = flag()?,
            Field::LocalPreAuthorize => self.local_pre_authorize = flag()?,
            Field::LocalAuthorizeOffline => self.local_authorize_offline = flag()?,
            Field::OfflineUnknown => self.offline_unknown = flag()?,
            Field::AuthorizeRemoteStart => self.authorize_remote_start = flag()?,
            Field::Monitoring => self.monitoring = flag()?,
            Field::OfflineSeverity => self.offline_severity = value.parse().ok()?,
        }
        Some(())
    }

    /// Whether a measurand is reported. The register is part of every start and end: it is what is billed by.
    pub(super) fn measures(&self, which: Measured, measurand: &Measurand) -> bool {
        let is_billed = matches!(which, Measured::Started | Measured::Ended)
            && *measurand == Measurand::ENERGY_IMPORT_REGISTER;
        is_billed || self.measurands[which as usize].split(',').any(|known| known == measurand.as_str())
    }
}
