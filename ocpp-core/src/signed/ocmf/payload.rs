//! What a meter says beside its readings.

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use core::fmt;

use super::BadOcmf;
use super::members::Members;
use super::reading::{self, Reading};
use crate::types::Number;

/// What a meter says. Members that OCMF does not know are covered by the signature and not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// The version of the format, such as `1.0` (FV).
    pub format_version: Option<Box<str>>,
    /// The component that signs (GI, GS, GV).
    pub gateway: Gateway,
    /// The place among all data sets of its context; needed to see that none is missing (PG).
    pub pagination: Option<Pagination>,
    /// The meter (MV, MM, MS, MF).
    pub meter: Meter,
    /// Who charges; `None` without a transaction (IS, IL, IF, IT, ID, TT).
    pub user: Option<User>,
    /// The firmware of the charge controller (CCV).
    pub controller_version: Option<Box<str>>,
    /// What the values were compensated by (LC).
    pub cable_loss: Option<CableLoss>,
    /// The charge point (CT, CI).
    pub charge_point: Option<ChargePoint>,
    /// The readings in their order, with what they inherit from the one before; at least one (RD).
    pub readings: Vec<Reading>,
}

/// The component that signs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gateway {
    /// Its maker and model (GI).
    pub identification: Option<Box<str>>,
    /// Its serial number (GS).
    pub serial: Option<Box<str>>,
    /// Its software (GV).
    pub version: Option<Box<str>>,
}

/// The meter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Meter {
    /// Its maker (MV).
    pub vendor: Option<Box<str>>,
    /// Its model (MM).
    pub model: Option<Box<str>>,
    /// Its serial number (MS).
    pub serial: Option<Box<str>>,
    /// Its firmware (MF).
    pub firmware: Option<Box<str>>,
}

/// What data sets are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PageContext {
    /// Readings of transactions (`T`).
    Transaction,
    /// Readings outside of transactions (`F`).
    Fiscal,
}

/// The place of a data set: each context counts from one set to the next by 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub struct Pagination {
    pub context: PageContext,
    pub number: u64,
}

impl Pagination {
    fn read(text: &str) -> Option<Pagination> {
        let context = match text.as_bytes().first()? {
            b'T' => PageContext::Transaction,
            b'F' => PageContext::Fiscal,
            _ => return None,
        };
        let digits = &text[1..];
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.is_empty();
        plain.then(|| digits.parse().ok()).flatten().map(|number| Pagination { context, number })
    }
}

impl fmt::Display for Pagination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let context = match self.context {
            PageContext::Transaction => 'T',
            PageContext::Fiscal => 'F',
        };
        write!(f, "{context}{}", self.number)
    }
}

/// Who charges. The identification is personal: `Debug` shows its length only.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// Whether a user was assigned (IS).
    pub assigned: Option<bool>,
    /// How well, such as `VERIFIED` (IL).
    pub level: Option<Box<str>>,
    /// By what means, such as `RFID_PLAIN` (IF).
    pub flags: Vec<Box<str>>,
    /// The kind of identification, such as `ISO14443` (IT).
    pub kind: Option<Box<str>>,
    /// The identification itself (ID).
    pub identification: Option<Box<str>>,
    /// The tariff's name (TT).
    pub tariff: Option<Box<str>>,
}

impl User {
    /// Whether the level says that the assignment went wrong: `MISMATCH`, `INVALID`, `OUTDATED`, `UNKNOWN`.
    #[must_use]
    pub fn is_faulty(&self) -> bool {
        matches!(self.level.as_deref(), Some("MISMATCH" | "INVALID" | "OUTDATED" | "UNKNOWN"))
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.identification.as_ref().map(|text| text.chars().count());
        f.debug_struct("User")
            .field("assigned", &self.assigned)
            .field("level", &self.level)
            .field("flags", &self.flags)
            .field("kind", &self.kind)
            .field("identification_length", &length)
            .field("tariff", &self.tariff)
            .finish()
    }
}

/// The resistance of the cable whose loss was taken off the values. Nothing has to be taken off again.
#[derive(Debug, Clone, PartialEq)]
pub struct CableLoss {
    /// A name for it (LN).
    pub name: Option<Box<str>>,
    /// A number for it (LI).
    pub number: Option<Number>,
    /// The resistance (LR).
    pub resistance: Option<Number>,
    /// The unit of the resistance, `mOhm` or `uOhm` (LU).
    pub unit: Option<Box<str>>,
}

impl Eq for CableLoss {}

/// The charge point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargePoint {
    /// What kind of name it is: `EVSEID` or `CBIDC` (CT).
    pub kind: Option<Box<str>>,
    /// The name (CI).
    pub identification: Option<Box<str>>,
}

pub(super) fn read(members: &Members<'_>) -> Result<Payload, BadOcmf> {
    let pagination = match members.text("PG")? {
        Some(text) => Some(
            Pagination::read(&text)
                .ok_or_else(|| members.wrong("PG", "T or F with a number, such as T17"))?,
        ),
        None => None,
    };
    Ok(Payload {
        format_version: members.word("FV")?,
        gateway: Gateway {
            identification: members.boxed("GI")?,
            serial: members.word("GS")?,
            version: members.word("GV")?,
        },
        pagination,
        meter: Meter {
            vendor: members.boxed("MV")?,
            model: members.boxed("MM")?,
            serial: members.word("MS")?,
            firmware: members.word("MF")?,
        },
        user: read_user(members)?,
        controller_version: members.word("CCV")?,
        cable_loss: members.object("LC")?.map(|loss| read_cable_loss(&loss)).transpose()?,
        charge_point: read_charge_point(members)?,
        readings: read_readings(members)?,
    })
}

fn read_user(members: &Members<'_>) -> Result<Option<User>, BadOcmf> {
    if ["IS", "IL", "IF", "IT", "ID", "TT"].iter().all(|name| members.raw(name).is_none()) {
        return Ok(None);
    }
    let flag = |json: &serde_json::value::RawValue| {
        serde_json::from_str::<Box<str>>(json.get()).map_err(|_| members.wrong("IF", "a list of texts"))
    };
    Ok(Some(User {
        assigned: members.flag("IS")?,
        level: members.boxed("IL")?,
        flags: members.list("IF")?.into_iter().map(flag).collect::<Result<_, _>>()?,
        kind: members.boxed("IT")?,
        identification: members.word("ID")?,
        tariff: members.boxed("TT")?,
    }))
}

fn read_cable_loss(members: &Members<'_>) -> Result<CableLoss, BadOcmf> {
    Ok(CableLoss {
        name: members.boxed("LN")?,
        number: members.number("LI")?,
        resistance: members.number("LR")?,
        unit: members.boxed("LU")?,
    })
}

fn read_charge_point(members: &Members<'_>) -> Result<Option<ChargePoint>, BadOcmf> {
    let (kind, identification) = (members.word("CT")?, members.word("CI")?);
    if kind.is_none() && identification.is_none() {
        return Ok(None);
    }
    Ok(Some(ChargePoint { kind, identification }))
}

fn read_readings(members: &Members<'_>) -> Result<Vec<Reading>, BadOcmf> {
    let mut readings: Vec<Reading> = Vec::new();
    for (index, json) in members.list("RD")?.into_iter().enumerate() {
        let one = Members::read(json.get(), &format!("RD[{index}]"))?;
        let reading = reading::read(&one, readings.last())?;
        readings.push(reading);
    }
    if readings.is_empty() { Err(members.missing("RD")) } else { Ok(readings) }
}
