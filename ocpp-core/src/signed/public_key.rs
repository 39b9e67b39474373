//! The public keys of meters, in the forms in which they travel.

use alloc::vec::Vec;
use core::fmt;

use spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};

use super::curve::{Curve, Fault, check_point};
use super::encoding::{base64, printed_base16, spaced_base16};

/// `id-ecPublicKey` (RFC 5480).
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// The most characters that are read: more than the 2,500 that OCPP allows for a key.
const MAX_CHARS: usize = 4096;

/// The public key of a meter or gateway.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PublicKey {
    curve: Curve,
    point: Vec<u8>,
}

/// A text or a structure is no public key that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// Nothing was sent: ask the station for it (`MeterPublicKey` in 1.6, `FiscalMetering.PublicKey` in 2.x).
    #[error("no public key was sent: read it from the station's settings")]
    Missing,
    /// The text is longer than any key.
    #[error("the public key is longer than 4096 characters")]
    TooLong,
    /// It is neither base 64 nor hexadecimal digits.
    #[error("the public key is neither base 64 nor hexadecimal digits")]
    Encoding,
    /// The text says `oca:` and goes on with words that the application note does not have.
    #[error("the public key is not of the form oca:base16:asn1:… or oca:base64:asn1:…")]
    Form,
    /// There is no such ASN.1 structure.
    #[error("the public key is no SubjectPublicKeyInfo of ASN.1 (RFC 5480)")]
    Structure,
    /// The key is of another kind, or on a curve that OCMF does not have.
    #[error("the public key is on no curve that OCMF knows")]
    UnknownCurve,
    /// The curve is known and cannot be calculated with here.
    #[error("unsupported curve {0}: secp256r1, secp256k1, secp384r1 and brainpool256r1 can be checked")]
    UnsupportedCurve(Curve),
    /// The numbers are no point of the curve.
    #[error("the public key is no point on its curve: it was copied wrongly")]
    NotOnCurve,
}

impl PublicKey {
    /// Reads the `publicKey` of a signed meter value, or the setting that holds a meter's key. That is base 64 of
    /// `oca:base16:asn1:` or `oca:base64:asn1:` with the key as it is printed on the meter (application note
    /// "Signed Meter Values in OCPP", 3.2.2). What stations send instead is read, too: that text without the
    /// base 64 around it, and the key alone in base 64 or in hexadecimal digits.
    ///
    /// # Errors
    /// [`BadKey`] when there is no usable key.
    pub fn parse(text: &str) -> Result<PublicKey, BadKey> {
        let text = text.trim();
        match text.len() {
            0 => return Err(BadKey::Missing),
            length if length > MAX_CHARS => return Err(BadKey::TooLong),
            _ => {}
        }
        if let Some(form) = text.strip_prefix("oca:") {
            return PublicKey::from_form(form);
        }
        // Hexadecimal digits are legal base 64 as well, and then mean nothing.
        if let Some(der) = spaced_base16(text) {
            return PublicKey::from_der(&der);
        }
        let bytes = base64(text).ok_or(BadKey::Encoding)?;
        match core::str::from_utf8(&bytes).ok().and_then(|inner| inner.trim().strip_prefix("oca:")) {
            Some(form) => PublicKey::from_form(form),
            None => PublicKey::from_der(&bytes),
        }
    }

    /// What follows `oca:`.
    fn from_form(form: &str) -> Result<PublicKey, BadKey> {
        let mut parts = form.splitn(3, ':');
        let (encoding, content, key) = (parts.next(), parts.next(), parts.next());
        if content != Some("asn1") {
            return Err(BadKey::Form);
        }
        let key = key.ok_or(BadKey::Form)?;
        let der = match encoding {
            Some("base16") => printed_base16(key),
            Some("base64") => base64(key),
            _ => return Err(BadKey::Form),
        };
        PublicKey::from_der(&der.ok_or(BadKey::Encoding)?)
    }

    /// Reads a `SubjectPublicKeyInfo` (RFC 5480).
    ///
    /// # Errors
    /// [`BadKey`] when it is none, or on a curve that cannot be used.
    pub fn from_der(der: &[u8]) -> Result<PublicKey, BadKey> {
        let info = SubjectPublicKeyInfoRef::try_from(der).map_err(|_| BadKey::Structure)?;
        if info.algorithm.oid != EC_PUBLIC_KEY {
            return Err(BadKey::UnknownCurve);
        }
        let curve = info.algorithm.parameters_oid().map_err(|_| BadKey::UnknownCurve)?;
        let curve = Curve::from_oid(curve).ok_or(BadKey::UnknownCurve)?;
        PublicKey::from_point(curve, info.subject_public_key.as_bytes().ok_or(BadKey::Structure)?)
    }

    /// Takes a bare point (SEC 1: `04` and both coordinates, or `02` or `03` and one), for meters that print
    /// nothing else.
    ///
    /// # Errors
    /// [`BadKey`] when the curve cannot be used, or the point is not on it.
    pub fn from_point(curve: Curve, point: &[u8]) -> Result<PublicKey, BadKey> {
        match check_point(curve, point) {
            Ok(()) => Ok(PublicKey { curve, point: point.into() }),
            Err(Fault::Unsupported) => Err(BadKey::UnsupportedCurve(curve)),
            Err(_) => Err(BadKey::NotOnCurve),
        }
    }

    /// The curve that the key is on.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        self.curve
    }

    /// The point as it was read (SEC 1).
    #[must_use]
    pub fn point(&self) -> &[u8] {
        &self.point
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({}, ", self.curve)?;
        for byte in &self.point {
            write!(f, "{byte:02x}")?;
        }
        f.write_str(")")
    }
}
