//! Payloads that are sent as they stand.

use ocpp_core::inbound::{Finding, Rejected, Rule};
use ocpp_core::model::StationId;
use ocpp_core::types::Version;
use ocpp_core::wire::CallError;
use ocpp_core::{action, v16, v21, v201};

use super::{Commands, NotAllowed, Order};
use crate::session::CallFailure;

/// An action and its payload in OCPP spelling.
#[derive(Clone, PartialEq, Eq)]
pub struct RawCommand {
    /// The action.
    pub action: String,
    /// The payload as the text of a JSON object. Its members keep their order.
    pub payload: String,
}

impl std::fmt::Debug for RawCommand {
    /// Without the payload, which may carry passwords and tokens.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawCommand").field("action", &self.action).finish_non_exhaustive()
    }
}

/// What a station said to a raw command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawAnswer {
    /// CALLRESULT: the payload as the text of a JSON object.
    Result(String),
    /// CALLERROR.
    Error(CallError),
}

/// Why a raw command was not sent, or not answered.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RawError {
    /// The version has no such action.
    #[error("OCPP {version} has no action {action:?} from managers to stations")]
    #[allow(missing_docs)]
    UnknownAction { version: Version, action: String },
    /// The payload is not what the action's schema says; nothing was sent.
    #[error("the payload of {action} is not what its schema says: {problem}")]
    #[allow(missing_docs)]
    Invalid { action: String, problem: String },
    /// The station may not work yet, or not at all; nothing was sent.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// The call failed.
    #[error(transparent)]
    Call(#[from] CallFailure),
}

impl Commands {
    /// Sends a payload as it stands, after a look at its schema, and waits for what the station says. Only
    /// the id of a reservation is added where it is missing: `reservation` gives a fresh one.
    ///
    /// # Errors
    /// [`RawError`].
    pub async fn raw(
        &self,
        station: &StationId,
        command: RawCommand,
        reservation: impl FnOnce() -> i32,
    ) -> Result<RawAnswer, RawError> {
        let version = self.version_of(station)?;
        let action = known_action(version, &command.action)?;
        let order = if STARTS_AND_STOPS.contains(&action) { Order::StartOrStop } else { Order::Other };
        self.check_registration(station, order)?;
        let payload = with_reservation_id(version, action, command.payload, reservation);
        check(version, action, &payload)?;
        match self.stations.call(station, action, payload).await {
            Ok(payload) => Ok(RawAnswer::Result(payload)),
            Err(CallFailure::Refused(error)) => Ok(RawAnswer::Error(error)),
            Err(failure) => Err(failure.into()),
        }
    }
}

/// Whether an action and its payload are what the version has: looked at as strictly as what is sent by
/// [`Commands::raw`].
///
/// # Errors
/// [`RawError::UnknownAction`] and [`RawError::Invalid`].
pub(super) fn check_raw(version: Version, action: &str, payload: &str) -> Result<(), RawError> {
    check(version, known_action(version, action)?, payload)
}

/// What a pending station does not take (B02.FR.05), by the names of all versions.
pub(super) const STARTS_AND_STOPS: [&str; 4] =
    ["RemoteStartTransaction", "RemoteStopTransaction", "RequestStartTransaction", "RequestStopTransaction"];

fn known_action(version: Version, name: &str) -> Result<&'static str, RawError> {
    let actions: &[action::ActionInfo] = match version {
        Version::V16 => v16::ACTIONS,
        Version::V201 => v201::ACTIONS,
        Version::V21 => v21::ACTIONS,
    };
    let known = actions
        .iter()
        .find(|known| known.name == name && known.direction.from_manager() && known.response.is_some());
    known
        .map(|known| known.name)
        .ok_or_else(|| RawError::UnknownAction { version, action: name.chars().take(64).collect() })
}

/// What an operator sends is checked strictly: unknown members and values are refused, because they are
/// mistakes more often than extensions. `customData` is there for those.
fn check(version: Version, action: &str, payload: &str) -> Result<(), RawError> {
    let read = match version {
        Version::V16 => v16::Request::parse(action, payload).map(|inbound| inbound.findings),
        Version::V201 => v201::Request::parse(action, payload).map(|inbound| inbound.findings),
        Version::V21 => v21::Request::parse(action, payload).map(|inbound| inbound.findings),
    };
    let invalid = |problem: String| RawError::Invalid { action: action.to_owned(), problem };
    match read {
        Ok(findings) if findings.is_empty() => Ok(()),
        Ok(findings) => Err(invalid(list(&findings))),
        Err(action::ParseError::Rejected(rejected)) => Err(invalid(sentence(&rejected))),
        Err(error) => Err(invalid(error.to_string())),
    }
}

fn sentence(rejected: &Rejected) -> String {
    rejected.to_string()
}

fn list(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// ReserveNow needs an id that is unique among the manager's reservations; whoever leaves it out gets one.
fn with_reservation_id(
    version: Version,
    action: &str,
    payload: String,
    reservation: impl FnOnce() -> i32,
) -> String {
    let member = match (action, version) {
        ("ReserveNow", Version::V16) => "reservationId",
        ("ReserveNow", Version::V201 | Version::V21) => "id",
        _ => return payload,
    };
    let is_missing = check_missing(version, action, &payload, member);
    let text = payload.trim_end();
    match text.strip_suffix('}') {
        Some(open) if is_missing => {
            let comma = if open.trim_end().ends_with('{') { "" } else { "," };
            format!("{open}{comma}\"{member}\":{}}}", reservation())
        }
        _ => payload,
    }
}

fn check_missing(version: Version, action: &str, payload: &str, member: &str) -> bool {
    let rejected = match version {
        Version::V16 => v16::Request::parse(action, payload).err(),
        Version::V201 => v201::Request::parse(action, payload).err(),
        Version::V21 => v21::Request::parse(action, payload).err(),
    };
    let Some(action::ParseError::Rejected(rejected)) = rejected else { return false };
    let pointer = format!("/{member}");
    rejected.findings.iter().any(|finding| finding.pointer == pointer && finding.rule == Rule::Missing)
}
