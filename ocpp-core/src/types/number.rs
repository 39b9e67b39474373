//! Numbers with all their digits, and integers with bounds.

use alloc::boxed::Box;
use alloc::string::ToString;
use core::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::message::{Field, Part, Shape};

/// A JSON number with all its digits.
///
/// A number that a [`Decimal`] holds exactly is one; its trailing zeros stay. Any other (`1e400`, forty
/// digits) is kept as text. Either way it is written back as it came. `MIN` and `MAX` are the bounds of the
/// specification, in whole units; the least and the most `i64` are none. `TENTHS` says that the specification
/// wants a multiple of 0.1 (limits of OCPP 1.6); that is told in the schema, not enforced, since stations
/// exist that say more.
#[derive(Clone, PartialEq)]
pub struct Number<const MIN: i64 = { i64::MIN }, const MAX: i64 = { i64::MAX }, const TENTHS: bool = false>(
    Repr,
);

/// A number that is to be a multiple of 0.1: the limits of charging profiles in OCPP 1.6.
pub type Tenths = Number<{ i64::MIN }, { i64::MAX }, true>;

#[derive(Clone, PartialEq)]
enum Repr {
    Decimal(Decimal),
    /// What no `Decimal` writes back as it came: `1e3`, `-0`, forty digits.
    Text(Option<Decimal>, Box<str>),
}

/// A number is outside the bounds of its place in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the number is outside its bounds here ({min} to {max})", min = Bound(*min), max = Bound(*max))]
pub struct OutOfRange {
    /// The least that is allowed; `i64::MIN` is no bound.
    pub min: i64,
    /// The most that is allowed; `i64::MAX` is no bound.
    pub max: i64,
}

struct Bound(i64);

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            i64::MIN | i64::MAX => f.write_str("any"),
            bound => bound.fmt(f),
        }
    }
}

impl<const MIN: i64, const MAX: i64, const TENTHS: bool> Number<MIN, MAX, TENTHS> {
    /// A number within the bounds.
    ///
    /// # Errors
    /// [`OutOfRange`] when it is not.
    pub fn new(value: Decimal) -> Result<Self, OutOfRange> {
        let low = MIN != i64::MIN && value < Decimal::from(MIN);
        let high = MAX != i64::MAX && value > Decimal::from(MAX);
        if low || high { Err(OutOfRange { min: MIN, max: MAX }) } else { Ok(Self(Repr::Decimal(value))) }
    }

    /// A number cut to so many decimals, never rounded up, without zeros at its end: what a limit towards a
    /// station needs, which may have one decimal in OCPP 1.6 (7.14) and six in 2.x (part 2, 2.1.4).
    ///
    /// ```
    /// use ocpp_core::types::Tenths;
    /// # use rust_decimal::Decimal;
    /// let limit = Tenths::truncated(Decimal::new(15_999, 3), 1)?;
    /// assert_eq!(limit.to_string(), "15.9");
    /// assert_eq!(Tenths::truncated(Decimal::new(100, 1), 1)?.to_string(), "10");
    /// # Ok::<(), ocpp_core::types::OutOfRange>(())
    /// ```
    ///
    /// # Errors
    /// [`OutOfRange`] when it is outside the bounds of its place.
    pub fn truncated(value: Decimal, decimals: u32) -> Result<Self, OutOfRange> {
        Self::new(value.trunc_with_scale(decimals).normalize())
    }

    /// The number, unless it is one that a `Decimal` cannot hold exactly.
    #[must_use]
    pub const fn decimal(&self) -> Option<Decimal> {
        match &self.0 {
            Repr::Decimal(value) => Some(*value),
            Repr::Text(value, _) => *value,
        }
    }

    /// How many digits behind the point it needs: trailing zeros do not count.
    #[must_use]
    pub fn decimals(&self) -> usize {
        match &self.0 {
            Repr::Decimal(value) if value.scale() == 0 => 0,
            Repr::Decimal(value) => value.normalize().scale() as usize,
            Repr::Text(_, text) => decimals_of(text),
        }
    }

