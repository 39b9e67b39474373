//! Money: an exact amount in a currency of ISO 4217.

use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A currency by its code of ISO 4217, such as `EUR`.
///
/// Every currency that one can pay with is known, as of January 2026; the codes of funds, metals and tests
/// (`CHE`, `XAU`, `XTS`) are not, since nothing is priced in them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// A text is no currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no currency of ISO 4217; write its three capital letters, such as EUR or USD")]
pub struct UnknownCurrency(pub String);

/// The currencies that are divided into a hundred, or written as if they were.
const HUNDREDTHS: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD \
     CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD \
     HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP \
     MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR \
     SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES \
     WST XCD XCG YER ZAR ZMW ZWG";
/// The currencies without any smaller unit.
const WHOLE: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
/// The currencies that are divided into a thousand.
const THOUSANDTHS: &str = "BHD IQD JOD KWD LYD OMR TND";

impl Currency {
    /// The euro.
    pub const EUR: Currency = Currency(*b"EUR");
    /// The dollar of the United States.
    pub const USD: Currency = Currency(*b"USD");

    /// The three letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How many digits stand after the point when an amount is paid: 0 (JPY), 2 (EUR) or 3 (KWD).
    #[must_use]
    pub fn minor_digits(self) -> u32 {
        minor_digits(self.as_str()).unwrap_or(2)
    }
}

fn minor_digits(code: &str) -> Option<u32> {
    let listed = |list: &str| list.split_ascii_whitespace().any(|known| known == code);
    [(HUNDREDTHS, 2), (WHOLE, 0), (THOUSANDTHS, 3)]
        .into_iter()
        .find_map(|(list, digits)| listed(list).then_some(digits))
}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(code: &str) -> Result<Currency, UnknownCurrency> {
        let unknown = || UnknownCurrency(code.chars().take(20).collect());
        minor_digits(code).ok_or_else(unknown)?;
        code.as_bytes().try_into().map(Currency).map_err(|_| unknown())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Currency, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// An amount in a currency, with all its digits until it is [`rounded`](Money::rounded).
///
/// In JSON the amount is a text, so that no reader makes a binary fraction of it:
/// `{"amount":"12.34","currency":"EUR"}`.
///
/// ```
/// use ocpp_core::model::{Currency, Money, MoneyError};
/// use rust_decimal::Decimal;
///
/// let price = Money::new(Decimal::new(455, 3), Currency::EUR);
/// let paid = price.times(Decimal::TEN)?.plus(Money::from_minor(199, Currency::EUR))?;
/// assert_eq!(paid.to_string(), "6.54 EUR");
/// # Ok::<(), MoneyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    #[serde(with = "as_text")]
    amount: Decimal,
    currency: Currency,
}

/// Two amounts cannot be put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// They are in two currencies.
    #[error("an amount in {0} and one in {1} cannot be put together")]
    CurrenciesDiffer(Currency, Currency),
    /// The result has too many digits.
    #[error("the amount is too large to be held exactly")]
    Overflow,
}

impl Money {
    /// An amount with all its digits.
    #[must_use]
    pub const fn new(amount: Decimal, currency: Currency) -> Money {
        Money { amount, currency }
    }

    /// Nothing.
    #[must_use]
    pub const fn zero(currency: Currency) -> Money {
        Money::new(Decimal::ZERO, currency)
    }

    /// An amount in the currency's smallest unit, such as cents.
    #[must_use]
    pub fn from_minor(units: i64, currency: Currency) -> Money {
        Money::new(Decimal::new(units, currency.minor_digits()), currency)
    }

    /// The amount in units of the currency.
    #[must_use]
    pub const fn amount(self) -> Decimal {
        self.amount
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whether it is nothing at all.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.amount.is_zero()
    }

    /// Rounded to the currency's smallest unit, half a unit away from zero.
    #[must_use]
    pub fn rounded(self) -> Money {
        let digits = self.currency.minor_digits();
        let amount = self.amount.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
        Money { amount: at_least_digits(amount, digits), ..self }
    }

    /// The same amount with at least the digits of the currency and no needless zeros beyond them.
    #[must_use]
    pub fn trimmed(self) -> Money {
        let amount = at_least_digits(self.amount.normalize(), self.currency.minor_digits());
        Money { amount, ..self }
    }

    /// The amount in the currency's smallest unit, rounded; `None` outside the range of `i64`.
    #[must_use]
    pub fn to_minor(self) -> Option<i64> {
        let units = Decimal::from(10_i64.checked_pow(self.currency.minor_digits())?);
        self.rounded().amount.checked_mul(units)?.to_i64()
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError`] when the currencies differ or the sum is too large.
    pub fn plus(self, other: Money) -> Result<Money, MoneyError> {
        self.with(other, Decimal::checked_add)
    }

    /// What is left when `other` is taken away; may be negative.
    ///
    /// # Errors
    /// [`MoneyError`] when the currencies differ or the difference is too large.
    pub fn minus(self, other: Money) -> Result<Money, MoneyError> {
        self.with(other, Decimal::checked_sub)
    }

    /// `factor` times the amount.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] when it is too large.
    pub fn times(self, factor: Decimal) -> Result<Money, MoneyError> {
        let amount = self.amount.checked_mul(factor).ok_or(MoneyError::Overflow)?;
        Ok(Money { amount, ..self })
    }

    fn with(
        self,
        other: Money,
        operation: fn(Decimal, Decimal) -> Option<Decimal>,
    ) -> Result<Money, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrenciesDiffer(self.currency, other.currency));
        }
        let amount = operation(self.amount, other.amount).ok_or(MoneyError::Overflow)?;
        Ok(Money { amount, ..self })
    }
}

impl fmt::Display for Money {
    /// At least the digits of the currency (`12.30 EUR`), and as many more as the amount has (`0.455 EUR`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.trimmed().amount, self.currency)
    }
}

/// The same number, with zeros behind it up to `digits` after the point where they fit.
fn at_least_digits(mut amount: Decimal, digits: u32) -> Decimal {
    if amount.scale() < digits {
        amount.rescale(digits);
    }
    amount
}

/// A decimal that is a text in JSON.
mod as_text {
    use super::{Decimal, Deserialize, Deserializer, Serializer, String, ToString};

    pub(super) fn serialize<S: Serializer>(amount: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&amount.to_string())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        let text = String::deserialize(deserializer)?;
        Decimal::from_str_exact(&text).map_err(|_| {
            serde::de::Error::custom("expected the amount as a text of digits, such as \"12.34\"")
        })
    }
}
