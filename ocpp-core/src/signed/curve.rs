//! Elliptic curves, and signatures made with them.

use core::fmt;

use sha2::{Digest as _, Sha256};
use spki::ObjectIdentifier;

/// A curve that the signatures of meters are made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Curve {
    Secp192k1,
    Secp192r1,
    Secp256k1,
    Secp256r1,
    Secp384r1,
    Brainpool256r1,
    Brainpool384r1,
}

/// Each curve with its name in OCMF and its object identifier.
const CURVES: [(Curve, &str, ObjectIdentifier); 7] = [
    (Curve::Secp192k1, "secp192k1", ObjectIdentifier::new_unwrap("1.3.132.0.31")),
    (Curve::Secp192r1, "secp192r1", ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.1")),
    (Curve::Secp256k1, "secp256k1", ObjectIdentifier::new_unwrap("1.3.132.0.10")),
    (Curve::Secp256r1, "secp256r1", ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7")),
    (Curve::Secp384r1, "secp384r1", ObjectIdentifier::new_unwrap("1.3.132.0.34")),
    (Curve::Brainpool256r1, "brainpool256r1", ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.7")),
    (Curve::Brainpool384r1, "brainpool384r1", ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.11")),
];

impl Curve {
    /// The name as OCMF writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        CURVES.iter().find(|(curve, _, _)| *curve == self).map_or("", |(_, name, _)| name)
    }

    /// The curve of this name, in any case; `brainpoolP256r1` is `brainpool256r1`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Curve> {
        let standard = name.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("brainpoolP"));
        CURVES
            .iter()
            .find(|(_, known, _)| {
                known.eq_ignore_ascii_case(name)
                    || (standard
                        && known
                            .strip_prefix("brainpool")
                            .is_some_and(|rest| name[10..].eq_ignore_ascii_case(rest)))
            })
            .map(|(curve, _, _)| *curve)
    }

    pub(super) fn from_oid(oid: ObjectIdentifier) -> Option<Curve> {
        CURVES.iter().find(|(_, _, known)| *known == oid).map(|(curve, _, _)| *curve)
    }

    /// Whether signatures of this curve can be checked here: secp256r1, secp256k1, secp384r1 and
    /// brainpool256r1.
    #[must_use]
    pub const fn is_supported(self) -> bool {
        matches!(self, Curve::Secp256k1 | Curve::Secp256r1 | Curve::Secp384r1 | Curve::Brainpool256r1)
    }
}

impl fmt::Display for Curve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What may go wrong below the level of OCMF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Unsupported,
    Point,
    Signature,
    Mismatch,
}

/// Does the same with the crate of a curve.
macro_rules! on_curve {
    ($curve:expr, $curve_ecdsa:ident => $work:expr) => {
        match $curve {
            Curve::Secp256r1 => {
                use p256::ecdsa as $curve_ecdsa;
                $work
            }
            Curve::Secp256k1 => {
                use k256::ecdsa as $curve_ecdsa;
                $work
            }
            Curve::Secp384r1 => {
                use p384::ecdsa as $curve_ecdsa;
                $work
            }
            Curve::Brainpool256r1 => {
                use brainpool256r1 as $curve_ecdsa;
                $work
            }
            Curve::Secp192k1 | Curve::Secp192r1 | Curve::Brainpool384r1 => Err(Fault::Unsupported),
        }
    };
}

/// By the names that the other curves' crates have.
mod brainpool256r1 {
    pub(super) use bp256::r1::ecdsa::Signature;
    pub(super) type VerifyingKey = ecdsa::VerifyingKey<bp256::BrainpoolP256r1>;
}

/// Whether `point` (SEC 1, compressed or not) is on the curve and not its neutral element.
pub(super) fn check_point(curve: Curve, point: &[u8]) -> Result<(), Fault> {
    on_curve!(curve, here => {
        here::VerifyingKey::from_sec1_bytes(point).map(|_| ()).map_err(|_| Fault::Point)
    })
}

/// Checks an ECDSA signature (DER) over the SHA-256 of `message`, whatever the size of the curve.
pub(super) fn verify(curve: Curve, point: &[u8], signature: &[u8], message: &[u8]) -> Result<(), Fault> {
    use ecdsa::signature::hazmat::PrehashVerifier as _;
    let hash = Sha256::digest(message);
    on_curve!(curve, here => {
        let key = here::VerifyingKey::from_sec1_bytes(point).map_err(|_| Fault::Point)?;
        let signature = here::Signature::from_der(signature).map_err(|_| Fault::Signature)?;
        // Meters know nothing of the rule of secp256k1's currencies that one half of the values is refused.
        key.verify_prehash(&hash, &signature.normalize_s()).map_err(|_| Fault::Mismatch)
    })
}
