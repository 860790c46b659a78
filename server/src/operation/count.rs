//! Counting what becomes of parts.

use crate::life::{EventKind, Life, Step};

/// Counts what a step brought about, once it is on disk.
pub(crate) fn count(before: &Life, step: &Step) {
    let protocol = before.protocol.as_str();
    for event in &step.events {
        let name = match event.kind {
            EventKind::PartSent => "downlinkd_handed_over_total",
            EventKind::Unknown => "downlinkd_unknown_total",
            EventKind::Resent => "downlinkd_resent_total",
            _ => continue,
        };
        metrics::counter!(name, "protocol" => protocol).increment(1);
    }
    let pairs = before.parts.iter().zip(&step.life.parts);
    for (_, part) in pairs.filter(|(before, after)| !before.is_ended() && after.is_ended()) {
        let reason = part.failure.map_or("", |it| it.spelled(before.protocol));
        metrics::counter!("downlinkd_ended_total", "protocol" => protocol, "reason" => reason)
            .increment(1);
    }
}
