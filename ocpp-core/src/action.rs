//! Actions: what can be called, by whom, with what.
//!
//! An action is a type. What may not be said does not compile: a call in the wrong direction, or a wait for the
//! answer to a message that has none.
//!
//! ```
//! use ocpp_core::action::{Call, FromManager};
//! fn order<A: Call + FromManager>(_: A) {}
//! order(ocpp_core::v201::Reset);
//! ```
//!
//! ```compile_fail,E0277
//! use ocpp_core::action::{Call, FromManager};
//! fn order<A: Call + FromManager>(_: A) {}
//! order(ocpp_core::v201::BootNotification); // only stations send this
//! ```
//!
//! ```compile_fail,E0277
//! use ocpp_core::action::Call;
//! fn call<A: Call>(_: A) {}
//! call(ocpp_core::v21::NotifyPeriodicEventStream); // a SEND has no answer
//! ```
//!
//! A vendor's own action is made by implementing the same traits:
//!
//! ```
//! use ocpp_core::action::{Action, Call, FromStation};
//! use ocpp_core::message;
//! use ocpp_core::types::Version;
//!
//! message! {
//!     /// A vendor's report on a door.
//!     pub struct DoorReport = "DoorReportRequest" {
//!         /// Whether it is open.
//!         required open: bool = "open",
//!     }
//!
//!     /// The answer, which says nothing.
//!     pub struct DoorReportResponse = "DoorReportResponse" {}
//! }
//!
//! #[derive(Clone, Copy)]
//! struct Door;
//!
//! impl Action for Door {
//!     const NAME: &'static str = "Door";
//!     const VERSION: Version = Version::V201;
//!     type Request = DoorReport;
//! }
//!
//! impl FromStation for Door {}
//!
//! impl Call for Door {
//!     type Response = DoorReportResponse;
//! }
//! ```

use alloc::string::String;

use crate::inbound::{Inbound, Policy, Rejected};
use crate::message::{Message, Shape};
use crate::types::Version;

/// Something that one side can tell the other.
pub trait Action: Copy + 'static {
    /// Its name on the wire.
    const NAME: &'static str;
    /// The version of OCPP that it belongs to.
    const VERSION: Version;
    /// What is said.
    type Request: Message;
}

/// An action that is answered (CALL).
pub trait Call: Action {
    /// What is answered.
    type Response: Message;
}

/// An action that is not answered (SEND of OCPP 2.1).
pub trait Send: Action {}

/// An action that stations may send.
pub trait FromStation: Action {}

/// An action that managers may send.
pub trait FromManager: Action {}

/// Who may send an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Direction {
    FromStation,
    FromManager,
    Both,
}

impl Direction {
    /// Whether stations may send it.
    #[must_use]
    pub const fn from_station(self) -> bool {
        matches!(self, Direction::FromStation | Direction::Both)
    }

    /// Whether managers may send it.
    #[must_use]
    pub const fn from_manager(self) -> bool {
        matches!(self, Direction::FromManager | Direction::Both)
    }
}

/// What is known of an action without its types.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ActionInfo {
    /// Its name on the wire.
    pub name: &'static str,
    /// Who may send it.
    pub direction: Direction,
    /// What is said.
    pub request: Shape,
    /// What is answered; `None` for a SEND.
    pub response: Option<Shape>,
}

/// Why the payload of a call or an answer could not be read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ParseError {
    /// The version has no such action (or, for an answer, the action has none).
    #[error("there is no action {0:?} with such a payload in this version")]
    UnknownAction(String),
    /// The payload is not what the schema says.
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

#[doc(hidden)]
pub fn read_as<T: Message, E>(
    json: &str,
    policy: Policy,
    wrap: fn(T) -> E,
) -> Result<Inbound<E>, ParseError> {
    Ok(crate::inbound::read_by::<T>(json, policy)?.map(wrap))
}

