//! Tariffs on stations (block I, I07 to I11).

mod tariff;

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::dynamic::transaction_id;
use super::{VERSION, wire};
use crate::dialect::two::{self, boxed, integer, unsigned};
use crate::dialect::{
    CannotSay, Heard, Misheard, Payload, Reply, Said, later, payload, read, read_command, said, verdict,
};
use crate::model::tariff::{InstalledTariff, TariffKind, TariffRemoval, TariffWord};
use crate::model::{Command, EvseId, Outcome, Place, StationTxRef, Verdict};
use crate::types::{DateTime, List, Text};

pub(super) fn order(command: &Command) -> Result<Said, CannotSay> {
    let cannot = |what| CannotSay::new(VERSION, what);
    let evse = |place: Place| integer(two::evse_of(place)).ok_or_else(|| cannot("an EVSE of this number"));
    Ok(match command {
        Command::SetDefaultTariff { place, tariff } => {
            let tariff = tariff::said(tariff).map_err(cannot)?;
            said("SetDefaultTariff", &wire::SetDefaultTariffRequest::new(evse(*place)?, tariff))
        }
        Command::GetTariffs { place } => said("GetTariffs", &wire::GetTariffsRequest::new(evse(*place)?)),
        Command::ClearTariffs { ids, place } => {
            let ids: Result<Vec<_>, _> = ids.iter().map(|id| Text::new(id)).collect();
            let ids = ids.map_err(|_| cannot("a tariff id of more than 60 characters"))?;
            let mut call = wire::ClearTariffsRequest::new();
            call.tariff_ids = List::new(ids).ok();
            call.evse_id = place.map(evse).transpose()?;
            said("ClearTariffs", &call)
        }
        Command::ChangeTransactionTariff { transaction, tariff } => {
            let tariff = tariff::said(tariff).map_err(cannot)?;
            let call = wire::ChangeTransactionTariffRequest::new(tariff, transaction_id(transaction)?);
            said("ChangeTransactionTariff", &call)
        }
        other => return Err(later::cannot(VERSION, other)),
    })
}

fn word(status: &str) -> TariffWord {
    match status {
        "Accepted" => TariffWord::Accepted,
        "TooManyElements" => TariffWord::TooManyElements,
        "ConditionNotSupported" => TariffWord::ConditionNotSupported,
        "DuplicateTariffId" => TariffWord::DuplicateId,
        "TxNotFound" => TariffWord::NoTransaction,
        "NoCurrencyChange" => TariffWord::NoCurrencyChange,
        "NoTariff" => TariffWord::NoTariff,
        _ => TariffWord::Rejected,
    }
}

const fn status(word: TariffWord) -> &'static str {
    match word {
        TariffWord::Accepted => "Accepted",
        TariffWord::Rejected => "Rejected",
        TariffWord::TooManyElements => "TooManyElements",
        TariffWord::ConditionNotSupported => "ConditionNotSupported",
        TariffWord::DuplicateId => "DuplicateTariffId",
        TariffWord::NoTransaction => "TxNotFound",
        TariffWord::NoCurrencyChange => "NoCurrencyChange",
        TariffWord::NoTariff => "NoTariff",
    }
}

pub(super) fn hear_outcome(command: &Command, json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    match command {
        Command::SetDefaultTariff { .. } => {
            read(json, |r: wire::SetDefaultTariffResponse| Outcome::Tariff(word(r.status.as_str())))
        }
        Command::ChangeTransactionTariff { .. } => {
            read(json, |r: wire::ChangeTransactionTariffResponse| Outcome::Tariff(word(r.status.as_str())))
        }
        Command::GetTariffs { .. } => read(json, |r: wire::GetTariffsResponse| Outcome::Tariffs {
            verdict: verdict(r.status.as_str()),
            tariffs: r.tariff_assignments.as_deref().unwrap_or_default().iter().map(read_installed).collect(),
        }),
        _ => read(json, |r: wire::ClearTariffsResponse| {
            let removal = |result: &wire::ClearTariffsResult| TariffRemoval {
                id: result.tariff_id.as_deref().map(boxed),
                word: word(result.status.as_str()),
            };
            Outcome::TariffsCleared(r.clear_tariffs_result.iter().map(removal).collect())
        }),
    }
}

