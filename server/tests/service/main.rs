//! The service as callers and devices see it: the real router and store in one process, a clock
//! that tests move, and carriers that do what tests say.
//!
//! What users of other services complain of, and the test that it cannot happen here:
//!
//! | complaint | test |
//! |---|---|
//! | 1: a lock that nobody gives back blocks the queue | `unknown::complaint_01_…` |
//! | 2: a message that fails is repeated without end, and the others stand | `order::complaint_02_…` |
//! | 4: only the whole queue can be deleted | `cancel::complaint_04_…` |
//! | 6: what is sent again and again cannot be stopped | `cancel::complaint_06_…` |
//! | 7: a negative report loses the rest of the queue | `order::complaint_07_…` |
//! | 8: an expired message blocks all that follow | `order::complaint_08_…` |
//! | 9: a message that is too long blocks the queue | `create::complaint_09_…` |
//! | 10: the answer to a post has no id | `create::complaint_10_…` |
//! | 13: one click, several messages | `twice::complaint_13_…` (by key, by reference) |
//! | 14: shown as delivered though the device is away | `order::complaint_14_…` |
//! | 15: what waits dies with a restart | `unknown::complaint_15_…` |
//! | 16: a report before the answer blocks the queue | `unknown::complaint_16_…` |
//! | 17: no order in spite of a sequential setting | `order::complaint_17_…` |
//! | 20: a message is not what it was when it was posted | `create::complaint_20_…` |
//! | 22: what is too much is dropped in silence | `create::complaint_22_…` |
//! | 23: an old command is sent after the carrier is back | `order::complaint_23_…` |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unchecked_time_subtraction
)]

mod caller;
mod cancel;
mod create;
mod limits;
mod lists;
mod order;
mod polling;
mod problems;
mod requests;
mod rights;
mod scripted;
mod twice;
mod unavailable;
mod unknown;
mod world;
