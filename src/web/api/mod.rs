//! JSON, version 1.
