//! Payload codecs in JavaScript (LoRa Alliance TS013), as `ChirpStack`, The Things Stack and
//! `ThingPark` run them. Feature `js`.
//!
//! # What a script gets
//!
//! `input.data` holds the records in their order: `/` in a name nests, `0`, `1`, `2` and so on make an
//! array, `v`, `vs`, `vb` and `vd` become a number, a text, a boolean and an array of bytes. A unit,
//! an integer beyond 2^53, and numbers with gaps are refused. `input.fPort` is the port that the
//! method asks for, `input.variables` the variables of the device.
//!
//! `Date` tells the caller's `now`, always in UTC. `Math.random` is refused: the same instruction
//! gives the same bytes. There are `Buffer`, `atob`, `btoa`, `TextEncoder`, `TextDecoder`, a
//! `console` that says nothing, and `require` for `buffer` and `util`; no files, no network, no
//! timers, no `Proxy`.
//!
//! # What it must return
//!
//! Bytes are integers from 0 to 255, the port is 1 to 223 and does not contradict the method, the
//! payload is not empty and not longer than the network carries. `errors` refuse, `warnings` become
//! warnings. A port in `port`, or as a text of digits, is taken with a warning.
//!
//! # Messages are kept apart
//!
//! A warm runtime serves many messages. Nothing passes from one to the next: the script is a
//! function called anew for each, so that its variables are new; everything else that it can reach is
//! frozen, and what it adds to the global object is removed. A script that changes what comes with the
//! language when it is loaded, and an ES module, have a runtime of their own for each message; a
//! message for which a script tries it later is run again in one.
//!
//! # Threads
//!
//! A codec is `Send + Sync`. It keeps as many runtimes as [`Bounds::runtimes`] says, and further
//! callers wait for one.

mod bounds;
mod call;
mod codec;
mod data;
mod datum;
mod decoder;
mod entry;
mod example;
mod fault;
mod input;
mod meter;
mod modules;
mod output;
mod package;
mod pool;
mod realm;
mod script;
mod sharing;

pub use bounds::Bounds;
pub use codec::JavaScriptCodec;
pub use data::Data;
pub use decoder::{DecodedData, JavaScriptDecoder};
pub use example::{Direction, Example};
pub use package::Package;
