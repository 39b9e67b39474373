//! The habits themselves.

use core::fmt;
use core::str::FromStr;

use super::set::UnknownQuirk;

/// Where a habit shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// In the payload of a message.
    Payload,
    /// In the frame around a payload, or in the order of frames.
    Frame,
    /// Before the first frame: in the address, the headers or the password of a connection.
    Handshake,
}

/// Whether a habit breaks a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Standing {
    /// It does: where it is not tolerated, the message is refused.
    Breach,
    /// It does not: it is told because it surprises, and never refused.
    Legal,
}

macro_rules! quirks {
    ($( $scope:ident $standing:ident $name:ident = $wire:literal { seen: $seen:literal, read: $read:literal, source: $source:literal } )*) => {
        /// A habit of stations in the field.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Quirk {
            $(
                #[doc = concat!($seen, "\n\nRead as: ", $read, "\n\nSource: ", $source, ".")]
                $name,
            )*
        }

        impl Quirk {
            /// All of them, by the place where they show.
            pub const ALL: &'static [Quirk] = &[$(Quirk::$name),*];

            /// The name in settings, logs and metrics.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Quirk::$name => $wire),* }
            }

            /// Where it shows.
            #[must_use]
            pub const fn scope(self) -> Scope {
                match self { $(Quirk::$name => Scope::$scope),* }
            }

            /// What is seen, and of whom.
            #[must_use]
            pub const fn seen(self) -> &'static str {
                match self { $(Quirk::$name => $seen),* }
            }

            /// How it is read where it is tolerated.
            #[must_use]
            pub const fn read_as(self) -> &'static str {
                match self { $(Quirk::$name => $read),* }
            }

            /// Where it was reported.
            #[must_use]
            pub const fn source(self) -> &'static str {
                match self { $(Quirk::$name => $source),* }
            }

            const fn standing(self) -> Standing {
                match self { $(Quirk::$name => Standing::$standing),* }
            }
        }
    };
}

