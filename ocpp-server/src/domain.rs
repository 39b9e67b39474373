//! What the manager knows: stations, ports, sessions, refusals, the records of operators (sites, tokens,
//! tariffs, payments, receipts, users), and the events that tell of changes.
//!
//! These are plain values. Who may change them, and how, is decided in `handle`; how they are kept, in
//! `store`.

mod access;
mod alarm;
mod availability;
mod batch;
mod campaign;
mod customer;
mod device;
mod display;
mod energy;
mod event;
mod exclusion;
mod firmware;
mod history;
mod local_list;
mod logs;
mod monitoring;
mod notice;
mod order;
mod partner;
mod payment;
mod place;
mod publication;
mod receipt;
mod record;
mod refusal;
mod reservation;
mod run;
mod security;
mod session;
mod site_profile;
mod station;
mod station_filter;
mod tariff;
mod task;
mod token;
mod upkeep;

pub use access::{ApiKey, Digest, PasswordHash, Scope, SetupLink, SignIn, User};
pub use alarm::{Acknowledged, Alarm, AlarmState, AlarmSubject};
pub use availability::AvailabilityWish;
pub use batch::{Batch, BatchId, BatchItem, BatchState, ItemResult};
pub use campaign::{Campaign, CampaignId, CampaignPlan, CampaignState, CampaignTarget, TargetState, Window};
pub use customer::{CustomerRequest, CustomerState};
pub use device::{
    Assertion, Attempt, DevicePart, KnownSetting, Learnt, ReportScope, ReportState, SettingTemplate,
    StationDevice, StationReport, TemplateId,
};
pub use display::{AwaitedMessages, KeptMessage, MessageState, StationDisplay};
pub(crate) use energy::clipped;
pub use energy::{
    Asked, AskedReport, ComposedSchedule, DefaultAnswer, DefaultAttempt, DefaultsTemplate, DerAlarms,
    DerAlert, DerGroup, EnergyPart, EnergyPlan, ExternalLimit, HeldTariff, InstalledDer, InstalledProfile,
    KeptEvSchedule, KeptNeeds, KeptStream, KeptValue, OpenPlan, PlanState, PriorityCharging, SessionEnergy,
    SettlementEntry, StationDefaults, StationTariffs, SwapEntry, SwapEvent, SwapWish, WantedDefault,
    WantedProfile, WantedTariff, exceeds, rules as profile_rules,
};
pub use event::{Event, EventId, EventKind, StoredEvent};
pub use exclusion::{Exclusion, ExclusionId, ExclusionPlace, ExclusionReason};
pub use firmware::{Firmware, FirmwareId, FirmwareSource, KeptFile, StationUpdate, UpdateState, UpdateStep};
pub use history::{ChargeAttempt, KeptCourse, Observation, Observed};
pub use local_list::{HeldTokens, ListChoice, ListState, StationList};
pub use logs::{LogState, StationLog};
pub use monitoring::{AwaitedMonitors, KeptEvent, KeptMonitor, StationMonitors};
pub use notice::{MailAddress, NoMailAddress, Notice, NoticeId, NoticeState};
pub use order::{Ending, OpenOrder, OrderEntry, OrderId, OrderState};
pub use partner::Partner;
pub use payment::{EvseClaim, Payment, PaymentId, PaymentState, Refund, RefundState};
pub use place::{
    Address, ConnectorEntry, Coordinates, EvseEntry, Service, Site, SiteId, StationEntry, StationLogin,
};
pub use publication::{
    AccessType, BadHours, Bay, ConnectorFormat, Offer, OpeningHours, ParkingRestriction, PaymentWay,
    PlugStandard, PowerType, Publication, Ratings, Span, WeeklyHours, alpha_3, is_evse_id,
};
pub use receipt::{Paid, Receipt};
pub(crate) use record::record;
pub use record::{Record, RecordKind, Stored};
pub use refusal::{Refusal, RefusalReason, Refused};
pub use reservation::{Reservation, ReservationEnd, ReservationState};
pub use run::{ManagerRun, RunEnding};
pub use security::{KeptSecurityEvent, PendingKey, Signing, SigningState, StationCertificates};
pub use session::{Doubt, Payer, SeenSteps, Session, SessionNumber, SessionReading, SessionStatus, StartKey};
pub use site_profile::SiteProfile;
pub use station::{Connection, Epoch, Port, Revision, Station};
pub use station_filter::StationFilter;
pub use tariff::{TariffEntry, TariffId};
pub use task::{Job, Reply, Task};
pub use token::Token;
pub use upkeep::{OpenUpkeep, UpkeepKind};
