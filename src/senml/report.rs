//! Hands findings on, each with its place in the pack.

use crate::error::{Error, Sink};

/// Hands findings to the sink, with the place in the pack.
pub(super) struct Report<'s> {
    sink: &'s mut dyn Sink,
    /// The index of the record that is read.
    pub(super) record: usize,
    /// How many errors there were.
    pub(super) faults: usize,
}

impl<'s> Report<'s> {
    pub(super) fn new(sink: &'s mut dyn Sink) -> Self {
        Self {
            sink,
            record: 0,
            faults: 0,
        }
    }

    pub(super) fn error(&mut self, error: Error) -> Result<(), Error> {
        self.faults += 1;
        self.sink.error(error)
    }

    pub(super) fn error_at(
        &mut self,
        label: &str,
        offset: usize,
        error: Error,
    ) -> Result<(), Error> {
        let error = error.at_record(self.record, Some(label)).at_offset(offset);
        self.error(error)
    }

    pub(super) fn lint(&mut self, error: Error) {
        self.sink.warning(error.into_warning());
    }

    pub(super) fn lint_at(&mut self, label: &str, offset: usize, error: Error) {
        let error = error.at_record(self.record, Some(label)).at_offset(offset);
        self.lint(error);
    }
}