quirks! {
    Payload Breach UnknownMember = "unknown-member" {
        seen: "A member that the schema does not name, outside of customData too; many vendors add some.",
        read: "the message without it; it is kept in `extra` and written back",
        source: "OCPP.Core#36"
    }
    Payload Breach NullForAbsent = "null-for-absent" {
        seen: "`null` for an optional member that is not there.",
        read: "absent; it is written back as `null`",
        source: "mobilityhouse/ocpp#296"
    }
    Payload Breach InventedEnumValue = "invented-enum-value" {
        seen: "A value of no enumeration: errorCode `Error` (Legrand), wrong contexts in queued meter values (Alfen).",
        read: "`Unlisted` with the text as it came",
        source: "lbbrhzn/ocpp#361, lbbrhzn/ocpp#1248"
    }
    Payload Breach EnumInOtherCase = "enum-in-other-case" {
        seen: "A value of an enumeration in other capitals: `accepted`.",
        read: "the listed value",
        source: "evcc#4858"
    }
    Payload Breach UnitAlias = "unit-alias" {
        seen: "`Hz` and `Hertz` in 1.6, which has no name for the unit of frequency, and `C` for `Celsius` (OpenEVSE and others).",
        read: "`Celsius`, and for frequencies the unlisted unit `Hertz`",
        source: "mobilityhouse/ocpp#70, mobilityhouse/ocpp#733, lbbrhzn/ocpp#1576, openevse_esp32_firmware#726"
    }
    Payload Breach TimeWithoutZone = "time-without-zone" {
        seen: "A time without an offset (Growatt).",
        read: "UTC",
        source: "evcc#10399, ocpp-go#237"
    }
    Payload Breach ShortOffset = "short-offset" {
        seen: "An offset without minutes or without its colon: `+02`, `+0200`; ISO 8601 has them, RFC 3339 has not.",
        read: "the offset with minutes, `+02:00`",
        source: "monta-app/ocpp-emulator#5"
    }
    Payload Breach ShortTime = "short-time" {
        seen: "An hour of one digit, `T3:11:55Z`, in a widespread simulator.",
        read: "the hour with two digits",
        source: "OCPP.Core#16"
    }
    Payload Breach EmptyTime = "empty-time" {
        seen: "The empty text for a time that is not known (EVerest).",
        read: "absent where the time is optional, otherwise 1970-01-01T00:00:00Z (`NO_TIME`), in whose place the manager puts its time of receipt",
        source: "libocpp#808"
    }
    Payload Legal FineTime = "fine-time" {
        seen: "Seven or more digits after the second; parsers exist that take at most six.",
        read: "the moment, cut to nanoseconds; the text is kept",
        source: "mobilityhouse/ocpp#296"
    }
    Payload Legal ClockNotSet = "clock-not-set" {
        seen: "A time of the year 1970: the station reports before its clock is set (MicroOcpp).",
        read: "the moment as it stands; it is no time at which anything happened",
        source: "MicroOcpp#311"
    }
    Payload Breach MeterValueAsNumber = "meter-value-as-number" {
        seen: "`sampledValue.value` as a number in 1.6, where it is a text.",
        read: "the text of the number with all its digits",
        source: "mobilityhouse/ocpp#243, mobilityhouse/ocpp#377, lbbrhzn/ocpp#210"
    }
    Payload Breach NumberAsText = "number-as-text" {
        seen: "A number in quotes.",
        read: "the number",
        source: "mobilityhouse/ocpp#243 (the other way round)"
    }
    Payload Breach WholeNumberWithFraction = "whole-number-with-fraction" {
        seen: "A whole number written as `10.0`.",
        read: "the whole number, when nothing but zeros stands behind the point",
        source: "lbbrhzn/ocpp#1703"
    }
    Payload Breach BooleanAsNumber = "boolean-as-number" {
        seen: "0 and 1 for false and true: `readonly` of configuration keys.",
        read: "false and true",
        source: "evcc#26253"
    }
    Payload Breach ConfigurationValueNotText = "configuration-value-not-text" {
        seen: "The value of a configuration key as a number, true or false (Scame).",
        read: "its text",
        source: "mobilityhouse/ocpp#582"
    }
    Payload Breach EmptyList = "empty-list" {
        seen: "A list without items where at least one is wanted: `sampledValue` (Vestel).",
        read: "as if it was left out; a meter value without samples is left out whole",
        source: "lbbrhzn/ocpp#466"
    }
    Payload Breach HugeTransactionId = "huge-transaction-id" {
        seen: "A transaction id beyond 32 bits in 1.6: 9223372036854775807 (Alfen).",
        read: "no transaction: absent where it is optional, otherwise -1",
        source: "steve#740"
    }
    Payload Legal UnknownTransactionId = "unknown-transaction-id" {
        seen: "A transaction id of -1 in 1.6, after a start that the manager never answered.",
        read: "a transaction that is not known",
        source: "libocpp#495, open-ocpp#24"
    }
    Payload Breach LongText = "long-text" {
        seen: "Texts about the station beyond their limit: a serial number of 33 characters for 25 (Schneider), 23 for 20 (HICI).",
        read: "cut to the limit; identifiers are never cut but refused, since the cut one may be another's",
        source: "mobilityhouse/ocpp#273, ocpp-go#359, steve#1259"
    }
    Payload Legal EmptyText = "empty-text" {
        seen: "The empty text for what is not known: vendor (Huawei), iccid (Wallbox).",
        read: "the empty text",
        source: "evcc#32170, lbbrhzn/ocpp#1510"
    }
    Payload Breach RepeatedMember = "repeated-member" {
        seen: "A member that stands twice in its object.",
        read: "once, when both have the same value; two values are refused, since two readers may take different ones",
        source: "OCPP.Core#36"
    }
    Payload Breach TextRule = "text-rule" {
        seen: "A message that its schema allows and the text of the specification does not.",
        read: "the message as it stands",
        source: "the requirement that the finding names"
    }
    Frame Breach LongId = "long-id" {
        seen: "A message id of 37 to 255 characters.",
        read: "the whole id",
        source: "1.6-J 4.1.4"
    }
    Frame Breach EmptyId = "empty-id" {
        seen: "The empty text as message id.",
        read: "the empty id",
        source: "1.6-J 4.1.4"
    }
    Frame Breach NullPayload = "null-payload" {
        seen: "`null` for an empty payload.",
        read: "`{}`",
        source: "1.6-J 4.2.1"
    }
    Frame Breach MissingDescription = "missing-description" {
        seen: "A CALLERROR without a description.",
        read: "the empty description",
        source: "1.6-J 4.2.3"
    }
    Frame Breach DescriptionNotText = "description-not-text" {
        seen: "A CALLERROR whose description is no text.",
        read: "the JSON of the description as its text",
        source: "1.6-J 4.2.3"
    }
    Frame Breach LongDescription = "long-description" {
        seen: "A CALLERROR whose description has more than 255 characters.",
        read: "the whole description",
        source: "1.6-J 4.2.3"
    }
    Frame Breach MissingDetails = "missing-details" {
        seen: "A CALLERROR without details.",
        read: "`{}`",
        source: "1.6-J 4.2.3"
    }
    Frame Breach DetailsNotObject = "details-not-object" {
        seen: "A CALLERROR whose details are a text.",
        read: "the details as they came",
        source: "steve#45"
    }
    Frame Breach ErrorCodeSpelling = "error-code-spelling" {
        seen: "An error code as another version spells it: `FormatViolation` and `OccurrenceConstraintViolation` in 1.6, \
               `FormationViolation` and `OccurenceConstraintViolation` in 2.x, or in other capitals.",
        read: "the code that is meant",
        source: "mobilityhouse/ocpp#381"
    }
    Frame Breach InventedErrorCode = "invented-error-code" {
        seen: "An error code that no version has.",
        read: "`Other` with the text as it came",
        source: "mobilityhouse/ocpp#381"
    }
    Frame Breach MessageTypeOne = "message-type-one" {
        seen: "A CALL with the message type 1 (an old simulator for browsers).",
        read: "a CALL, when it has the elements of one",
        source: "mobilityhouse/ocpp#358, OCPP.Core#16"
    }
    Frame Breach ErrorToResult = "error-to-result" {
        seen: "A CALLERROR in answer to a CALLRESULT, before 2.1 had CALLRESULTERROR.",
        read: "a refusal of our answer, which ends no call",
        source: "evcc#15657, libocpp#995"
    }
    Frame Legal PipelinedCall = "pipelined-call" {
        seen: "A call before the one before it was answered; the station may have waited long enough for it.",
        read: "it is served in its turn",
        source: "1.6-J 4.1.1"
    }
    Handshake Breach NoSubprotocol = "no-subprotocol" {
        seen: "No `Sec-WebSocket-Protocol` at all (Grizzl-E).",
        read: "OCPP 1.6",
        source: "lbbrhzn/ocpp#442, steve#1109, OCPP.Core#43"
    }
    Handshake Breach NoConnectionUpgrade = "no-connection-upgrade" {
        seen: "No `Connection: Upgrade` in the handshake.",
        read: "a handshake, when `Upgrade: websocket` is there",
        source: "lbbrhzn/ocpp#1984"
    }
    Handshake Legal VersionChanges = "version-changes" {
        seen: "Another version after a reconnect.",
        read: "the version is that of the connection, never that of the station",
        source: "lbbrhzn/ocpp#2008"
    }
    Handshake Legal PercentEncodedIdentity = "percent-encoded-identity" {
        seen: "An identity that is percent-encoded in the address, `RDAM%7C123`, and plain as user name.",
        read: "decoded once, then compared with the user name",
        source: "citrineos-core#1093, open-ocpp#198"
    }
    Handshake Breach LongerPath = "longer-path" {
        seen: "Further segments behind the identity, such as a serial number.",
        read: "the segment behind the configured path is the identity",
        source: "openems#1401, MicroOcpp#278"
    }
    Handshake Breach WholeAddress = "whole-address" {
        seen: "The whole URL in the request line: `GET /ws://host/CP_1 HTTP/1.1`.",
        read: "the path of that URL",
        source: "openems#1401, MicroOcpp#278"
    }
    Handshake Legal BinaryPassword = "binary-password" {
        seen: "A password of bytes that are no text; the key `AuthorizationKey` has them as hexadecimal digits.",
        read: "the bytes; the digits mean the same password",
        source: "Java-OCA-OCPP#143, Java-OCA-OCPP#163, steve#1899"
    }
    Handshake Breach ColonInIdentity = "colon-in-identity" {
        seen: "A colon in the identity, which Basic authentication splits at.",
        read: "the identity of the address is taken off the front of the user name and password",
        source: "ocpp-rpc"
    }
    Handshake Breach OtherUserName = "other-user-name" {
        seen: "A user name that is not the identity, beside the right password.",
        read: "the password alone says who it is",
        source: "A00.FR.204"
    }
}

impl Quirk {
    /// Whether it breaks a rule of the schema or of the specification's text. One that does not is told and
    /// never refused.
    #[must_use]
    pub const fn is_breach(self) -> bool {
        matches!(self.standing(), Standing::Breach)
    }

    pub(super) const fn bit(self) -> u64 {
        1 << (self as u8)
    }
}

// The set is 64 bits wide.
const _: () = assert!(Quirk::ALL.len() <= 64);

impl fmt::Display for Quirk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Quirk {
    type Err = UnknownQuirk;

    fn from_str(text: &str) -> Result<Quirk, UnknownQuirk> {
        Quirk::ALL.iter().copied().find(|quirk| quirk.name() == text).ok_or_else(|| UnknownQuirk::new(text))
    }
}

impl serde::Serialize for Quirk {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> serde::Deserialize<'de> for Quirk {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Quirk, D::Error> {
        let text = <alloc::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
