//! Security events of stations, and certificates.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use ocpp_core::model::{CertificateHash, InstalledCertificate, Severity};
use ocpp_server::domain::{KeptSecurityEvent, Record, Signing, SigningState, StationCertificates};
use ocpp_server::maintenance::KeyRenewal;
use ocpp_server::store::{RecordFilter, TypedRecords};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::problem::Problem;
use super::request::{Key, PageQuery, Params, limit_of};
use super::stations::identity;
use super::views::List;
use crate::manager::App;

/// A security event of a station.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SecurityEvent)]
pub(crate) struct EventView {
    /// Its place among the station's.
    number: u64,
    /// What happened, by the list of the specification, or a maker's own.
    #[schema(example = "TamperDetectionActivated")]
    event: String,
    /// `critical`, `notice`, or `unlisted` of a maker's own.
    severity: &'static str,
    /// When, by the station's clock.
    #[schema(value_type = String, format = DateTime)]
    happened_at: Timestamp,
    /// When the manager heard of it.
    #[schema(value_type = String, format = DateTime)]
    heard_at: Timestamp,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    info: Option<String>,
}

impl From<KeptSecurityEvent> for EventView {
    fn from(kept: KeptSecurityEvent) -> EventView {
        EventView {
            number: kept.number,
            event: kept.what.event.to_string(),
            severity: match kept.severity {
                Severity::Critical => "critical",
                Severity::Notice => "notice",
                Severity::Unlisted => "unlisted",
            },
            happened_at: kept.what.at,
            heard_at: kept.heard_at,
            info: kept.what.info.as_deref().map(str::to_owned),
        }
    }
}

/// What names a certificate.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CertificateHash)]
pub(crate) struct HashView {
    /// `sha256`, `sha384` or `sha512`.
    algorithm: &'static str,
    /// The hash of the issuer's name, in hexadecimal.
    issuer_name: String,
    /// The hash of the issuer's key, in hexadecimal.
    issuer_key: String,
    /// The serial number, in hexadecimal.
    serial: String,
}

impl From<&CertificateHash> for HashView {
    fn from(hash: &CertificateHash) -> HashView {
        use ocpp_core::model::HashAlgorithm;

        HashView {
            algorithm: match hash.algorithm {
                HashAlgorithm::Sha256 => "sha256",
                HashAlgorithm::Sha384 => "sha384",
                HashAlgorithm::Sha512 => "sha512",
            },
            issuer_name: hash.issuer_name.to_string(),
            issuer_key: hash.issuer_key.to_string(),
            serial: hash.serial.to_string(),
        }
    }
}

/// A certificate on a station.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InstalledCertificate)]
pub(crate) struct InstalledView {
    /// What it is used for, by the words of OCPP 2.x.
    #[serde(rename = "use")]
    #[schema(example = "CSMSRootCertificate")]
    usage: &'static str,
    /// Its name.
    hash: HashView,
    /// The names of those below it in its chain.
    children: Vec<HashView>,
}

impl From<&InstalledCertificate> for InstalledView {
    fn from(installed: &InstalledCertificate) -> InstalledView {
        InstalledView {
            usage: installed.usage.as_str(),
            hash: (&installed.hash).into(),
            children: installed.children.iter().map(Into::into).collect(),
        }
    }
}

