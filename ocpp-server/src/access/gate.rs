//! Setting up, signing in and out, keys of programs.

mod partners;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use jiff::{SignedDuration, Timestamp};

use super::password::{self, PasswordError};
use super::secret::{Pepper, Purpose, Secret};
use crate::bus::Bus;
use crate::domain::{ApiKey, Event, EventKind, Record, RecordKind, Scope, SetupLink, SignIn, User};
use crate::store::{Change, CommitError, Committed, ReadError, RecordFilter, Store, TypedRecords, Unit};

/// How long the link of the first start is valid.
const SETUP_LINK_FOR: SignedDuration = SignedDuration::from_mins(30);
/// How long a sign-in is valid.
const SIGN_IN_FOR: SignedDuration = SignedDuration::from_hours(12);
/// How many attempts with secrets one address has in a minute.
const ATTEMPTS_A_MINUTE: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
/// How many payments one address may begin in a minute: drivers behind one network share it.
const WISHES_A_MINUTE: NonZeroU32 = NonZeroU32::new(30).expect("not zero");
/// How many notices one address may ask for in a minute.
const NOTICES_A_MINUTE: NonZeroU32 = NonZeroU32::new(5).expect("not zero");
/// How often one address may look at what is published in a minute: programs of others, and drivers behind one
/// network, who share it.
const LOOKS_A_MINUTE: NonZeroU32 = NonZeroU32::new(600).expect("not zero");
/// The signs of cookies, links and API keys: 160 bits.
const SIGNS: usize = 32;
/// What API keys begin with, so that leaked ones are recognised.
const API_KEY_PREFIX: &str = "ocpp_";
/// More addresses than this are not remembered: the older ones are forgotten first.
const MAX_ADDRESSES: usize = 10_000;

/// Why somebody is not let in, or not let do something.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The name or the password is wrong.
    #[error("The name or the password is wrong.")]
    WrongPassword,
    /// The link is unknown, used or too old.
    #[error(
        "This link is not valid any more: restart the manager, it prints a new one while there is no owner."
    )]
    LinkExpired,
    /// There is an owner already.
    #[error("There is an owner already: sign in instead.")]
    AlreadySetUp,
    /// The name cannot be used.
    #[error("The name {0:?} cannot be used: 1 to 64 letters, digits, dots, hyphens and underscores, please.")]
    BadName(String),
    /// The name of a partner cannot be used.
    #[error(
        "The name {0:?} cannot be used: a partner has a name of 1 to 100 characters without control characters."
    )]
    BadPartner(String),
    /// The name is taken.
    #[error("There is a user {0:?} already.")]
    NameTaken(String),
    /// The password cannot be used.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// Too many attempts.
    #[error("Too many attempts from this address: wait a minute.")]
    TooManyAttempts,
    /// No such thing.
    #[error("There is no such {0}.")]
    Unknown(&'static str),
    /// The last owner cannot go.
    #[error("This is the last user who may manage access: make another one first.")]
    LastOwner,
    /// The store failed.
    #[error("The database fails: {0}. Try again later.")]
    Store(String),
}

impl From<ReadError> for AccessError {
    fn from(error: ReadError) -> AccessError {
        AccessError::Store(error.to_string())
    }
}

impl From<CommitError> for AccessError {
    fn from(error: CommitError) -> AccessError {
        AccessError::Store(error.to_string())
    }
}

impl From<std::io::Error> for AccessError {
    fn from(error: std::io::Error) -> AccessError {
        AccessError::Store(error.to_string())
    }
}

/// Somebody who is known, and what they may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The user's name, or the name of the key.
    pub name: String,
    /// What they may do.
    pub scopes: BTreeSet<Scope>,
}

impl Identity {
    /// Whoever asks while no sign-in is needed: everything is allowed.
    #[must_use]
    pub fn anybody() -> Identity {
        Identity { name: "anybody".to_owned(), scopes: Scope::ALL.into() }
    }

