//! The Open Charge Metering Format: what a meter says, with its signature.

mod members;
mod payload;
mod reading;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::curve::{Curve, Fault, verify};
use super::encoding::{base16, base64};
use super::public_key::PublicKey;
use members::Members;

pub use payload::{CableLoss, ChargePoint, Gateway, Meter, PageContext, Pagination, Payload, User};
pub use reading::{Clock, ErrorFlags, MeterStatus, Reading, ReadingTime, Reason, Unit};

/// The curve of a signature that names no algorithm.
const USUAL_CURVE: Curve = Curve::Secp256r1;

/// One data set: `OCMF|<payload>|<signature>`.
///
/// ```
/// use ocpp_core::signed::{Ocmf, Unit};
///
/// let set = Ocmf::parse(concat!(
///     r#"OCMF|{"PG":"T17","MS":"M1","RD":["#,
///     r#"{"TM":"2026-01-31T12:00:00,000+0100 S","TX":"B","RV":2935.600,"RI":"1-b:1.8.0","RU":"kWh","ST":"G"},"#,
///     r#"{"TM":"2026-01-31T13:00:00,000+0100 S","TX":"E","RV":2946.100}]}|{"SD":"3006020101020101"}"#,
/// ))?;
/// let [begin, end] = &set.payload.readings[..] else { panic!() };
/// assert_eq!(begin.value.as_ref().unwrap().to_string(), "2935.600");
/// assert_eq!((&end.unit, &end.register), (&Some(Unit::KilowattHours), &begin.register)); // as before
/// # Ok::<(), ocpp_core::signed::BadOcmf>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Ocmf {
    text: Box<str>,
    /// Where the payload's bytes stand in the text.
    signed: core::ops::Range<usize>,
    /// What the meter says.
    pub payload: Payload,
    /// How it is signed.
    pub signature: Signature,
}

/// The signature of a data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The algorithm that the signature names, or the `signingMethod` that the message named beside the data.
    pub algorithm: Option<Algorithm>,
    /// The signature itself, an ASN.1 structure of two numbers (DER).
    pub der: Vec<u8>,
}

/// How a signature was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on this curve over the SHA-256 of the payload, also on curves of other sizes.
    EcdsaSha256(Curve),
    /// Any other, by its name.
    Other(Box<str>),
}

impl Algorithm {
    /// The algorithm of this name: `ECDSA-secp256r1-SHA256`.
    #[must_use]
    pub fn from_name(name: &str) -> Algorithm {
        let mut parts = name.trim().split('-');
        let (kind, curve, hash) = (parts.next(), parts.next(), parts.next());
        let is = |part: Option<&str>, word: &str| part.is_some_and(|part| part.eq_ignore_ascii_case(word));
        match curve.and_then(Curve::from_name) {
            Some(curve) if is(kind, "ECDSA") && is(hash, "SHA256") && parts.next().is_none() => {
                Algorithm::EcdsaSha256(curve)
            }
            _ => Algorithm::Other(name.chars().take(50).collect()),
        }
    }
}

/// A text is no data set of OCMF. The sentences name places, never values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadOcmf {
    /// It does not begin with `OCMF|`.
    #[error("the text does not begin with OCMF|")]
    NoHeader,
    /// It is longer than [`Ocmf::MAX_BYTES`].
    #[error("{0} bytes are too many for one data set of OCMF")]
    TooLong(usize),
    /// It is not made of three sections.
    #[error("the text has {0} sections instead of OCMF|payload|signature")]
    Sections(usize),
    /// A section is no JSON object.
    #[error("{0} is no JSON object")]
    NotJson(String),
    /// A member stands twice.
    #[error("{0} stands there twice")]
    Duplicate(String),
    /// A member is missing that nothing can be said without.
    #[error("{0} is missing")]
    Missing(String),
    /// A member is not what it has to be.
    #[error("{0} has to be {1}")]
    Wrong(String, &'static str),
}