/// Names the actions of a version and makes their types, and `Request` and `Response` over all of them.
#[cfg_attr(not(any(feature = "v16", feature = "v201", feature = "v21")), allow(unused_macros))]
macro_rules! actions {
    ($version:ident; $( $(#[$doc:meta])* $name:ident $kind:ident ($request:ident) $(-> $response:ident)? ; )*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
            pub struct $name;

            impl $crate::action::Action for $name {
                const NAME: &'static str = stringify!($name);
                const VERSION: $crate::types::Version = $crate::types::Version::$version;
                type Request = $request;
            }

            $crate::action::actions!(@direction $kind $name);
            $crate::action::actions!(@answer $name $($response)?);
        )*

        /// All actions of this version, in alphabetical order.
        pub const ACTIONS: &[$crate::action::ActionInfo] = &[$( $crate::action::ActionInfo {
            name: stringify!($name),
            direction: $crate::action::actions!(@direction_of $kind),
            request: <$request as $crate::message::Field>::SHAPE,
            response: $crate::action::actions!(@response_shape $($response)?),
        } ),*];

        /// A request of any action.
        #[derive(Debug, Clone, PartialEq)]
        #[allow(missing_docs)]
        pub enum Request {
            $( $name(alloc::boxed::Box<$request>), )*
        }

        impl Request {
            /// Reads the payload of a call and tolerates every habit.
            ///
            /// # Errors
            /// When the version has no such action, or the payload is not what its schema says.
            pub fn parse(
                action: &str,
                json: &str,
            ) -> Result<$crate::inbound::Inbound<Request>, $crate::action::ParseError> {
                Self::parse_by(action, json, $crate::inbound::Policy::default())
            }

            /// Reads the payload of a call.
            ///
            /// # Errors
            /// When the version has no such action, or the payload breaks a rule that `policy`
            /// does not tolerate.
            pub fn parse_by(
                action: &str,
                json: &str,
                policy: $crate::inbound::Policy,
            ) -> Result<$crate::inbound::Inbound<Request>, $crate::action::ParseError> {
                match action {
                    $( stringify!($name) => $crate::action::read_as(json, policy, |value| {
                        Request::$name(alloc::boxed::Box::new(value))
                    }), )*
                    other => Err($crate::action::ParseError::UnknownAction(other.into())),
                }
            }

            /// The name of the action.
            #[must_use]
            pub const fn action(&self) -> &'static str {
                match self { $( Request::$name(_) => stringify!($name), )* }
            }

            /// The payload as JSON.
            #[must_use]
            pub fn to_json(&self) -> alloc::string::String {
                match self { $( Request::$name(value) => $crate::inbound::write(&**value), )* }
            }
        }

        $crate::action::actions!(@responses [] $( { $name $($response)? } )*);
    };

    (@direction from_station $name:ident) => { impl $crate::action::FromStation for $name {} };
    (@direction from_manager $name:ident) => { impl $crate::action::FromManager for $name {} };
    (@direction from_both $name:ident) => {
        impl $crate::action::FromStation for $name {}
        impl $crate::action::FromManager for $name {}
    };
    (@direction_of from_station) => { $crate::action::Direction::FromStation };
    (@direction_of from_manager) => { $crate::action::Direction::FromManager };
    (@direction_of from_both) => { $crate::action::Direction::Both };
    (@answer $name:ident) => { impl $crate::action::Send for $name {} };
    (@answer $name:ident $response:ident) => {
        impl $crate::action::Call for $name { type Response = $response; }
    };
    (@response_shape) => { None };
    (@response_shape $response:ident) => { Some(<$response as $crate::message::Field>::SHAPE) };

    (@responses [$($done:tt)*] { $name:ident } $($rest:tt)*) => {
        $crate::action::actions!(@responses [$($done)*] $($rest)*);
    };
    (@responses [$($done:tt)*] { $name:ident $response:ident } $($rest:tt)*) => {
        $crate::action::actions!(@responses [$($done)* $name $response,] $($rest)*);
    };
    (@responses [$($name:ident $response:ident,)*]) => {
        /// A response of any action that has one.
        #[derive(Debug, Clone, PartialEq)]
        #[allow(missing_docs)]
        pub enum Response {
            $( $name(alloc::boxed::Box<$response>), )*
        }

        impl Response {
            /// Reads the payload of an answer to `action` and tolerates every habit.
            ///
            /// # Errors
            /// When the version has no such action, the action has no answer, or the payload is not what its
            /// schema says.
            pub fn parse(
                action: &str,
                json: &str,
            ) -> Result<$crate::inbound::Inbound<Response>, $crate::action::ParseError> {
                Self::parse_by(action, json, $crate::inbound::Policy::default())
            }

            /// Reads the payload of an answer to `action`.
            ///
            /// # Errors
            /// When the version has no such action, the action has no answer, or the payload breaks a rule
            /// that `policy` does not tolerate.
            pub fn parse_by(
                action: &str,
                json: &str,
                policy: $crate::inbound::Policy,
            ) -> Result<$crate::inbound::Inbound<Response>, $crate::action::ParseError> {
                match action {
                    $( stringify!($name) => $crate::action::read_as(json, policy, |value| {
                        Response::$name(alloc::boxed::Box::new(value))
                    }), )*
                    other => Err($crate::action::ParseError::UnknownAction(other.into())),
                }
            }

            /// The name of the action.
            #[must_use]
            pub const fn action(&self) -> &'static str {
                match self { $( Response::$name(_) => stringify!($name), )* }
            }

            /// The payload as JSON.
            #[must_use]
            pub fn to_json(&self) -> alloc::string::String {
                match self { $( Response::$name(value) => $crate::inbound::write(&**value), )* }
            }
        }
    };
}

#[cfg(any(feature = "v16", feature = "v201", feature = "v21"))]
pub(crate) use actions;
