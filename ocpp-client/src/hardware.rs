//! What a station's engine hears of its hardware, and what it orders from it.

use ocpp_core::model::{EvseId, IdToken, Percent, Watts, Wh};

/// Something that the hardware noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HardwareEvent {
    /// A vehicle was plugged in.
    Plugged(EvseId),
    /// The vehicle went away.
    Unplugged(EvseId),
    /// A driver presented a token at an EVSE.
    TokenPresented(EvseId, IdToken),
    /// Something broke, or was mended.
    Fault(EvseId, FaultState),
    /// The vehicle takes no energy at present.
    Suspended(EvseId),
    /// The vehicle takes energy again.
    Resumed(EvseId),
    /// The meter was read.
    Measured(EvseId, Measurement),
}

/// Whether an EVSE has a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultState {
    /// It has one.
    Faulted,
    /// It has none any more.
    Mended,
}

/// What a meter shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measurement {
    /// The energy register, which only counts up.
    pub register: Wh,
    /// The power drawn.
    pub power: Watts,
    /// The vehicle's state of charge, where the station learns it.
    pub state_of_charge: Option<Percent>,
}

/// Something that the hardware is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actuation {
    /// Lock the cable and let energy flow.
    AllowCharging(EvseId),
    /// Stop the flow of energy and unlock the cable.
    StopCharging(EvseId),
    /// Unlock the cable.
    Unlock(EvseId),
    /// Restart the station.
    Restart,
}