    /// Whether they may do this.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

/// A sign-in that has just begun.
#[derive(Debug)]
pub struct SignedIn {
    /// Who it is.
    pub identity: Identity,
    /// The cookie's value.
    pub cookie: Secret,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Counts what each address does.
type Counter = RateLimiter<IpAddr, HashMapStateStore<IpAddr>, governor::clock::MonotonicClock>;

fn counter(a_minute: NonZeroU32) -> Counter {
    RateLimiter::new(
        Quota::per_minute(a_minute),
        HashMapStateStore::default(),
        governor::clock::MonotonicClock,
    )
}

fn count(counter: &Counter, address: IpAddr) -> Result<(), AccessError> {
    if counter.len() > MAX_ADDRESSES {
        counter.retain_recent();
    }
    counter.check_key(&address).map_err(|_| AccessError::TooManyAttempts)
}

/// Knows who may come in.
pub struct Gate {
    store: Arc<dyn Store>,
    bus: Bus,
    pepper: Pepper,
    attempts: Counter,
    wishes: Counter,
    looks: Counter,
    notices: Counter,
}

impl Gate {
    /// A gate over a store; digests are made with `pepper`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, bus: Bus, pepper: Pepper) -> Gate {
        let (attempts, wishes) = (counter(ATTEMPTS_A_MINUTE), counter(WISHES_A_MINUTE));
        Gate {
            store,
            bus,
            pepper,
            attempts,
            wishes,
            looks: counter(LOOKS_A_MINUTE),
            notices: counter(NOTICES_A_MINUTE),
        }
    }

    /// The key of digests.
    #[must_use]
    pub fn pepper(&self) -> &Pepper {
        &self.pepper
    }

    /// Whether somebody can sign in.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn is_set_up(&self) -> Result<bool, AccessError> {
        Ok(!self.store.list::<User>(RecordFilter::all(RecordKind::User, 1)).await?.is_empty())
    }

