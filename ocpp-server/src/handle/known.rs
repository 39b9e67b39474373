//! What the block of a fact keeps of its station, read before the decision.

use jiff::Timestamp;
use ocpp_core::model::{
    Answer, Cause, ContractVerdict, DeviceReport, Fact, FirmwareStage, LogStage, SigningRequest, StationId,
};

use super::HandleError;
use super::authority::{self, CertificateAuthority};
use super::device::parts_of;
use crate::domain::{
    DevicePart, KeptSecurityEvent, RecordKind, ReportState, Reservation, SecurityAlarm, Signing,
    StationDevice, StationLog, StationReport, StationUpdate, UpdateState,
};
use crate::store::{ReadError, RecordFilter, Store, TypedRecords};

/// What is known, by the block of the fact.
#[derive(Debug, Clone, Default)]
pub enum Known {
    /// Nothing is needed.
    #[default]
    Nothing,
    /// The update of firmware that the station is at.
    Update(Box<StationUpdate>),
    /// The log that the station is at.
    Log(Box<StationLog>),
    /// Security events: the newest one, the one that makes room, and the alarm that stands.
    #[allow(missing_docs)]
    Security {
        newest: Option<Box<KeptSecurityEvent>>,
        oldest: Option<Box<KeptSecurityEvent>>,
        alarm: Option<Box<SecurityAlarm>>,
    },
    /// Wishes for certificates: the word on this one, the latest ones, and the one that makes room.
    #[allow(missing_docs)]
    Signing { word: Result<(), Cause>, latest: Vec<Signing>, oldest: Option<Box<Signing>> },
    /// The device model: as a whole, the parts that are reported, the report that the part belongs to, and the one
    /// that makes room for a new one.
    #[allow(missing_docs)]
    Device {
        device: Option<Box<StationDevice>>,
        parts: Vec<DevicePart>,
        report: Option<Box<StationReport>>,
        oldest: Option<Box<StationReport>>,
    },
    /// The reservation that the fact names.
    Reservation(Box<Reservation>),
    /// What came of judging the certificates of a driver's contract.
    Contract(ContractVerdict),
    /// Somebody else has the answer.
    Answer(Answer),
}

/// Reads what the decision on a fact needs.
pub(super) async fn known(
    store: &dyn Store,
    authority: &dyn CertificateAuthority,
    station: &StationId,
    fact: &Fact,
    now: Timestamp,
) -> Result<Known, HandleError> {
    Ok(match fact {
        Fact::ReservationEnded { id, .. } => reservation(store, station, *id).await?,
        Fact::Transaction(fact) => match fact.reservation {
            Some(number) => reservation(store, station, number).await?,
            None => Known::Nothing,
        },
        Fact::Boot(_) => of_update(open_update(store, station).await?),
        Fact::Report(report) => device(store, station, report).await?,
        Fact::Firmware(progress) if progress.stage == FirmwareStage::Idle => Known::Nothing,
        Fact::Firmware(progress) => match progress.request {
            Some(request) => of_update(match u32::try_from(request) {
                Ok(request) => store.get(&StationUpdate::key_of(station, request)).await?,
                Err(_) => None,
            }),
            None => of_update(open_update(store, station).await?),
        },
        Fact::Log(progress) if progress.stage == LogStage::Idle => Known::Nothing,
        Fact::Log(progress) => of_log(match progress.request {
            Some(request) => match u32::try_from(request) {
                Ok(request) => store.get(&StationLog::key_of(station, request)).await?,
                Err(_) => None,
            },
            None => open_log(store, station).await?,
        }),
        Fact::Security(_) => security(store, station).await?,
        Fact::SignCertificate(wish) => signing(store, authority, station, wish).await?,
        Fact::AuthorizeContract { id_token, contract } => {
            Known::Contract(authority::contract(authority, station, id_token, contract).await)
        }
        Fact::EvCertificate(request) => {
            let answer = authority::ev_certificate(authority, station, request).await;
            answer.map_or(Known::Nothing, |answer| Known::Answer(Answer::EvCertificate(answer)))
        }
        Fact::OcspStatus(question) => {
            let answer = authority::ocsp(authority, station, question).await;
            answer.map_or(Known::Nothing, |answer| Known::Answer(Answer::OcspStatus(answer)))
        }
        Fact::Revocation(questions) => {
            let found = authority::revocations(authority, station, questions, now).await;
            Known::Answer(Answer::Revocation(found))
        }
        _ => Known::Nothing,
    })
}

async fn reservation(store: &dyn Store, station: &StationId, number: i64) -> Result<Known, ReadError> {
    let held: Option<Reservation> = store.get(&Reservation::key_of(station, number)).await?;
    Ok(held.map_or(Known::Nothing, |held| Known::Reservation(Box::new(held))))
}

fn of_update(update: Option<StationUpdate>) -> Known {
    update
        .filter(|update| !update.state.is_end())
        .map_or(Known::Nothing, |update| Known::Update(Box::new(update)))
}

fn of_log(log: Option<StationLog>) -> Known {
    log.map_or(Known::Nothing, |log| Known::Log(Box::new(log)))
}

/// How many of a station's latest updates and logs are looked through for the one that it is at.
const LATEST: usize = 10;

