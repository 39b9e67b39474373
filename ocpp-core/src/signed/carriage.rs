//! How signed meter values travel in each version of OCPP.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use serde::Deserialize;

use super::encoding::{base16, base64};
use super::ocmf::{Algorithm, BadOcmf, Ocmf};
use super::public_key::{BadKey, PublicKey};
use crate::model::{Sample, SampleValue};

/// A signed meter value as a message carries it, its data taken out of their base 64.
///
/// In 2.x it is the object `signedMeterValue` of a sampled value. In 1.6 the same object stands as text in the
/// `value` of a sampled value whose `format` is `SignedData`; older stations put the data set itself there, as
/// it is or in hexadecimal digits, and that is read, too.
///
/// When both ends of a transaction are in one data set, it comes with the context `Transaction.End`; when they
/// are in two, the first has `Transaction.Begin`.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedValue {
    data: String,
    encoding: Option<Box<str>>,
    signing: Option<Algorithm>,
    key: Option<Box<str>>,
}

/// The object carries no signed value that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSignedValue {
    /// It is neither the object of OCPP 2.x nor a data set.
    #[error("the value is neither a signedMeterValue object nor a data set of OCMF")]
    Form,
    /// Its data are no base 64 of a text.
    #[error("signedMeterData is no base 64 of a text")]
    Data,
    /// The data are in a format that cannot be read here.
    #[error("unsupported encoding method {0:?}: OCMF is read here")]
    UnsupportedEncoding(Box<str>),
    /// The data are no OCMF.
    #[error(transparent)]
    Ocmf(#[from] BadOcmf),
}

/// What both kinds of members are called on the wire.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    signed_meter_data: String,
    encoding_method: Option<Box<str>>,
    signing_method: Option<Box<str>>,
    public_key: Option<Box<str>>,
}

impl SignedValue {
    /// Reads the `signedMeterValue` of 2.x as JSON, or the `value` of a sampled value of 1.6 that is
    /// `SignedData`.
    ///
    /// # Errors
    /// [`BadSignedValue`] when it is neither.
    pub fn parse(text: &str) -> Result<SignedValue, BadSignedValue> {
        let text = text.trim();
        if !text.starts_with('{') {
            let data = data_set(text).ok_or(BadSignedValue::Form)?;
            return Ok(SignedValue { data, encoding: None, signing: None, key: None });
        }
        let object: Object = serde_json::from_str(text).map_err(|_| BadSignedValue::Form)?;
        // An empty text says that the member is not there: 1.6 has no other way, 2.0.1 demands it.
        let said = |text: Option<Box<str>>| text.filter(|text| !text.trim().is_empty());
        Ok(SignedValue {
            data: decoded(&object.signed_meter_data).ok_or(BadSignedValue::Data)?,
            encoding: said(object.encoding_method),
            signing: said(object.signing_method).map(|name| Algorithm::from_name(&name)),
            key: said(object.public_key),
        })
    }

    /// The signed value that comes with a sample of the [`model`](crate::model); `None` when it has none.
    ///
    /// # Errors
    /// [`BadSignedValue`] when what comes with it cannot be read.
    pub fn of_sample(sample: &Sample) -> Option<Result<SignedValue, BadSignedValue>> {
        match (&sample.signed, &sample.value) {
            (Some(object), _) => Some(SignedValue::parse(object)),
            (None, SampleValue::Text(text)) => Some(SignedValue::parse(text)),
            (None, SampleValue::Number(_)) => None,
        }
    }

    /// The signed value of a sampled value of OCPP 1.6; `None` when its format is not `SignedData`.
    ///
    /// # Errors
    /// [`BadSignedValue`] when the value cannot be read.
    #[cfg(feature = "v16")]
    pub fn of_v16(sampled: &crate::v16::SampledValue) -> Option<Result<SignedValue, BadSignedValue>> {
        let signed = sampled.format == Some(crate::v16::ValueFormat::SignedData);
        signed.then(|| SignedValue::parse(&sampled.value))
    }

    /// The signed value of a sampled value of OCPP 2.0.1; `None` when it has none.
    ///
    /// # Errors
    /// [`BadSignedValue`] when it cannot be read.
    #[cfg(feature = "v201")]
    pub fn of_v201(sampled: &crate::v201::SampledValue) -> Option<Result<SignedValue, BadSignedValue>> {
        sampled.signed_meter_value.as_ref().map(|signed| SignedValue::parse(&crate::inbound::write(signed)))
    }

    /// The signed value of a sampled value of OCPP 2.1; `None` when it has none.
    ///
    /// # Errors
    /// [`BadSignedValue`] when it cannot be read.
    #[cfg(feature = "v21")]
    pub fn of_v21(sampled: &crate::v21::SampledValue) -> Option<Result<SignedValue, BadSignedValue>> {
        sampled.signed_meter_value.as_ref().map(|signed| SignedValue::parse(&crate::inbound::write(signed)))
    }

    /// The data as the meter signed them.
    #[must_use]
    pub fn data(&self) -> &str {
        &self.data
    }

    /// The `encodingMethod`, such as `OCMF` or `EDL`, unless nothing was said.
    #[must_use]
    pub fn encoding(&self) -> Option<&str> {
        self.encoding.as_deref()
    }

    /// The `signingMethod`; `None` when the data tell it themselves.
    #[must_use]
    pub const fn signing_method(&self) -> Option<&Algorithm> {
        self.signing.as_ref()
    }

    /// The public key that was sent along. It proves nothing by itself: compare it with the one that the
    /// meter is known by.
    ///
    /// # Errors
    /// [`BadKey`] when none was sent (`PublicKeyWithSignedMeterValue` is `Never`, or it was sent before), or it
    /// cannot be read.
    pub fn public_key(&self) -> Result<PublicKey, BadKey> {
        PublicKey::parse(self.key.as_deref().unwrap_or_default())
    }

    /// The data as OCMF. Where they name no algorithm, it is the one of the `signingMethod`.
    ///
    /// # Errors
    /// [`BadSignedValue`] when they are of another encoding, or no OCMF.
    pub fn ocmf(&self) -> Result<Ocmf, BadSignedValue> {
        match self.encoding() {
            Some(other) if !other.trim().eq_ignore_ascii_case("OCMF") => {
                Err(BadSignedValue::UnsupportedEncoding(other.chars().take(50).collect()))
            }
            _ => {
                let mut ocmf = Ocmf::parse(&self.data)?;
                ocmf.signature.algorithm = ocmf.signature.algorithm.or_else(|| self.signing.clone());
                Ok(ocmf)
            }
        }
    }
}

impl fmt::Debug for SignedValue {
    /// Without the data, which have the driver's identification in them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedValue")
            .field("data_bytes", &self.data.len())
            .field("encoding", &self.encoding)
            .field("signing", &self.signing)
            .field("key", &self.key)
            .finish()
    }
}

/// The data of an object: base 64, or what stations put there without it.
fn decoded(data: &str) -> Option<String> {
    data_set(data.trim()).or_else(|| String::from_utf8(base64(data)?).ok())
}

/// A data set of OCMF as it is, or in hexadecimal digits.
fn data_set(text: &str) -> Option<String> {
    if text.starts_with("OCMF|") {
        return Some(text.into());
    }
    let decoded = String::from_utf8(base16(text)?).ok()?;
    decoded.starts_with("OCMF|").then_some(decoded)
}
