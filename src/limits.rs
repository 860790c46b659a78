//! Every limit in one place, each with its source.
//!
//! Defaults come from the design of this crate where no standard names a figure. All that concern
//! what a caller sends can be changed through [`Limits`].

/// Bytes of one request or pack.
pub const REQUEST: usize = 64 * 1024;
/// Records of one pack.
pub const RECORDS: usize = 256;
/// Bytes of a name or a unit.
pub const NAME: usize = 1024;
/// Bytes of a text or data value.
pub const VALUE: usize = 16 * 1024;
/// Arrays and objects within each other.
pub const NESTING: usize = 16;
/// Messages that one instruction makes.
pub const PARTS: usize = 16;

/// What a caller may send.
///
/// ```
/// use downlink::Limits;
///
/// let small = Limits { records: 8, ..Limits::default() };
/// assert_eq!(small.request, 64 * 1024);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one request or pack.
    pub request: usize,
    /// Records of one pack.
    pub records: usize,
    /// Bytes of a name or a unit.
    pub name: usize,
    /// Bytes of a text or data value.
    pub value: usize,
    /// Arrays and objects within each other.
    pub nesting: usize,
    /// Messages that one instruction makes.
    pub parts: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request: REQUEST,
            records: RECORDS,
            name: NAME,
            value: VALUE,
            nesting: NESTING,
            parts: PARTS,
        }
    }
}
