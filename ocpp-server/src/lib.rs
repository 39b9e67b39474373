//! CSMS.