    fn parse(json: &str) -> Result<Self, OutOfRange> {
        if let Some(value) = plainly(json) {
            return Self::new(value);
        }
        let plain = Decimal::from_str_exact(json).ok();
        if let Some(value) = plain
            && value.to_string() == json
        {
            return Self::new(value);
        }
        let value = plain.or_else(|| exactly(json));
        if let Some(value) = value {
            Self::new(value)?;
        } else if let Ok(rough) = json.parse::<f64>() {
            #[allow(clippy::cast_precision_loss)]
            let outside = (MIN != i64::MIN && rough < MIN as f64) || (MAX != i64::MAX && rough > MAX as f64);
            if outside {
                return Err(OutOfRange { min: MIN, max: MAX });
            }
        }
        Ok(Self(Repr::Text(value, json.into())))
    }
}

/// The digits behind the point of a JSON number as it would be written without an exponent; trailing zeros do
/// not count.
pub(crate) fn decimals_of(json: &str) -> usize {
    let (digits, exponent) = json.split_once(['e', 'E']).unwrap_or((json, "0"));
    let fraction = digits.split_once('.').map_or("", |(_, fraction)| fraction).trim_end_matches('0');
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let decimals = i64::try_from(fraction.len()).unwrap_or(i64::MAX).saturating_sub(exponent);
    usize::try_from(decimals).unwrap_or(0)
}

/// The value of a JSON number of at most 18 digits without exponent, which a `Decimal` writes back as it came.
/// Nearly every number of a message is one; the others take the longer way.
fn plainly(json: &str) -> Option<Decimal> {
    let (negative, digits) = match json.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, json),
    };
    if digits.len() > 19 {
        return None;
    }
    let (mut mantissa, mut scale, mut count) = (0i64, None, 0);
    for byte in digits.bytes() {
        match byte {
            // A nineteenth digit may be one too many for 64 bits.
            b'0'..=b'9' if count == 18 => return None,
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + i64::from(byte - b'0');
                count += 1;
                scale = scale.map(|scale| scale + 1);
            }
            b'.' if scale.is_none() => scale = Some(0),
            _ => return None,
        }
    }
    // No `Decimal` writes a negative nought.
    if negative && mantissa == 0 {
        return None;
    }
    Some(Decimal::new(if negative { -mantissa } else { mantissa }, scale.unwrap_or(0)))
}

/// The text of a `Decimal`, without the detour over a `String`.
struct Digits {
    bytes: [u8; Digits::CAPACITY],
    start: usize,
}

impl Digits {
    /// A sign, a nought, a point and 28 digits; a few more for the 29th digit that 96 bits may have.
    const CAPACITY: usize = 34;

    fn new(value: Decimal) -> Digits {
        let mut digits = Digits { bytes: [0; Digits::CAPACITY], start: Digits::CAPACITY };
        let (mut rest, scale) = (value.mantissa().unsigned_abs(), value.scale());
        let mut written = 0;
        // At least one digit stands before the point.
        while rest > 0 || written <= scale {
            if written == scale && scale > 0 {
                digits.push(b'.');
            }
            digits.push(b'0' + low_digit(&mut rest));
            written += 1;
        }
        if value.is_sign_negative() {
            digits.push(b'-');
        }
        digits
    }

    fn push(&mut self, byte: u8) {
        if let Some(start) = self.start.checked_sub(1) {
            self.start = start;
            self.bytes[start] = byte;
        }
    }

    fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes[self.start..]).unwrap_or_default()
    }
}

/// Takes the last decimal digit off a number.
#[allow(clippy::cast_possible_truncation)] // What is left of a division by ten is small.
fn low_digit(rest: &mut u128) -> u8 {
    // Dividing 64 bits is much faster, and enough nearly always.
    if let Ok(short) = u64::try_from(*rest) {
        *rest = u128::from(short / 10);
        return (short % 10) as u8;
    }
    let digit = *rest % 10;
    *rest /= 10;
    digit as u8
}

/// The value of a number in scientific notation, when a `Decimal` holds it exactly.
fn exactly(json: &str) -> Option<Decimal> {
    let (digits, exponent) = json.split_once(['e', 'E'])?;
    let mut value = Decimal::from_str_exact(digits).ok()?;
    let exponent: i32 = exponent.parse().ok()?;
    if !(-28..=28).contains(&exponent) {
        return None;
    }
    for _ in 0..exponent.unsigned_abs() {
        value = if exponent > 0 {
            value.checked_mul(Decimal::TEN)?
        } else {
            let tenth = value.checked_div(Decimal::TEN)?;
            if tenth.checked_mul(Decimal::TEN) != Some(value) {
                return None;
            }
            tenth
        };
    }
    Some(value)
}

