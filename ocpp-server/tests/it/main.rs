//! Tests of the server through its public interface.

mod trusted_edge;
