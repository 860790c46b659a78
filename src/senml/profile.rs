//! How strictly a pack is read, and what it is for.

/// How strictly a pack is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Profile {
    /// The RFCs to the letter, and the base-only records of RFC 8428 §5.1.7.
    Strict,
    /// Also what is common in the field and cannot be misread, each with a warning.
    #[default]
    Interop,
    /// Strict, but names may start with `/`, as every name of `LwM2M` 1.1 does.
    ///
    /// The label `vlo` is registered at IANA and is a value in every profile.
    Lwm2m,
}

/// What a pack is for, which decides what its records must have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mode {
    /// Measurements or commands: every record has a value or a sum (RFC 8428 §4).
    #[default]
    Pack,
    /// The same, as a stream (RFC 8428 §4.8).
    Stream,
    /// What to read: names, and no values (RFC 8790 §3.1).
    Fetch,
    /// What to change: a null value removes (RFC 8790 §3.2).
    Patch,
}