fn read_installed(told: &wire::TariffAssignment) -> InstalledTariff {
    let driver = told.tariff_kind == wire::TariffKind::DriverTariff;
    let evses = told.evse_ids.as_deref().unwrap_or_default();
    InstalledTariff {
        id: told.tariff_id.as_str().into(),
        kind: if driver { TariffKind::Driver } else { TariffKind::Default },
        valid_from: told.valid_from.as_ref().map(DateTime::timestamp),
        evses: evses.iter().map(|evse| EvseId(unsigned(*evse))).collect(),
        tokens: told.id_tokens.as_deref().map_or(0, <[_]>::len),
    }
}

fn installed(told: &InstalledTariff) -> wire::TariffAssignment {
    let kind = match told.kind {
        TariffKind::Default => wire::TariffKind::DefaultTariff,
        TariffKind::Driver => wire::TariffKind::DriverTariff,
    };
    let mut said = wire::TariffAssignment::new(Text::truncated(&told.id), kind);
    said.valid_from = told.valid_from.map(DateTime::new);
    said.evse_ids = List::new(told.evses.iter().filter_map(|evse| integer(evse.0)).collect()).ok();
    said
}

pub(super) fn hear_command(action: &str, json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    match action {
        "SetDefaultTariff" => read_command(action, json, |r: wire::SetDefaultTariffRequest| {
            let tariff = Box::new(tariff::read(&r.tariff)?);
            Some(Command::SetDefaultTariff { place: Place::of(unsigned(r.evse_id), None), tariff })
        }),
        "ChangeTransactionTariff" => read_command(action, json, |r: wire::ChangeTransactionTariffRequest| {
            let transaction = StationTxRef::Named(boxed(&r.transaction_id));
            let tariff = Box::new(tariff::read(&r.tariff)?);
            Some(Command::ChangeTransactionTariff { transaction, tariff })
        }),
        "GetTariffs" => read(json, |r: wire::GetTariffsRequest| Command::GetTariffs {
            place: Place::of(unsigned(r.evse_id), None),
        }),
        _ => read(json, |r: wire::ClearTariffsRequest| Command::ClearTariffs {
            ids: r.tariff_ids.as_deref().unwrap_or_default().iter().map(|id| boxed(id)).collect(),
            place: r.evse_id.map(|evse| Place::of(unsigned(evse), None)),
        }),
    }
}

pub(super) fn answer_command(action: &str, outcome: &Outcome) -> Reply {
    match (action, outcome) {
        ("SetDefaultTariff", Outcome::Tariff(word)) => payload(&wire::SetDefaultTariffResponse::new(
            two::listed(status(*word), wire::TariffSetStatus::Rejected),
        )),
        ("ChangeTransactionTariff", Outcome::Tariff(word)) => {
            payload(&wire::ChangeTransactionTariffResponse::new(two::listed(
                status(*word),
                wire::TariffChangeStatus::Rejected,
            )))
        }
        ("GetTariffs", Outcome::Tariffs { verdict, tariffs }) => {
            let mut response = wire::GetTariffsResponse::new(match verdict {
                Verdict::Accepted => wire::TariffGetStatus::Accepted,
                Verdict::NothingFits => wire::TariffGetStatus::NoTariff,
                _ => wire::TariffGetStatus::Rejected,
            });
            response.tariff_assignments = List::new(tariffs.iter().map(installed).collect()).ok();
            payload(&response)
        }
        ("ClearTariffs", Outcome::TariffsCleared(removals)) => {
            let result = |removal: &TariffRemoval| {
                let status = two::listed(status(removal.word), wire::TariffClearStatus::Rejected);
                let mut result = wire::ClearTariffsResult::new(status);
                result.tariff_id = removal.id.as_deref().map(Text::truncated);
                result
            };
            match List::new(removals.iter().map(result).collect()) {
                Ok(results) => payload(&wire::ClearTariffsResponse::new(results)),
                Err(_) => Reply::NotSupported("this station has no tariffs"),
            }
        }
        _ => Reply::NotSupported("this station keeps no tariffs"),
    }
}
