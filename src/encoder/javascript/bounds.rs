//! What a script may use up.

use std::time::Duration;

/// What a script may use up, for one message.
///
/// Work is counted, so that the same script comes to the same end on every machine: a tick is ten
/// thousand calls, turns of a loop, or steps of a regular expression. The wall clock is a backstop
/// for machines on which even that takes too long. It is the only clock that this crate reads, and
/// [`Bounds::wall_clock`] turns it off.
///
/// ```
/// use downlink::encoder::javascript::Bounds;
///
/// let counted_only = Bounds { wall_clock: None, ..Bounds::default() };
/// assert_eq!(counted_only.script, 256 * 1024);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Ticks of work: 100.
    pub ticks: u64,
    /// How long a message may take, 100 ms; `None` for as long as the ticks last.
    pub wall_clock: Option<Duration>,
    /// Bytes of memory that a runtime holds, with the script itself: 16 MiB.
    pub memory: usize,
    /// Bytes of stack: 512 KiB.
    pub stack: usize,
    /// Bytes of source: 256 KiB, above the 174 KiB of the longest one published.
    pub script: usize,
    /// Items of what a script returns in one list or object: 4096.
    pub output: usize,
    /// Runtimes that one codec keeps: 4. Further callers wait.
    pub runtimes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            ticks: 100,
            wall_clock: Some(Duration::from_millis(100)),
            memory: 16 * 1024 * 1024,
            stack: 512 * 1024,
            script: 256 * 1024,
            output: 4096,
            runtimes: 4,
        }
    }
}