    /// Makes the code of a link that lets the first owner in, valid for 30 minutes and once; any code made
    /// before is void. `None` when there is a user already.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn make_setup_link(&self, now: Timestamp) -> Result<Option<Secret>, AccessError> {
        if self.is_set_up().await? {
            return Ok(None);
        }
        let code = Secret::random(SIGNS)?;
        let before: Option<SetupLink> = self.store.get("owner").await?;
        let link = SetupLink {
            code: self.pepper.digest(Purpose::SetupLink, code.expose().as_bytes()),
            revision: before.map_or_else(Default::default, |link| link.revision),
            expires_at: later(now, SETUP_LINK_FOR),
        };
        self.commit(vec![Change::put(&link)], None, now).await?;
        Ok(Some(code))
    }

    /// Whether a code of a setup link is valid now.
    ///
    /// # Errors
    /// [`AccessError::TooManyAttempts`], [`AccessError::AlreadySetUp`], [`AccessError::LinkExpired`].
    pub async fn check_setup_link(
        &self,
        code: &Secret,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<SetupLink, AccessError> {
        self.attempt(address)?;
        if self.is_set_up().await? {
            return Err(AccessError::AlreadySetUp);
        }
        let link: Option<SetupLink> = self.store.get("owner").await?;
        let is_right = |link: &SetupLink| {
            self.pepper.matches(Purpose::SetupLink, code.expose().as_bytes(), &link.code)
                && now < link.expires_at
        };
        link.filter(is_right).ok_or(AccessError::LinkExpired)
    }

    /// Makes the first owner with the code of a setup link, which is void from then on.
    ///
    /// # Errors
    /// As [`Gate::check_setup_link`], and [`AccessError::BadName`] and [`AccessError::Password`].
    pub async fn make_owner(
        &self,
        code: &Secret,
        name: &str,
        password: Secret,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<SignedIn, AccessError> {
        let link = self.check_setup_link(code, address, now).await?;
        let user = new_user(name, password, Scope::ALL.into(), now).await?;
        let (signed_in, sign_in) = self.new_sign_in(&user, now)?;
        let changes = vec![Change::remove(&link), Change::put(&user), Change::put(&sign_in)];
        match self.commit(changes, Some((RecordKind::User, user.name.clone())), now).await {
            Ok(()) => Ok(signed_in),
            // The link was used, or a newer one made, while the password was hashed.
            Err(CommitError::Conflict { .. }) => Err(AccessError::LinkExpired),
            Err(error) => Err(error.into()),
        }
    }

    /// Adds a user.
    ///
    /// # Errors
    /// [`AccessError::BadName`], [`AccessError::NameTaken`], [`AccessError::Password`].
    pub async fn add_user(
        &self,
        name: &str,
        password: Secret,
        scopes: BTreeSet<Scope>,
        now: Timestamp,
    ) -> Result<User, AccessError> {
        let user = new_user(name, password, scopes, now).await?;
        let told = Some((RecordKind::User, user.name.clone()));
        match self.commit(vec![Change::put(&user)], told, now).await {
            Err(CommitError::Conflict { .. }) => Err(AccessError::NameTaken(user.name)),
            Err(error) => Err(error.into()),
            Ok(()) => Ok(user),
        }
    }

    /// Removes a user and ends their sign-ins.
    ///
    /// # Errors
    /// [`AccessError::Unknown`], and [`AccessError::LastOwner`] when nobody else may manage access.
    pub async fn remove_user(&self, name: &str, now: Timestamp) -> Result<(), AccessError> {
        let users: Vec<User> = self.store.list(RecordFilter::all(RecordKind::User, 10_000)).await?;
        let user = users.iter().find(|user| user.name == name).ok_or(AccessError::Unknown("user"))?;
        let manages = |user: &&User| user.scopes.contains(&Scope::AccessManage);
        let mut changes = vec![Change::remove(user)];
        if manages(&user) {
            let other = users.iter().find(|other| manages(other) && other.name != user.name);
            // Written again, so that of two owners who remove each other at once only one succeeds.
            changes.push(Change::put(other.ok_or(AccessError::LastOwner)?));
        }
        let sign_ins: Vec<SignIn> = self.store.owned(name, 10_000).await?;
        changes.extend(sign_ins.iter().map(Change::remove));
        self.commit(changes, Some((RecordKind::User, name.to_owned())), now).await?;
        Ok(())
    }

    /// Signs in with name and password.
    ///
    /// # Errors
    /// [`AccessError::WrongPassword`], whatever of both is wrong, and [`AccessError::TooManyAttempts`].
    pub async fn sign_in(
        &self,
        name: &str,
        password: Secret,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<SignedIn, AccessError> {
        self.attempt(address)?;
        let user: Option<User> = self.store.get(&name.trim().to_lowercase()).await?;
        let hash = user.as_ref().map(|user| user.password.clone());
        let is_right = off_the_runtime(move || password::verify(hash.as_ref(), &password)).await?;
        let user = user.filter(|_| is_right).ok_or(AccessError::WrongPassword)?;
        let (signed_in, sign_in) = self.new_sign_in(&user, now)?;
        self.commit(vec![Change::put(&sign_in)], None, now).await?;
        self.clear_away(&user, now).await;
        Ok(signed_in)
    }

    /// Removes the sign-ins of a user that have expired.
    async fn clear_away(&self, user: &User, now: Timestamp) {
        let old: Vec<SignIn> = self.store.owned(&user.name, 1000).await.unwrap_or_default();
        let expired = old.iter().filter(|sign_in| sign_in.expires_at <= now).map(Change::remove);
        let expired: Vec<Change> = expired.collect();
        if expired.is_empty() {
            return;
        }
        // They are worth nothing; the next sign-in tries again, should somebody else be clearing away, too.
        if let Err(error) = self.commit(expired, None, now).await {
            tracing::debug!(%error, "expired sign-ins could not be removed");
        }
    }

    /// Ends the sign-in of a cookie; one that is unknown is ended already.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_out(&self, cookie: &Secret, now: Timestamp) -> Result<(), AccessError> {
        let digest = self.pepper.digest(Purpose::Cookie, cookie.expose().as_bytes());
        if let Some(sign_in) = self.store.get::<SignIn>(&digest.0).await? {
            self.commit(vec![Change::remove(&sign_in)], None, now).await?;
        }
        Ok(())
    }

    /// Who signed in with this cookie; `None` when it is unknown or has expired.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn by_cookie(&self, cookie: &Secret, now: Timestamp) -> Result<Option<Identity>, AccessError> {
        let digest = self.pepper.digest(Purpose::Cookie, cookie.expose().as_bytes());
        let sign_in: Option<SignIn> = self.store.get(&digest.0).await?;
        let Some(sign_in) = sign_in.filter(|sign_in| now < sign_in.expires_at) else { return Ok(None) };
        let user: Option<User> = self.store.get(&sign_in.user).await?;
        Ok(user.map(|user| Identity { name: user.name, scopes: user.scopes }))
    }

    /// The token that a form of this sign-in has to carry.
    #[must_use]
    pub fn csrf(&self, cookie: &Secret) -> Secret {
        Secret::new(self.pepper.digest(Purpose::Csrf, cookie.expose().as_bytes()).0)
    }

    /// Whether a form carries the token of its sign-in.
    #[must_use]
    pub fn is_csrf(&self, cookie: &Secret, token: &str) -> bool {
        self.pepper.matches(
            Purpose::Csrf,
            cookie.expose().as_bytes(),
            &crate::domain::Digest(token.to_owned()),
        )
    }

    /// Makes a key for a program. The key itself is only ever seen here.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn make_key(
        &self,
        name: &str,
        scopes: BTreeSet<Scope>,
        expires_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(ApiKey, Secret), AccessError> {
        let secret = Secret::new(format!("{API_KEY_PREFIX}{}", Secret::random(SIGNS)?.expose()));
        let key = ApiKey {
            id: uuid::Uuid::now_v7().to_string(),
            revision: Default::default(),
            digest: self.pepper.digest(Purpose::ApiKey, secret.expose().as_bytes()),
            name: name.to_owned(),
            scopes,
            expires_at,
            added_at: now,
            revoked_at: None,
        };
        self.commit(vec![Change::put(&key)], Some((RecordKind::ApiKey, key.id.clone())), now).await?;
        Ok((key.at_revision(crate::domain::Revision(1)), secret))
    }

    /// Revokes a key; one that is revoked stays so.
    ///
    /// # Errors
    /// [`AccessError::Unknown`].
    pub async fn revoke_key(&self, id: &str, now: Timestamp) -> Result<ApiKey, AccessError> {
        let mut key: ApiKey = self.store.get(id).await?.ok_or(AccessError::Unknown("API key"))?;
        if key.revoked_at.is_none() {
            key.revoked_at = Some(now);
            self.commit(vec![Change::put(&key)], Some((RecordKind::ApiKey, key.id.clone())), now).await?;
        }
        Ok(key)
    }

    /// Whose key this is; `None` when it is unknown, revoked or has expired.
    ///
    /// # Errors
    /// [`AccessError::TooManyAttempts`] from an address that tries unknown keys.
    pub async fn by_key(
        &self,
        key: &Secret,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<Option<Identity>, AccessError> {
        let digest = self.pepper.digest(Purpose::ApiKey, key.expose().as_bytes());
        let known: Vec<ApiKey> = self.store.owned(&digest.0, 1).await?;
        let valid = known.into_iter().next().filter(|key| {
            key.revoked_at.is_none() && key.expires_at.is_none_or(|expires_at| now < expires_at)
        });
        match valid {
            Some(key) => Ok(Some(Identity { name: key.name, scopes: key.scopes })),
            None => self.attempt(address).map(|()| None),
        }
    }

    /// Counts an attempt of an address.
    ///
    /// # Errors
    /// [`AccessError::TooManyAttempts`].
    pub fn attempt(&self, address: IpAddr) -> Result<(), AccessError> {
        count(&self.attempts, address)
    }

    /// Counts a payment that somebody begins, who need not be known.
    ///
    /// # Errors
    /// [`AccessError::TooManyAttempts`] after 30 in a minute.
    pub fn wish_to_pay(&self, address: IpAddr) -> Result<(), AccessError> {
        count(&self.wishes, address)
    }

    /// Counts a driver's wish to be told by mail, who need not be known.
    ///
    /// # Errors
    /// [`AccessError::TooManyAttempts`] after 5 in a minute.
    pub fn wish_for_notice(&self, address: IpAddr) -> Result<(), AccessError> {
        count(&self.notices, address)
    }

    /// Counts a look at what is published, for which nobody need be known.
    ///
    /// # Errors
    /// [`AccessError::TooManyAttempts`] after 600 in a minute.
    pub fn look(&self, address: IpAddr) -> Result<(), AccessError> {
        count(&self.looks, address)
    }

    fn new_sign_in(&self, user: &User, now: Timestamp) -> Result<(SignedIn, SignIn), AccessError> {
        let cookie = Secret::random(SIGNS)?;
        let expires_at = later(now, SIGN_IN_FOR);
        let sign_in = SignIn {
            cookie: self.pepper.digest(Purpose::Cookie, cookie.expose().as_bytes()),
            revision: Default::default(),
            user: user.name.clone(),
            expires_at,
        };
        let identity = Identity { name: user.name.clone(), scopes: user.scopes.clone() };
        Ok((SignedIn { identity, cookie, expires_at }, sign_in))
    }

    async fn commit(
        &self,
        changes: Vec<Change>,
        told: Option<(RecordKind, String)>,
        at: Timestamp,
    ) -> Result<(), CommitError> {
        let events = told.into_iter().map(|(record, key)| Event {
            at,
            station: None,
            kind: EventKind::RecordChanged { record, key: Some(key) },
        });
        let unit = Unit { changes, events: events.collect(), ..Unit::default() };
        if let Committed::New(events) = self.store.commit(unit).await? {
            self.bus.publish(events);
        }
        Ok(())
    }
}

async fn new_user(
    name: &str,
    password: Secret,
    scopes: BTreeSet<Scope>,
    added_at: Timestamp,
) -> Result<User, AccessError> {
    let is_fine = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@');
    let clean = name.trim().to_lowercase();
    if clean.is_empty() || clean.chars().count() > 64 || !clean.chars().all(is_fine) {
        return Err(AccessError::BadName(name.chars().take(64).collect()));
    }
    let hashed = clean.clone();
    let hash = off_the_runtime(move || password::hash(&hashed, &password)).await??;
    Ok(User { name: clean, revision: Default::default(), password: hash, scopes, added_at })
}

/// Hashing takes tens of milliseconds, for which others do not have to wait.
async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AccessError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| AccessError::Store("hashing was broken off".to_owned()))
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}
