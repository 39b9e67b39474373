//! Whether signed data sets may be billed, and for how much.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::ocmf::{Clock, MeterStatus, Ocmf, PageContext, Pagination, Reading, Reason, Unit, Unverified};
use super::public_key::PublicKey;

/// Whose key it is, by what is known of the meter from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyOwner {
    /// The meter of this serial number (MS).
    Meter(Box<str>),
    /// The component that signs, by its serial number (GS), where it serves one charge point.
    Gateway(Box<str>),
    /// The component that signs (GS) for several meters, and the meter (MS).
    #[allow(missing_docs)]
    GatewayAndMeter { gateway: Box<str>, meter: Box<str> },
    /// The charge point (CI).
    ChargePoint(Box<str>),
}

impl KeyOwner {
    fn signed(&self, set: &Ocmf) -> bool {
        let is = |said: &Option<Box<str>>, known: &str| said.as_deref() == Some(known);
        let (meter, gateway) = (&set.payload.meter.serial, &set.payload.gateway.serial);
        match self {
            KeyOwner::Meter(serial) => is(meter, serial),
            KeyOwner::Gateway(serial) => is(gateway, serial),
            KeyOwner::GatewayAndMeter { gateway: by, meter: of } => is(gateway, by) && is(meter, of),
            KeyOwner::ChargePoint(name) => {
                set.payload.charge_point.as_ref().is_some_and(|point| is(&point.identification, name))
            }
        }
    }
}

/// What is to be billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Billed {
    /// Energy only: the clock of the meter does not matter.
    Energy,
    /// Energy and time: the clock has to be synchronised, or exact for lengths of time.
    EnergyAndTime,
}

/// By what the data sets of a transaction are judged.
#[derive(Debug, Clone)]
pub struct Terms<'a> {
    /// The key of the meter, from a source that is trusted.
    pub key: &'a PublicKey,
    /// Whose key that is.
    pub owner: &'a KeyOwner,
    /// What is to be billed.
    pub billed: Billed,
    /// The register to bill by, as its OBIS code. Without one it is the energy that was delivered: registers
    /// that have the loss of the cable taken off (B1, B3) before all others; of several, all have to tell the
    /// same energy.
    pub register: Option<&'a str>,
}

/// What is to be said of the data sets of a transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    bill: Option<Bill>,
    /// Why nothing may be billed; empty when something may.
    pub objections: Vec<Objection>,
}

/// What may be billed.
#[derive(Debug, Clone, PartialEq)]
pub struct Bill {
    /// The energy in Wh, with all digits of the meter. Never mix it with the registers that OCPP carries
    /// unsigned: they may be others.
    pub energy_wh: Decimal,
    /// The register that it was read from.
    pub register: Option<Box<str>>,
    /// The moment of the first reading. It may be billed by if [`Terms::billed`] says so.
    pub begin: Timestamp,
    /// The moment of the last reading.
    pub end: Timestamp,
}

impl Verdict {
    /// What may be billed; `None` when there are objections.
    #[must_use]
    pub const fn bill(&self) -> Option<&Bill> {
        self.bill.as_ref()
    }
}

/// Why nothing may be billed. The sentences name places, never the values of a driver.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum Objection {
    /// There is no data set.
    #[error("there are no signed data")]
    NoData,
    /// A signature proves nothing.
    #[error("data set {page}: {why}")]
    Signature { page: Page, why: Unverified },
    /// The data set names another meter than the one that the key belongs to.
    #[error("data set {page} is not of the meter that the key belongs to")]
    NotTheOwner { page: Page },
    /// The data set does not say which one it is, so that nobody can see whether one is missing.
    #[error("data set {page} has no pagination")]
    NoPagination { page: Page },
    /// The data set belongs to no transaction.
    #[error("data set {page} belongs to no transaction")]
    NotOfTransaction { page: Page },
    /// Data sets are missing between two.
    #[error("data sets are missing between {after} and {next}")]
    Gap { after: Pagination, next: Pagination },
    /// Two data sets say that they are the same one, and are not.
    #[error("there are two different data sets {page}")]
    TwoOfOnePage { page: Page },
    /// The data sets are not of one meter.
    #[error("the data sets are of different meters")]
    OtherMeter,
    /// The assignment of the driver went wrong.
    #[error("data set {page}: the driver's identification failed")]
    UserAssignment { page: Page },
    /// The meter was not in order.
    #[error("reading {index} of data set {page}: the meter {status}")]
    Status { page: Page, index: usize, status: MeterStatus },
    /// A reading does not say whether the meter was in order.
    #[error("reading {index} of data set {page} has no status of the meter")]
    NoStatus { page: Page, index: usize },
    /// Energy or time must not be billed because of an error.
    #[error("reading {index} of data set {page} is marked as erroneous")]
    ErrorFlags { page: Page, index: usize },
    /// An error happened while it charged.
    #[error("reading {index} of data set {page} tells an exception: nothing counts from there on")]
    Exception { page: Page, index: usize },
    /// Time is billed, and the clock is not good enough.
    #[error(
        "reading {index} of data set {page}: the clock is not synchronised, so that no time can be billed"
    )]
    Clock { page: Page, index: usize },
    /// Time is billed, and the power failed.
    #[error("the power failed, so that no time can be billed")]
    PowerFailure,
    /// No register tells an energy.
    #[error("no reading tells an energy of the register that is billed by")]
    NoRegister,
    /// The first reading of a register is not that of the begin.
    #[error("register {register}: the first reading is not the begin of the transaction")]
    NoBegin { register: Register },
    /// The last reading of a register is not that of the end.
    #[error("register {register}: the last reading is not the end of the transaction")]
    NoEnd { register: Register },
    /// There is more than one begin or end.
    #[error("register {register}: the transaction begins or ends more than once")]
    SeveralEnds { register: Register },
    /// The value of a reading is missing or too large.
    #[error("register {register}: a value is missing, or too large to calculate with")]
    NoValue { register: Register },
    /// The register ran backwards.
    #[error("register {register} ran backwards")]
    RanBackwards { register: Register },
    /// The clock ran backwards.
    #[error("register {register}: the clock ran backwards")]
    TimeRanBackwards { register: Register },
    /// Time is billed, and the clock was relative at the begin and something else at the end, so that no length
    /// of time is known.
    #[error("register {register}: the clock of the begin is relative, that of the end is not")]
    OtherClock { register: Register },
    /// Registers tell different energies.
    #[error("registers tell different energies: say which of them is billed by")]
    SeveralRegisters,
}

