//! What operators do with stations over several messages.
//!
//! ```text
//! availability which places are to be in use, and whether the stations were told
//! choice       which stations, for what is done to many
//! defaults     charging profiles and tariffs that stations should have: templates, drift, assertion
//! desired      values that stations should have: templates, drift, assertion
//! device       settings of stations: what is known, reading and changing in pieces, reports
//! diagnostics alarms, monitors, messages on displays, and what stations know about customers
//! energy    what is known of profiles and limits, and the plans that vehicles were promised
//! local_list   lists of tokens that stations decide on: differences, pieces, versions
//! reservation  places kept for drivers: held until they begin, sent, and seen to their end
//! retention    what is over is kept for a time, and forgotten then
//! uphold    lists and availability told again to stations that come back
//! upkeep    firmware and campaigns, logs, certificates: what is begun is kept, and goes on after a restart
//! ```

mod attend;
mod availability;
mod choice;
mod defaults;
mod desired;
mod device;
mod diagnostics;
mod energy;
mod giving;
mod local_list;
mod reservation;
mod retention;
mod uphold;
mod upkeep;

pub use availability::{Availabilities, AvailabilityError, WishReport};
pub use choice::{Candidate, stations_of};
pub use defaults::{DefaultDrift, DefaultRow, Defaults, DefaultsDrift, DefaultsForm};
pub use desired::{Desired, Drift, DriftRow, StationDrift, TemplateForm};
pub use device::{
    Ask, DeviceError, DeviceModels, ItemResult, ItemWord, MAX_ITEMS, MAX_STATIONS as MAX_STATIONS_AT_ONCE,
    SettingFilter, SettingRow,
};
pub use diagnostics::{
    AlarmFilter, CustomerForm, Diagnostics, DiagnosticsError, DiagnosticsSettings, EventFilter, MessageForm,
    MonitorItem,
};
pub use energy::{Energy, EnergyError};
pub use local_list::{ListError, ListReport, ListSent, LocalLists, TokenDrift};
pub use reservation::{
    MAX_OPEN as MAX_OPEN_RESERVATIONS, ReservationError, ReservationForm, Reservations, WhichReservations,
};
pub use retention::{Retention, RetentionError, RetentionSettings};
pub use uphold::Upholding;
pub use upkeep::{
    CampaignForm, CampaignReport, Files, FilesError, FirmwareForm, KeyRenewal, Links, LogForm, Seal,
    TargetReport, UpdateForm, Upkeep, UpkeepError, UpkeepSettings, Upload, UploadRefused,
};