/// The update that a station is at: a later one that it refused does not count.
async fn open_update(store: &dyn Store, station: &StationId) -> Result<Option<StationUpdate>, ReadError> {
    let filter = RecordFilter::all(RecordKind::StationUpdate, LATEST).of(station.as_str()).descending();
    let latest: Vec<StationUpdate> = store.list(filter).await?;
    Ok(latest.into_iter().find(|update| !update.state.is_end() && update.state != UpdateState::Waiting))
}

/// The log that a station is at, else the latest one.
async fn open_log(store: &dyn Store, station: &StationId) -> Result<Option<StationLog>, ReadError> {
    let filter = RecordFilter::all(RecordKind::StationLog, LATEST).of(station.as_str()).descending();
    let mut latest: Vec<StationLog> = store.list(filter).await?;
    let at = latest.iter().position(|log| log.state.is_open()).unwrap_or(0);
    Ok((!latest.is_empty()).then(|| latest.swap_remove(at)))
}

/// The record of the highest key that a station has of a kind.
async fn newest<R: crate::domain::Record>(
    store: &dyn Store,
    kind: RecordKind,
    station: &StationId,
) -> Result<Option<R>, ReadError> {
    let filter = RecordFilter::all(kind, 1).of(station.as_str()).descending();
    Ok(store.list(filter).await?.pop())
}

async fn security(store: &dyn Store, station: &StationId) -> Result<Known, ReadError> {
    let newest: Option<KeptSecurityEvent> = newest(store, RecordKind::SecurityEvent, station).await?;
    let next = newest.as_ref().map_or(1, |newest| newest.number.saturating_add(1));
    let oldest = match next.checked_sub(KeptSecurityEvent::MAX_PER_STATION) {
        Some(number) => store.get(&KeptSecurityEvent::key_of(station, number)).await?,
        None => None,
    };
    let alarm = store.get::<SecurityAlarm>(station.as_str()).await?;
    Ok(Known::Security {
        newest: newest.map(Box::new),
        oldest: oldest.map(Box::new),
        alarm: alarm.map(Box::new),
    })
}

async fn signing(
    store: &dyn Store,
    authority: &dyn CertificateAuthority,
    station: &StationId,
    wish: &SigningRequest,
) -> Result<Known, ReadError> {
    let limit = usize::try_from(Signing::MAX_PER_STATION).unwrap_or(usize::MAX);
    let filter = RecordFilter::all(RecordKind::Signing, limit).of(station.as_str()).descending();
    let latest: Vec<Signing> = store.list(filter).await?;
    let next = latest.first().map_or(1, |newest| newest.number.saturating_add(1));
    let oldest = match next.checked_sub(Signing::MAX_PER_STATION) {
        Some(number) => store.get(&Signing::key_of(station, number)).await?,
        None => None,
    };
    let word = authority::takes(authority, station, wish).await;
    Ok(Known::Signing { word, latest, oldest: oldest.map(Box::new) })
}

/// Up to so many parts are read one by one; of more, all of the station's are.
const PARTS_BY_KEY: usize = 16;

async fn device(store: &dyn Store, station: &StationId, part: &DeviceReport) -> Result<Known, ReadError> {
    let device: Option<StationDevice> = store.get(station.as_str()).await?;
    let names = parts_of(part.settings.iter().map(|one| &one.setting));
    let parts = parts(store, station, &names).await?;
    let limit = usize::try_from(StationReport::KEPT).unwrap_or(usize::MAX);
    let filter = RecordFilter::all(RecordKind::StationReport, limit).of(station.as_str()).descending();
    let mut latest: Vec<StationReport> = store.list(filter).await?;
    let oldest = if latest.len() == limit { latest.last().cloned() } else { None };
    let report = latest.iter().position(|report| takes(report, part)).map(|at| latest.swap_remove(at));
    Ok(Known::Device {
        device: device.map(Box::new),
        parts,
        report: report.map(Box::new),
        oldest: oldest.map(Box::new),
    })
}

/// The parts of a station with these names, as far as they are known.
pub(crate) async fn parts(
    store: &dyn Store,
    station: &StationId,
    names: &[String],
) -> Result<Vec<DevicePart>, ReadError> {
    if names.len() <= PARTS_BY_KEY {
        let mut parts = Vec::with_capacity(names.len());
        for name in names {
            parts.extend(store.get::<DevicePart>(&DevicePart::key_of(station, name)).await?);
        }
        return Ok(parts);
    }
    let limit = usize::try_from(StationDevice::MAX_PARTS).unwrap_or(usize::MAX);
    let mut parts: Vec<DevicePart> = store.owned(station.as_str(), limit).await?;
    parts.retain(|part| names.binary_search(&part.part).is_ok());
    Ok(parts)
}

/// Whether a part belongs to a report: one that is awaited or arrives, or was given up, or has this very part. When
/// a report begins again under a number that is over, it is another one.
fn takes(report: &StationReport, part: &DeviceReport) -> bool {
    if report.request != Some(part.request) {
        return false;
    }
    match report.state {
        ReportState::Awaited | ReportState::Arriving | ReportState::Abandoned { .. } => true,
        ReportState::Complete { .. } => part.seq > 0 && report.parts.contains(part.seq),
        // It was refused, and came all the same.
        ReportState::Refused { .. } | ReportState::Empty => true,
    }
}
