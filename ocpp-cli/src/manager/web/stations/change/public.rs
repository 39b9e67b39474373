//! The columns of the table of connectors that are for the public.

use ocpp_server::domain::{
    Bay, ConnectorEntry, ConnectorFormat, EvseEntry, ParkingRestriction, PlugStandard, PowerType, Ratings,
};
use ocpp_server::register::Flaw;

use super::super::super::form::{Draft, Fields};
use super::cell_number;

/// What a row says of the place and its id.
pub(super) fn bay(draft: &mut Draft, cell: impl Fn(&str) -> String) -> Bay {
    let restrictions = cell("restrictions");
    let words = restrictions.split([',', ' ', ';']).filter(|word| !word.is_empty());
    let known = words.filter_map(|text| word(draft, text, "parking restriction", ParkingRestriction::named));
    Bay {
        restrictions: known.collect(),
        evse_id: Some(cell("evse_id").to_ascii_uppercase()).filter(|id| !id.is_empty()),
        pull_through: cell("pull_through").eq_ignore_ascii_case("yes"),
    }
}

/// The rows of an EVSE are about the same place: what any says holds.
pub(super) fn join(bay: &mut Bay, other: Bay) {
    bay.evse_id = bay.evse_id.take().or(other.evse_id);
    bay.restrictions.extend(other.restrictions);
    bay.pull_through |= other.pull_through;
}

/// What a row says of the plug.
pub(super) fn ratings(draft: &mut Draft, cell: impl Fn(&str) -> String) -> Ratings {
    Ratings {
        standard: word(draft, &cell("standard"), "standard of a plug", PlugStandard::named),
        format: word(draft, &cell("format").to_ascii_uppercase(), "format", ConnectorFormat::named),
        power_type: word(
            draft,
            &cell("power_type").to_ascii_uppercase(),
            "kind of current",
            PowerType::named,
        ),
        max_voltage: cell_number(draft, &cell("max_voltage"), "voltage"),
        max_amperage: cell_number(draft, &cell("max_amperage"), "current"),
    }
}

fn word<T>(draft: &mut Draft, text: &str, what: &str, named: fn(&str) -> Option<T>) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    let found = named(text);
    if found.is_none() {
        let shown: String = text.chars().take(30).collect();
        draft.flaws.push(Flaw::at("/evses", format!("{shown:?} is no {what}.")));
    }
    found
}

/// The columns of a row out of what is known.
pub(super) fn fill(fields: &mut Fields, evse: &EvseEntry, connector: Option<&ConnectorEntry>) {
    let ratings = connector.map(|connector| connector.ratings).unwrap_or_default();
    let restrictions: Vec<&str> = evse.bay.restrictions.iter().map(|one| one.as_str()).collect();
    let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    fields.push("evse_id", evse.bay.evse_id.clone().unwrap_or_default());
    fields.push("restrictions", restrictions.join(" "));
    fields.push("pull_through", if evse.bay.pull_through { "yes" } else { "" });
    fields.push("standard", ratings.standard.map(PlugStandard::as_str).unwrap_or_default());
    fields.push("format", ratings.format.map(ConnectorFormat::as_str).unwrap_or_default());
    fields.push("power_type", ratings.power_type.map(PowerType::as_str).unwrap_or_default());
    fields.push("max_voltage", number(ratings.max_voltage));
    fields.push("max_amperage", number(ratings.max_amperage));
}
