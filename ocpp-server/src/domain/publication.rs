//! What an operator tells the public of a site, its places and plugs: drivers, partners, access points.
//!
//! Words are those of OCPI 2.2.1 where it has them. Nothing of it is given out until a site is published.

mod hours;
mod plug;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use hours::{BadHours, OpeningHours, Span, WeeklyHours};
pub use plug::{ConnectorFormat, Offer, PlugStandard, PowerType, Ratings};

/// An enumeration whose values have a word in JSON and a phrase for people.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($variant:ident $word:literal $phrase:literal,)+ }) => {
        $(#[$about])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[allow(non_camel_case_types)]
        pub enum $name {
            $(#[doc = $phrase] #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The word in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word,)+ }
            }

            /// A phrase for people.
            #[must_use]
            pub const fn phrase(self) -> &'static str {
                match self { $($name::$variant => $phrase,)+ }
            }

            /// The one of this word.
            #[must_use]
            pub fn named(word: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|value| value.as_str() == word)
            }
        }
    };
}
use words;

words! {
    /// Who may charge at a site.
    AccessType {
        Public "public" "Open to everybody",
        Customers "customers" "For customers and visitors only",
        Restricted "restricted" "For registered users only",
    }
}

words! {
    /// A way to pay.
    PaymentWay {
        Contactless "contactless" "Contactless card or phone",
        ChipCard "chip_card" "Payment card with PIN",
        QrCode "qr_code" "QR code on the station",
        App "app" "App",
        Rfid "rfid" "Charging card",
        PlugAndCharge "plug_and_charge" "Plug & Charge",
        Phone "phone" "Phone or text message",
        Cash "cash" "Cash",
    }
}

words! {
    /// Who may stand at a place (`ParkingRestriction` of OCPI).
    ParkingRestriction {
        EvOnly "ev_only" "Electric vehicles only",
        Plugged "plugged" "Only while plugged in",
        Disabled "disabled" "For people with disabilities",
        Customers "customers" "For customers only",
        Motorcycles "motorcycles" "For motorcycles only",
    }
}

/// What a site tells the public.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Publication {
    /// Whether anything is given out.
    pub published: bool,
    /// The name under which drivers know the operator.
    pub operator: Option<String>,
    /// The name of the company that answers for it.
    pub legal_name: Option<String>,
    /// The number that drivers call, day and night.
    pub helpline: Option<String>,
    /// Where drivers write to.
    pub support_mail: Option<String>,
    /// When it is open; always when nothing else is said.
    pub hours: OpeningHours,
    /// Who may charge.
    pub access: AccessType,
    /// How one can pay.
    pub payment: BTreeSet<PaymentWay>,
}

#[allow(clippy::derivable_impls, reason = "the words of an enumeration are made by a macro")]
impl Default for AccessType {
    fn default() -> AccessType {
        AccessType::Public
    }
}

/// The place where a vehicle stands at an EVSE, and the public name of the EVSE.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Bay {
    /// The EVSE's id by eMI3 (`DE*ABC*E123`), in capital letters.
    pub evse_id: Option<String>,
    /// Who may stand there.
    pub restrictions: BTreeSet<ParkingRestriction>,
    /// Whether a vehicle with a trailer can drive through.
    pub pull_through: bool,
}

/// Whether a text is an EVSE id by eMI3: country, operator, `E` and a number, with or without `*` between.
#[must_use]
pub fn is_evse_id(text: &str) -> bool {
    let capital = |c: char| c.is_ascii_uppercase();
    let sign = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    let rest = |text: &str, count: usize, fits: fn(char) -> bool| -> Option<usize> {
        let end = text.char_indices().nth(count).map_or(text.len(), |(at, _)| at);
        (text.chars().take(count).filter(|c| fits(*c)).count() == count).then_some(end)
    };
    let Some(at) = rest(text, 2, capital) else { return false };
    let after_country = text[at..].strip_prefix('*').unwrap_or(&text[at..]);
    let Some(at) = rest(after_country, 3, sign) else { return false };
    let after_operator = after_country[at..].strip_prefix('*').unwrap_or(&after_country[at..]);
    let Some(outlet) = after_operator.strip_prefix('E') else { return false };
    outlet.starts_with(sign) && outlet.len() <= 31 && outlet.chars().all(|c| sign(c) || c == '*')
}

/// The code of a country in three letters (ISO 3166-1), which is what partners read.
#[must_use]
pub fn alpha_3(alpha_2: &str) -> Option<&'static str> {
    rust_iso3166::from_alpha2(alpha_2).map(|country| country.alpha3)
}
