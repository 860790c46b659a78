//! When something falls due.

use crate::clock::Moment;

use super::{Life, Part, Stage, Terms, Why};

impl Life {
    /// When [`super::Input::Due`], or the turn of a pausing part, is next due.
    ///
    /// A moment that has passed is due still. A pause that is over stays so until the line gives
    /// the part its turn.
    #[must_use]
    pub fn due(&self) -> Option<Moment> {
        self.parts
            .iter()
            .filter_map(|part| self.part_due(part))
            .min()
    }

    fn part_due(&self, part: &Part) -> Option<Moment> {
        match part.stage {
            Stage::Waiting => self.terms.unsent_due(part),
            Stage::Pausing { until } => {
                self.terms.unsent_due(part).into_iter().chain([until]).min()
            }
            Stage::Handing { deadline, .. } => Some(deadline),
            Stage::Unknown { decide_at, due, .. } => due.into_iter().chain([decide_at]).min(),
            Stage::Offered { due } => Some(due),
            Stage::Carried { due, look_at, .. } => look_at.into_iter().chain([due]).min(),
            Stage::TakingBack {
                deadline, due, why, ..
            } => Some(match why {
                Why::Timeout => deadline,
                Why::Cancel | Why::Eviction | Why::Success => deadline.min(due),
            }),
            Stage::Ended { call_until, .. } => call_until,
        }
    }
}

impl Terms {
    /// When a part that waits or pauses ends unsent.
    fn unsent_due(&self, part: &Part) -> Option<Moment> {
        let given_up = (!part.was_handed_over).then_some(self.give_up_at);
        given_up.into_iter().chain(self.away_due(part)).min()
    }

    /// When a carrier that is away has been away for too long.
    pub(super) fn away_due(&self, part: &Part) -> Option<Moment> {
        part.first_turn.map(|turn| turn.plus(self.feedback_timeout))
    }
}
