//! Tests of the station through its public interface.
