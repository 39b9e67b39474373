//! The device model: what a station reports of its settings, and how it is to reach the manager (block B).

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::command::Setting;
use super::identity::Place;
use super::name::closed_name;

closed_name! {
    /// Which of the reports that the specification lays down (B07).
    ReportKind {
        /// Every variable that can be written.
        Configuration = "ConfigurationInventory",
        /// Every variable.
        Full = "FullInventory",
        /// What an operator has to know: whether parts work, and what is wrong.
        Summary = "SummaryInventory",
    }
}

closed_name! {
    /// States of components that a report is limited to (B08.FR.11 to 14).
    Criterion {
        Active = "Active",
        Available = "Available",
        Enabled = "Enabled",
        Problem = "Problem",
    }
}

closed_name! {
    /// Which of the values of a variable is meant (2.x). A key of 1.6 has an actual value alone.
    AttributeKind {
        /// What holds now.
        Actual = "Actual",
        /// What the station is working towards.
        Target = "Target",
        /// The least that is allowed.
        MinSet = "MinSet",
        /// The most that is allowed.
        MaxSet = "MaxSet",
    }
}

impl AttributeKind {
    pub(super) const fn actual() -> AttributeKind {
        AttributeKind::Actual
    }

    pub(super) fn is_actual(&self) -> bool {
        *self == AttributeKind::Actual
    }
}

closed_name! {
    /// How a station offers a setting.
    Mutability {
        ReadOnly = "ReadOnly",
        ReadWrite = "ReadWrite",
        /// Its value is never told: a password.
        WriteOnly = "WriteOnly",
    }
}

/// What a report is to be about (B08): a component, and of it one variable, or all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportSubject {
    /// The component's name.
    pub component: Box<str>,
    /// The component's instance; every one when none is named.
    #[serde(default)]
    pub component_instance: Option<Box<str>>,
    /// The EVSE or connector that the component belongs to; every one when none is named.
    #[serde(default)]
    pub place: Option<Place>,
    /// The variable's name; all of the component's when none is named.
    #[serde(default)]
    pub variable: Option<Box<str>>,
    /// The variable's instance; every one when none is named.
    #[serde(default)]
    pub variable_instance: Option<Box<str>>,
}

/// One value of a setting, and how it is offered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedAttribute {
    /// Which value it is.
    pub kind: AttributeKind,
    /// The value; none when it was not told.
    #[serde(default)]
    pub value: Option<Box<str>>,
    /// How it is offered; a report that does not say so means [`Mutability::ReadWrite`].
    pub mutability: Mutability,
    /// Whether it outlives a restart.
    #[serde(default)]
    pub persistent: bool,
    /// Whether the station never changes it by itself.
    #[serde(default)]
    pub constant: bool,
}

/// Debug output leaves the value out: it may be a password.
impl fmt::Debug for ReportedAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportedAttribute")
            .field("kind", &self.kind)
            .field("told", &self.value.is_some())
            .field("mutability", &self.mutability)
            .field("persistent", &self.persistent)
            .field("constant", &self.constant)
            .finish()
    }
}

/// What a station says of the form of a variable (2.x).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Characteristics {
    /// The type, by its name in 2.x: `integer`, `OptionList`.
    pub data_type: Box<str>,
    /// The unit.
    #[serde(default)]
    pub unit: Option<Box<str>>,
    /// The least number.
    #[serde(default)]
    pub min_limit: Option<Decimal>,
    /// The greatest number, or the greatest number of characters.
    #[serde(default)]
    pub max_limit: Option<Decimal>,
    /// The most items of a list (2.1).
    #[serde(default)]
    pub max_elements: Option<u32>,
    /// The values that this station allows, separated by commas.
    #[serde(default)]
    pub values: Option<Box<str>>,
    /// Whether it can be monitored.
    pub monitored: bool,
}

/// One setting as a station reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedSetting {
    /// Which setting.
    pub setting: Setting,
    /// Its values, one for each attribute that it has.
    pub attributes: Vec<ReportedAttribute>,
    /// Its form, as far as the station tells it.
    #[serde(default)]
    pub characteristics: Option<Characteristics>,
}

impl ReportedSetting {
    /// A setting with its actual value alone.
    #[must_use]
    pub fn new(setting: Setting, value: Option<&str>, mutability: Mutability) -> ReportedSetting {
        let attribute = ReportedAttribute {
            kind: AttributeKind::Actual,
            value: value.map(Box::from),
            mutability,
            persistent: false,
            constant: false,
        };
        ReportedSetting { setting, attributes: Vec::from([attribute]), characteristics: None }
    }

    /// One of its attributes.
    #[must_use]
    pub fn attribute(&self, kind: AttributeKind) -> Option<&ReportedAttribute> {
        self.attributes.iter().find(|attribute| attribute.kind == kind)
    }