/// The certificates that a station last told to have.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StationCertificates)]
pub(crate) struct CertificatesView {
    /// The certificates.
    installed: Vec<InstalledView>,
    /// When it said so.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

impl From<StationCertificates> for CertificatesView {
    fn from(known: StationCertificates) -> CertificatesView {
        CertificatesView { installed: known.installed.iter().map(Into::into).collect(), at: known.at }
    }
}

/// A wish of a station to have a certificate of its own signed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Signing)]
pub(crate) struct SigningView {
    /// Its place among the station's.
    number: u64,
    /// Which certificate, by the words of OCPP 2.x; both when absent.
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    usage: Option<&'static str>,
    /// `asked`, `signed`, `used`, `failed` or `superseded`.
    state: &'static str,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// When it was wished for.
    #[schema(value_type = String, format = DateTime)]
    asked_at: Timestamp,
}

impl From<Signing> for SigningView {
    fn from(signing: Signing) -> SigningView {
        let state = signing.state.name();
        SigningView {
            number: signing.number,
            usage: signing.wish.usage.map(|usage| usage.as_str()),
            state,
            reason: match signing.state {
                SigningState::Failed { why } => Some(why),
                _ => None,
            },
            asked_at: signing.asked_at,
        }
    }
}

/// List the security events of a station
///
/// The last one first; the latest 1,000 are kept. Critical ones raise an alarm (`/alarms`).
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/security-events", tag = "security", operation_id = "listSecurityEvents",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity"), PageQuery),
    responses(
        (status = 200, description = "A page of events", body = List<EventView>),
        (status = 404, description = "There is no such station"),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn events(
    State(app): State<App>,
    Key(id): Key,
    Params(query): Params<PageQuery>,
) -> Result<Json<List<EventView>>, Problem> {
    let (station, limit) = (identity(&id)?, limit_of(query.limit)?);
    let filter = RecordFilter::all(KeptSecurityEvent::KIND, limit + 1).of(station.as_str()).descending();
    let mut kept: Vec<KeptSecurityEvent> = app.csms.store().list(filter.after(query.after)).await?;
    let has_more = kept.len() > limit;
    kept.truncate(limit);
    let next = kept.last().filter(|_| has_more).map(Record::key);
    Ok(Json(List { items: kept.into_iter().map(Into::into).collect(), next }))
}

/// Show the certificates of a station
///
/// As it last told them.
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/certificates", tag = "security", operation_id = "getCertificates",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses(
        (status = 200, description = "Its certificates", body = CertificatesView),
        (status = 404, description = "There is no such station, or it was never asked"),
    )
)]
pub(crate) async fn certificates(
    State(app): State<App>,
    Key(id): Key,
) -> Result<Json<CertificatesView>, Problem> {
    let station = identity(&id)?;
    let known: Option<StationCertificates> = app.csms.store().get(station.as_str()).await?;
    let missing = || Problem::not_found("This station was never asked for its certificates: POST here does.");
    Ok(Json(known.ok_or_else(missing)?.into()))
}

/// Ask a station for its certificates
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/certificates", tag = "security", operation_id = "readCertificates",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses(
        (status = 200, description = "Its certificates", body = CertificatesView),
        (status = 404, description = "There is no such station"),
        (status = 409, description = "The station is not connected, or gave no list"),
    )
)]
pub(crate) async fn read_certificates(
    State(app): State<App>,
    caller: Caller,
    Key(id): Key,
) -> Result<Json<CertificatesView>, Problem> {
    Ok(Json(app.upkeep.read_certificates(&identity(&id)?, caller.name()).await?.into()))
}

/// List the wishes of a station for certificates
///
/// The latest 20, the last one first.
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/signings", tag = "security", operation_id = "listSignings",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses(
        (status = 200, description = "Its wishes", body = List<SigningView>),
        (status = 404, description = "There is no such station"),
    )
)]
pub(crate) async fn signings(
    State(app): State<App>,
    Key(id): Key,
) -> Result<Json<List<SigningView>>, Problem> {
    let signings = app.upkeep.signings_of(&identity(&id)?).await?;
    Ok(Json(List { items: signings.into_iter().map(Into::into).collect(), next: None }))
}

/// What came of a new key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KeyRenewal)]
pub(crate) struct RenewalView {
    /// `renewed`: the old one is void. `at_restart`, or `unsure` when the station did not answer: both open until the
    /// station comes with the new one.
    state: &'static str,
}

/// Renew the key of a station
///
/// A new key is told to the station over its connection (A01). Nobody sees it, and the connection goes on.
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/key/renewal", tag = "stations", operation_id = "renewStationKey",
    security(("api_key" = ["stations:write"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses(
        (status = 200, description = "What came of it", body = RenewalView),
        (status = 404, description = "No such station was added"),
        (status = 409, description = "The station is not connected, or refuses it: the old key goes on to hold"),
    )
)]
pub(crate) async fn renew_key(State(app): State<App>, Key(id): Key) -> Result<Json<RenewalView>, Problem> {
    let state = match app.upkeep.renew_key(&identity(&id)?).await? {
        KeyRenewal::Renewed => "renewed",
        KeyRenewal::AtRestart => "at_restart",
        KeyRenewal::Unsure => "unsure",
    };
    Ok(Json(RenewalView { state }))
}