/// Why a signature does not prove anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// The algorithm is not ECDSA with SHA-256 on a curve of OCMF.
    #[error("unsupported signature algorithm {0:?}")]
    UnsupportedAlgorithm(Box<str>),
    /// The curve is known and cannot be calculated with here.
    #[error("unsupported curve {0}: secp256r1, secp256k1, secp384r1 and brainpool256r1 can be checked")]
    UnsupportedCurve(Curve),
    /// The key is on another curve than the signature.
    #[error("the signature is on {signature}, the public key on {key}: it is the key of another meter")]
    #[allow(missing_docs)]
    OtherCurve { signature: Curve, key: Curve },
    /// The bytes of the signature are none.
    #[error("the signature is no DER structure of two numbers")]
    Malformed,
    /// The signature was made over other bytes, or with another key.
    #[error("the signature does not fit: the data were changed, or it is the key of another meter")]
    Mismatch,
}

impl Ocmf {
    /// The longest text that is read.
    pub const MAX_BYTES: usize = 65_536;

    /// Reads a data set. White space around it is left out; the payload is kept as it stands, byte by byte.
    ///
    /// # Errors
    /// [`BadOcmf`] when it is none.
    pub fn parse(text: &str) -> Result<Ocmf, BadOcmf> {
        let text = text.trim();
        if text.len() > Self::MAX_BYTES {
            return Err(BadOcmf::TooLong(text.len()));
        }
        let sections = text.strip_prefix("OCMF|").ok_or(BadOcmf::NoHeader)?;
        let Some((payload, signature)) = sections.split_once('|').filter(|(_, rest)| !rest.contains('|'))
        else {
            return Err(BadOcmf::Sections(text.split('|').count()));
        };
        let start = "OCMF|".len();
        Ok(Ocmf {
            payload: payload::read(&Members::read(payload, "the payload")?)?,
            signature: read_signature(&Members::read(signature, "the signature")?)?,
            signed: start..start + payload.len(),
            text: text.into(),
        })
    }

    /// The data set as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The bytes that are signed: all between the two bars, white space too.
    #[must_use]
    pub fn signed_bytes(&self) -> &[u8] {
        self.text.as_bytes().get(self.signed.clone()).unwrap_or_default()
    }

    /// Checks the signature. A signature that names no algorithm is one of secp256r1.
    ///
    /// # Errors
    /// [`Unverified`] unless the owner of `key` signed exactly these bytes.
    pub fn verify(&self, key: &PublicKey) -> Result<(), Unverified> {
        let signature = match &self.signature.algorithm {
            None => USUAL_CURVE,
            Some(Algorithm::EcdsaSha256(curve)) => *curve,
            Some(Algorithm::Other(name)) => return Err(Unverified::UnsupportedAlgorithm(name.clone())),
        };
        if !signature.is_supported() {
            return Err(Unverified::UnsupportedCurve(signature));
        }
        if signature != key.curve() {
            return Err(Unverified::OtherCurve { signature, key: key.curve() });
        }
        verify(signature, key.point(), &self.signature.der, self.signed_bytes()).map_err(
            |fault| match fault {
                Fault::Unsupported => Unverified::UnsupportedCurve(signature),
                Fault::Signature => Unverified::Malformed,
                Fault::Point | Fault::Mismatch => Unverified::Mismatch,
            },
        )
    }
}

impl fmt::Debug for Ocmf {
    /// Without the text, which has the driver's identification in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ocmf")
            .field("payload", &self.payload)
            .field("signature", &self.signature)
            .finish_non_exhaustive()
    }
}

fn read_signature(members: &Members<'_>) -> Result<Signature, BadOcmf> {
    let algorithm = members.text("SA")?.map(|name| Algorithm::from_name(&name));
    if members.text("SM")?.is_some_and(|kind| !kind.eq_ignore_ascii_case("application/x-der")) {
        return Err(members.wrong("SM", "application/x-der"));
    }
    let data = members.text("SD")?.ok_or_else(|| members.missing("SD"))?;
    let encoding = members.text("SE")?;
    let der = match encoding.as_deref() {
        None | Some("hex") => base16(data.trim()).ok_or_else(|| members.wrong("SD", "hexadecimal digits"))?,
        Some("base64") => base64(&data).ok_or_else(|| members.wrong("SD", "base 64"))?,
        Some(_) => return Err(members.wrong("SE", "hex or base64")),
    };
    Ok(Signature { algorithm, der })
}