    /// Its actual value.
    #[must_use]
    pub fn actual(&self) -> Option<&str> {
        self.attribute(AttributeKind::Actual).and_then(|attribute| attribute.value.as_deref())
    }
}

/// A part of a report on settings (2.x, B07, B08).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceReport {
    /// The number of the order that asked for it.
    pub request: i32,
    /// Which part it is, from 0.
    pub seq: u32,
    /// Whether another part follows.
    pub more: bool,
    /// When it was made.
    pub at: Timestamp,
    /// What it reports.
    pub settings: Vec<ReportedSetting>,
}

/// How a station is to reach a manager (2.x, B09).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkProfile {
    /// The slot that it is kept in; which slots are used, and in which order, is
    /// `OCPPCommCtrlr.NetworkConfigurationPriority`.
    pub slot: i32,
    /// The manager's address without the station's identity.
    pub url: Box<str>,
    /// The network to use, such as `Wired0`, `Wireless1`, `Any` (2.1).
    pub interface: Box<str>,
    /// How it is secured: 1 password, 2 TLS and password, 3 TLS with a certificate of the station; 0 is not allowed
    /// any more.
    pub security_profile: u8,
    /// Seconds after which a message counts as lost.
    pub message_timeout_s: u32,
    /// The version by the words of 2.x, such as `OCPP201`; 2.0.1 needs one and gets `OCPP20` if none is named, and
    /// what counts is what is agreed on when connecting.
    #[serde(default)]
    pub ocpp_version: Option<Box<str>>,
    /// The identity to connect with, if not the station's own (2.1).
    #[serde(default)]
    pub identity: Option<Box<str>>,
    /// The password to connect with (2.1).
    #[serde(default)]
    pub password: Option<Box<str>>,
    /// The access point of a mobile network.
    #[serde(default)]
    pub apn: Option<AccessPoint>,
    /// A private network to go through.
    #[serde(default)]
    pub vpn: Option<PrivateNetwork>,
}

/// The access point of a mobile network.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessPoint {
    /// Its address.
    pub apn: Box<str>,
    /// The account there.
    #[serde(default)]
    pub user: Option<Box<str>>,
    /// The account's password.
    #[serde(default)]
    pub password: Option<Box<str>>,
    /// What unlocks the SIM card.
    #[serde(default)]
    pub sim_pin: Option<i32>,
    /// The operator to use first, as country code and network code.
    #[serde(default)]
    pub preferred_network: Option<Box<str>>,
    /// Whether to use no other operator.
    #[serde(default)]
    pub only_preferred_network: bool,
    /// How to log in: `PAP`, `CHAP`, `NONE` or `AUTO`.
    pub authentication: Box<str>,
}

/// A private network (VPN) to go through.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivateNetwork {
    /// The address of its server.
    pub server: Box<str>,
    /// The account there.
    pub user: Box<str>,
    /// The account's group.
    #[serde(default)]
    pub group: Option<Box<str>>,
    /// The account's password.
    pub password: Box<str>,
    /// The shared secret.
    pub key: Box<str>,
    /// The protocol: `IKEv2`, `IPSec`, `L2TP` or `PPTP`.
    pub kind: Box<str>,
}

impl NetworkProfile {
    /// The same without its passwords and keys, for keeping and showing.
    pub(super) fn without_secrets(mut self, hidden: &str) -> NetworkProfile {
        let hide = |secret: &mut Option<Box<str>>| {
            if let Some(secret) = secret {
                *secret = hidden.into();
            }
        };
        hide(&mut self.password);
        if let Some(apn) = &mut self.apn {
            hide(&mut apn.password);
            hide(&mut apn.user);
            apn.sim_pin = None;
        }
        if let Some(vpn) = &mut self.vpn {
            (vpn.user, vpn.password, vpn.key) = (hidden.into(), hidden.into(), hidden.into());
        }
        self
    }
}

/// Debug output shows no password, key or account.
impl fmt::Debug for NetworkProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetworkProfile")
            .field("slot", &self.slot)
            .field("url", &self.url)
            .field("interface", &self.interface)
            .field("security_profile", &self.security_profile)
            .field("message_timeout_s", &self.message_timeout_s)
            .field("identity", &self.identity)
            .field("apn", &self.apn)
            .field("vpn", &self.vpn)
            .finish_non_exhaustive()
    }
}

/// Debug output shows no password, PIN or account.
impl fmt::Debug for AccessPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessPoint").field("apn", &self.apn).finish_non_exhaustive()
    }
}

/// Debug output shows no password, key or account.
impl fmt::Debug for PrivateNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateNetwork")
            .field("server", &self.server)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
