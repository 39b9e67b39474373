//! Generated secrets, and the keyed digests that are kept of them.

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::domain::Digest;

/// A secret text. It is wiped from memory when dropped, and its `Debug` shows nothing.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl PartialEq for Secret {
    /// In a time that tells nothing but the length.
    fn eq(&self, other: &Secret) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Secret {}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// 32 signs that cannot be mistaken for each other when somebody types them into a station.
const SIGNS: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";

impl Secret {
    /// Takes a text that came from outside.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(Zeroizing::new(text.into()))
    }

    /// A random text of so many signs, 5 bits each, out of small letters and digits without `0`, `1`, `l`
    /// and `o`. Twenty of them are a valid `AuthorizationKey` of 1.6 and `BasicAuthPassword` of 2.x.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn random(signs: usize) -> io::Result<Secret> {
        let mut bytes = Zeroizing::new(vec![0; signs]);
        fill(&mut bytes)?;
        Ok(Secret::new(
            bytes.iter().map(|byte| char::from(SIGNS[usize::from(byte % 32)])).collect::<String>(),
        ))
    }

    /// The text, for whoever has to see it once.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

fn fill(bytes: &mut [u8]) -> io::Result<()> {
    getrandom::fill(bytes).map_err(|error| io::Error::other(format!("no randomness is to be had: {error}")))
}

/// What a digest is for. A digest for one purpose never equals one for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Purpose {
    StationKey,
    SetupLink,
    Cookie,
    ApiKey,
    /// The token against forged requests that belongs to a cookie.
    Csrf,
    /// The key of the pseudonyms in the message log.
    Pseudonyms,
    /// A link under which a station fetches firmware.
    FirmwareLink,
    /// A link under which a station uploads a log.
    UploadLink,
    /// The token of a partner (OCPI).
    PartnerToken,
    /// A link with which a driver confirms a notice.
    NoticeLink,
    /// Whose notice it is: counts what one mail address has.
    NoticeMail,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Purpose::StationKey => b"station key",
            Purpose::SetupLink => b"setup link",
            Purpose::Cookie => b"cookie",
            Purpose::ApiKey => b"api key",
            Purpose::Csrf => b"csrf",
            Purpose::Pseudonyms => b"pseudonyms",
            Purpose::FirmwareLink => b"firmware link",
            Purpose::UploadLink => b"upload link",
            Purpose::PartnerToken => b"partner token",
            Purpose::NoticeLink => b"notice link",
            Purpose::NoticeMail => b"notice mail",
        }
    }
}

/// The key of all digests of one manager.
#[derive(Clone)]
pub struct Pepper(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for Pepper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pepper(…)")
    }
}

/// The file with the key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PepperError {
    /// It cannot be read or made.
    #[error("the key file cannot be read or made: {0}")]
    Io(#[from] io::Error),
    /// Its content is no key.
    #[error(
        "the key file has {0} bytes instead of 32: restore it from a backup; without it no key of a station or program is valid"
    )]
    Length(usize),
}

impl Pepper {
    /// A key that lives as long as the process: for tests and trials.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn random() -> io::Result<Pepper> {
        let mut bytes = Zeroizing::new([0; 32]);
        fill(&mut *bytes)?;
        Ok(Pepper(bytes))
    }

    /// Reads the key from a file, or makes the file, readable for its owner only.
    ///
    /// # Errors
    /// [`PepperError`]; a file that is there is never overwritten.
    pub fn load_or_create(path: &Path) -> Result<Pepper, PepperError> {
        match OpenOptions::new().read(true).open(path) {
            Ok(file) => read(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => create(path),
            Err(error) => Err(error.into()),
        }
    }

    /// The digest that is kept of a secret.
    #[must_use]
    pub fn digest(&self, purpose: Purpose, secret: &[u8]) -> Digest {
        let bytes = self.mac(purpose, secret).finalize().into_bytes();
        Digest(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Whether `digest` is the one of `secret`, in a time that tells nothing.
    #[must_use]
    pub fn matches(&self, purpose: Purpose, secret: &[u8], digest: &Digest) -> bool {
        let Some(expected) = from_hex(digest.0.as_bytes()) else { return false };
        self.mac(purpose, secret).verify_slice(&expected).is_ok()
    }

    fn mac(&self, purpose: Purpose, secret: &[u8]) -> Hmac<Sha256> {
        // The block of SHA-256 has 64 bytes; HMAC fills a shorter key up with zeros (RFC 2104).
        let mut block = Zeroizing::new([0; 64]);
        block[..32].copy_from_slice(&*self.0);
        let mut mac = <Hmac<Sha256> as KeyInit>::new((&*block).into());
        Mac::update(&mut mac, purpose.label());
        Mac::update(&mut mac, &[0]);
        Mac::update(&mut mac, secret);
        mac
    }
}

fn read(file: std::fs::File) -> Result<Pepper, PepperError> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(64));
    file.take(64).read_to_end(&mut bytes)?;
    let key: [u8; 32] = bytes.as_slice().try_into().map_err(|_| PepperError::Length(bytes.len()))?;
    Ok(Pepper(Zeroizing::new(key)))
}

/// Writes the whole key beside its place first, so that a manager that is killed leaves no half of it, and
/// gives it its name only if nobody else was faster: of several that start at once all have the same key.
fn create(path: &Path) -> Result<Pepper, PepperError> {
    let pepper = Pepper::random()?;
    let draft = path.with_extension(Secret::random(DRAFT_SIGNS)?.expose());
    let written = write_new(&draft, &*pepper.0).and_then(|()| std::fs::hard_link(&draft, path));
    // A draft that stays behind does no harm: it is no key of anything.
    let _ = std::fs::remove_file(&draft);
    match written {
        Ok(()) => {
            sync_directory(path)?;
            Ok(pepper)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            read(OpenOptions::new().read(true).open(path)?)
        }
        Err(error) => Err(error.into()),
    }
}

/// The signs in the name of a draft.
const DRAFT_SIGNS: usize = 8;

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes the name of a new file outlive a loss of power.
#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    std::fs::File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The bytes that hexadecimal digits stand for; `None` when there are none, or they are something else.
pub(crate) fn from_hex(digits: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return None;
    }
    let digit = |sign: u8| char::from(sign).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = Zeroizing::new(Vec::with_capacity(digits.len() / 2));
    for pair in digits.chunks_exact(2) {
        bytes.push(digit(pair[0])? << 4 | digit(pair[1])?);
    }
    Some(bytes)
}