impl<const TENTHS: bool> From<Decimal> for Number<{ i64::MIN }, { i64::MAX }, TENTHS> {
    fn from(value: Decimal) -> Self {
        Self(Repr::Decimal(value))
    }
}

impl<const TENTHS: bool> From<i64> for Number<{ i64::MIN }, { i64::MAX }, TENTHS> {
    fn from(value: i64) -> Self {
        Self(Repr::Decimal(Decimal::from(value)))
    }
}

impl<const MIN: i64, const MAX: i64, const TENTHS: bool> fmt::Display for Number<MIN, MAX, TENTHS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Decimal(value) => value.fmt(f),
            Repr::Text(_, text) => f.write_str(text),
        }
    }
}

impl<const MIN: i64, const MAX: i64, const TENTHS: bool> fmt::Debug for Number<MIN, MAX, TENTHS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<const MIN: i64, const MAX: i64, const TENTHS: bool> Serialize for Number<MIN, MAX, TENTHS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Repr::Decimal(value) => raw(Digits::new(*value).as_str(), serializer),
            Repr::Text(_, text) => raw(text, serializer),
        }
    }
}

/// Writes JSON as it stands.
fn raw<S: Serializer>(json: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serde_json::from_str::<&RawValue>(json).map_err(serde::ser::Error::custom)?.serialize(serializer)
}

impl<'de, const MIN: i64, const MAX: i64, const TENTHS: bool> Deserialize<'de> for Number<MIN, MAX, TENTHS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        if !raw.get().starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
            return Err(serde::de::Error::custom("expected a number"));
        }
        Self::parse(raw.get()).map_err(serde::de::Error::custom)
    }
}

impl<const MIN: i64, const MAX: i64, const TENTHS: bool> Field for Number<MIN, MAX, TENTHS> {
    const SHAPE: Shape =
        Shape::Number { min: bound(MIN, i64::MIN), max: bound(MAX, i64::MAX), tenths: TENTHS };

    fn part(&self) -> Part<'_> {
        Part::Number { decimals: self.decimals() }
    }
}

const fn bound(value: i64, none: i64) -> Option<i64> {
    if value == none { None } else { Some(value) }
}

/// A whole number of 32 bits from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Integer<const MIN: i64, const MAX: i64 = { i64::MAX }>(i32);

impl<const MIN: i64, const MAX: i64> Integer<MIN, MAX> {
    /// A number within the bounds.
    ///
    /// # Errors
    /// [`OutOfRange`] when it is not.
    pub const fn new(value: i32) -> Result<Self, OutOfRange> {
        let wide = value as i64;
        if wide < MIN || wide > MAX { Err(OutOfRange { min: MIN, max: MAX }) } else { Ok(Self(value)) }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i32 {
        self.0
    }
}

impl<const MIN: i64, const MAX: i64> TryFrom<i32> for Integer<MIN, MAX> {
    type Error = OutOfRange;

    fn try_from(value: i32) -> Result<Self, OutOfRange> {
        Self::new(value)
    }
}

impl<const MIN: i64, const MAX: i64> From<Integer<MIN, MAX>> for i32 {
    fn from(integer: Integer<MIN, MAX>) -> i32 {
        integer.0
    }
}

impl<const MIN: i64, const MAX: i64> fmt::Display for Integer<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<const MIN: i64, const MAX: i64> Serialize for Integer<MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i32(self.0)
    }
}

impl<'de, const MIN: i64, const MAX: i64> Deserialize<'de> for Integer<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(i32::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl<const MIN: i64, const MAX: i64> Field for Integer<MIN, MAX> {
    const SHAPE: Shape = Shape::Integer { min: bound(MIN, i64::MIN), max: bound(MAX, i64::MAX) };

    fn part(&self) -> Part<'_> {
        Part::Integer(i64::from(self.0))
    }
}

impl Field for i32 {
    const SHAPE: Shape = Shape::Integer { min: None, max: None };

    fn part(&self) -> Part<'_> {
        Part::Integer(i64::from(*self))
    }
}

impl Field for bool {
    const SHAPE: Shape = Shape::Boolean;
}