/// A data set by its pagination, or by its number among those that were given (`#0`) where it has none.
pub type Page = Box<str>;

/// A register by its OBIS code; empty where it has none.
pub type Register = Box<str>;

/// Judges the signed data sets of one transaction: whether they prove an energy, and which one.
///
/// It may be billed when every signature fits and the key belongs to the meter, no data set is missing, all are of
/// one meter, they go from the begin to the end of the transaction, and the meter was in order all the time. The
/// order in which the sets are given does not matter; one that came twice counts once.
#[must_use]
pub fn judge(sets: &[Ocmf], terms: &Terms<'_>) -> Verdict {
    let sets = in_order(sets);
    let mut objections = Vec::new();
    if sets.is_empty() {
        objections.push(Objection::NoData);
    }
    for (page, set) in &sets {
        judge_set(page, set, terms, &mut objections);
    }
    judge_sequence(&sets, &mut objections);
    let bill = match bill(&sets, terms, &mut objections) {
        Some(bill) if objections.is_empty() => Some(bill),
        _ => None,
    };
    Verdict { bill, objections }
}

/// The sets by their pagination, each once.
fn in_order(sets: &[Ocmf]) -> Vec<(Page, &Ocmf)> {
    let mut ordered: Vec<(Page, &Ocmf)> = Vec::new();
    for (index, set) in sets.iter().enumerate() {
        if ordered.iter().all(|(_, known)| known.as_str() != set.as_str()) {
            let page = match &set.payload.pagination {
                Some(pagination) => alloc::format!("{pagination}"),
                None => alloc::format!("#{index}"),
            };
            ordered.push((page.into_boxed_str(), set));
        }
    }
    ordered.sort_by_key(|(_, set)| set.payload.pagination);
    ordered
}

/// What one set is to be objected to for by itself.
fn judge_set(page: &Page, set: &Ocmf, terms: &Terms<'_>, objections: &mut Vec<Objection>) {
    let page = || page.clone();
    if let Err(why) = set.verify(terms.key) {
        objections.push(Objection::Signature { page: page(), why });
    }
    if !terms.owner.signed(set) {
        objections.push(Objection::NotTheOwner { page: page() });
    }
    match set.payload.pagination.map(|pagination| pagination.context) {
        Some(PageContext::Transaction) => {}
        Some(PageContext::Fiscal) => objections.push(Objection::NotOfTransaction { page: page() }),
        None => objections.push(Objection::NoPagination { page: page() }),
    }
    if set.payload.user.as_ref().is_some_and(|user| user.is_faulty()) {
        objections.push(Objection::UserAssignment { page: page() });
    }
    for (index, reading) in set.payload.readings.iter().enumerate() {
        judge_reading(page(), index, reading, terms.billed, objections);
    }
}

fn judge_reading(
    page: Page,
    index: usize,
    reading: &Reading,
    billed: Billed,
    objections: &mut Vec<Objection>,
) {
    match reading.status {
        Some(MeterStatus::Good) => {}
        Some(status) => objections.push(Objection::Status { page: page.clone(), index, status }),
        None => objections.push(Objection::NoStatus { page: page.clone(), index }),
    }
    if !reading.errors.is_empty() {
        objections.push(Objection::ErrorFlags { page: page.clone(), index });
    }
    if reading.reason == Some(Reason::Exception) {
        objections.push(Objection::Exception { page: page.clone(), index });
    }
    if billed == Billed::EnergyAndTime {
        if !reading.time.clock.is_billable() {
            objections.push(Objection::Clock { page, index });
        }
        if reading.reason == Some(Reason::PowerFailure) {
            objections.push(Objection::PowerFailure);
        }
    }
}

