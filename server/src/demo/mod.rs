//! What `--demo` brings, so that a fresh clone needs nothing else.

pub mod broker;
