//! Signed meter values (feature `signed`): reading them, checking their signatures, and saying what may be billed.
//!
//! Where calibration law holds (in Germany "Eichrecht"), a driver is billed by what the meter signed, not by
//! what the station says. The data travel through OCPP untouched:
//!
//! 1. [`SignedValue`] takes them out of a message of any version, with the public key where one is sent.
//! 2. [`Ocmf::parse`] reads the Open Charge Metering Format (1.x), [`Ocmf::verify`] checks the signature over
//!    the exact bytes.
//! 3. [`judge`] takes all data sets of a transaction, and says which energy they prove, or every reason why
//!    they prove none.
//!
//! ```
//! use ocpp_core::signed::{Billed, KeyOwner, PublicKey, SignedValue, Terms, judge};
//!
//! # let (message, known_key) = (include_str!("signed/example.json"), include_str!("signed/example.key"));
//! // The `signedMeterValue` of a TransactionEvent, or the `value` of a StopTransaction with `SignedData`.
//! let signed = SignedValue::parse(message)?;
//! let set = signed.ocmf()?;
//!
//! // The key comes from the meter's label or a register of keys; the one in the message is only compared.
//! let key = PublicKey::parse(known_key)?;
//! assert_eq!(signed.public_key()?, key);
//!
//! let owner = KeyOwner::Meter("1EMH0000123456".into());
//! let terms = Terms { key: &key, owner: &owner, billed: Billed::Energy, register: None };
//! let verdict = judge(&[set], &terms);
//! assert_eq!(verdict.bill().map(|bill| bill.energy_wh.to_string()), Some("10500.000".to_owned()));
//!
//! let stranger = KeyOwner::Meter("1EMH0000999999".into());
//! let verdict = judge(&[signed.ocmf()?], &Terms { owner: &stranger, ..terms });
//! assert_eq!(verdict.bill(), None);
//! assert_eq!(verdict.objections[0].to_string(), "data set T17 is not of the meter that the key belongs to");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What can be checked
//!
//! ECDSA over SHA-256 on secp256r1, secp256k1, secp384r1 and brainpool256r1. On secp192k1, secp192r1 and
//! brainpool384r1, which OCMF knows as well, the answer is "unsupported curve": never a guess. Other encodings
//! than OCMF (such as EDL) are taken out of the message, and not read.
//!
//! # Two registers
//!
//! The energy of the signed data may be read from another register than `meterStop` or the sampled values
//! beside it, for instance one that starts at nought for each transaction. Bill the one or the other, never
//! their mixture.

mod billing;
mod carriage;
mod curve;
mod encoding;
mod ocmf;
mod public_key;

pub use billing::{Bill, Billed, KeyOwner, Objection, Page, Register, Terms, Verdict, judge};
pub use carriage::{BadSignedValue, SignedValue};
pub use curve::Curve;
pub use ocmf::{
    Algorithm, BadOcmf, CableLoss, ChargePoint, Clock, ErrorFlags, Gateway, Meter, MeterStatus, Ocmf,
    PageContext, Pagination, Payload, Reading, ReadingTime, Reason, Signature, Unit, Unverified, User,
};
pub use public_key::{BadKey, PublicKey};
