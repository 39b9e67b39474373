//! Who the operator is in the words of OCPI.

use std::str::FromStr;

/// A party: the country and the id that its national registry gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Party {
    /// ISO 3166-1 alpha-2.
    pub(crate) country: String,
    /// Three capital letters or digits.
    pub(crate) id: String,
}

impl FromStr for Party {
    type Err = String;

    /// `DE*ABC`, with `-` or nothing between as well.
    fn from_str(text: &str) -> Result<Party, String> {
        let signs: String = text.chars().filter(|sign| !matches!(sign, '*' | '-')).collect();
        let signs = signs.to_ascii_uppercase();
        let wrong = || format!("{text:?} is no OCPI party: write country and party id, such as DE*ABC");
        if signs.len() != 5 || !signs.chars().all(|sign| sign.is_ascii_alphanumeric()) {
            return Err(wrong());
        }
        let (country, id) = signs.split_at(2);
        if ocpp_server::domain::alpha_3(country).is_none() {
            return Err(wrong());
        }
        Ok(Party { country: country.to_owned(), id: id.to_owned() })
    }
}