/// Whether the sets follow each other, and are of one meter.
fn judge_sequence(sets: &[(Page, &Ocmf)], objections: &mut Vec<Objection>) {
    for pair in sets.windows(2) {
        let [(page, one), (_, other)] = pair else { continue };
        if let (Some(after), Some(next)) = (one.payload.pagination, other.payload.pagination)
            && after.context == next.context
        {
            if after == next {
                objections.push(Objection::TwoOfOnePage { page: page.clone() });
            } else if after.number.checked_add(1) != Some(next.number) {
                objections.push(Objection::Gap { after, next });
            }
        }
    }
    let serials = |set: &Ocmf| (set.payload.meter.serial.clone(), set.payload.gateway.serial.clone());
    if sets.windows(2).any(|pair| serials(pair[0].1) != serials(pair[1].1)) {
        objections.push(Objection::OtherMeter);
    }
}

/// The bill by the register that is billed by, or by all that tell the same.
fn bill(sets: &[(Page, &Ocmf)], terms: &Terms<'_>, objections: &mut Vec<Objection>) -> Option<Bill> {
    let mut registers: BTreeMap<&str, Vec<&Reading>> = BTreeMap::new();
    for reading in
        sets.iter().flat_map(|(_, set)| &set.payload.readings).filter(|reading| tells_energy(reading))
    {
        registers.entry(reading.register.as_deref().unwrap_or_default()).or_default().push(reading);
    }
    choose(&mut registers, terms.register);
    if registers.is_empty() {
        objections.push(Objection::NoRegister);
        return None;
    }
    let before = objections.len();
    let bills: Vec<Bill> = registers
        .into_iter()
        .filter_map(|(register, readings)| {
            bill_by(register, &readings, terms.billed).map_err(|objection| objections.push(objection)).ok()
        })
        .collect();
    if objections.len() > before {
        return None;
    }
    let mut bills = bills.into_iter();
    let first = bills.next()?;
    if bills.any(|other| other.energy_wh != first.energy_wh) {
        objections.push(Objection::SeveralRegisters);
        return None;
    }
    Some(first)
}

fn tells_energy(reading: &Reading) -> bool {
    matches!(reading.unit, Some(Unit::KilowattHours | Unit::WattHours))
}

/// Leaves the registers that are billed by.
fn choose(registers: &mut BTreeMap<&str, Vec<&Reading>>, wanted: Option<&str>) {
    if let Some(wanted) = wanted {
        registers.retain(|register, _| register.eq_ignore_ascii_case(wanted));
        return;
    }
    registers.retain(|register, _| !matches!(quantity(register).as_str(), "2" | "C0" | "C1" | "C2" | "C3"));
    let compensated = |register: &str| matches!(quantity(register).as_str(), "B1" | "B3");
    if registers.keys().any(|register| compensated(register)) {
        registers.retain(|register, _| compensated(register));
    }
}

/// The quantity that an OBIS code names (its group C), without leading noughts: `1` of `1-b:1.8.0`, `B2` of
/// `01-00:B2.08.00*FF`.
fn quantity(register: &str) -> String {
    let group = register.split(':').nth(1).and_then(|rest| rest.split('.').next()).unwrap_or_default();
    group.trim_start_matches('0').to_ascii_uppercase()
}

/// The bill by the readings of one register.
fn bill_by(register: &str, readings: &[&Reading], billed: Billed) -> Result<Bill, Objection> {
    let named = || Register::from(register);
    let (Some(begin), Some(end)) = (readings.first(), readings.last()) else {
        return Err(Objection::NoRegister);
    };
    if begin.reason != Some(Reason::Begin) {
        return Err(Objection::NoBegin { register: named() });
    }
    if !end.reason.is_some_and(Reason::is_end) {
        return Err(Objection::NoEnd { register: named() });
    }
    let bounds =
        |reading: &&&Reading| reading.reason.is_some_and(|reason| reason == Reason::Begin || reason.is_end());
    if readings.iter().filter(bounds).count() != 2 {
        return Err(Objection::SeveralEnds { register: named() });
    }
    if readings.windows(2).any(|pair| pair[1].time.at < pair[0].time.at) {
        return Err(Objection::TimeRanBackwards { register: named() });
    }
    let relative = |reading: &Reading| reading.time.clock == Clock::Relative;
    if billed == Billed::EnergyAndTime && relative(begin) && !relative(end) {
        return Err(Objection::OtherClock { register: named() });
    }
    let values: Option<Vec<Decimal>> = readings.iter().map(|reading| reading.watt_hours()).collect();
    let values = values.ok_or_else(|| Objection::NoValue { register: named() })?;
    if values.windows(2).any(|pair| pair[1] < pair[0]) {
        return Err(Objection::RanBackwards { register: named() });
    }
    let energy = values.first().zip(values.last()).and_then(|(first, last)| last.checked_sub(*first));
    Ok(Bill {
        energy_wh: energy.ok_or_else(|| Objection::NoValue { register: named() })?,
        register: begin.register.clone(),
        begin: begin.time.at,
        end: end.time.at,
    })
}
