//! What each slot for a network profile holds, as `SetNetworkProfile` has filled it (B09.FR.08). It is changed by that
//! alone, so that every variable but the password is read-only (B09.FR.10).

use super::{Form, Live, ReadOnly, Row, SLOTS, Shows, WriteOnly, row};
use crate::engine::device::live::Line;

/// How many variables a slot has.
const EACH: usize = 10;

const INTERFACES: &[&str] =
    &["Any", "Wired0", "Wired1", "Wired2", "Wired3", "Wireless0", "Wireless1", "Wireless2", "Wireless3"];
const VERSIONS: &[&str] = &["OCPP12", "OCPP15", "OCPP16", "OCPP20", "OCPP201", "OCPP21"];

pub(super) static ROWS: [[Row; EACH]; 3] = [slot(0, 1), slot(1, 2), slot(2, 3)];

const fn slot(at: usize, slot: i32) -> [Row; EACH] {
    [
        variable(at, slot, "OcppCsmsUrl", Form::Text(2000), Line::Url),
        variable(at, slot, "OcppInterface", Form::One(INTERFACES), Line::Interface),
        variable(at, slot, "OcppTransport", Form::One(&["JSON"]), Line::Transport),
        variable(at, slot, "OcppVersion", Form::One(VERSIONS), Line::Version),
        variable(at, slot, "MessageTimeout", Form::Whole(0, 86_400, "s"), Line::Timeout),
        variable(at, slot, "SecurityProfile", Form::Whole(0, 3, ""), Line::Security),
        variable(at, slot, "Identity", Form::Text(48), Line::Identity),
        Row { access: WriteOnly, ..variable(at, slot, "BasicAuthPassword", Form::Text(40), Line::Password) },
        variable(at, slot, "VpnEnabled", Form::Flag, Line::Vpn),
        variable(at, slot, "ApnEnabled", Form::Flag, Line::Apn),
    ]
}

const fn variable(at: usize, slot: i32, name: &'static str, form: Form, line: Line) -> Row {
    let one = row("NetworkConfiguration", (name, ""), "", ReadOnly, form, Shows(Live::Network(slot, line)));
    Row { component_instance: SLOTS[at], ..one }
}
