//! Findings in a pack that has no request around it.

use super::{Diagnostic, Error, Sink};

/// Takes pointers out that lead to a place of a request, where there is none.
#[derive(Debug)]
pub(crate) struct Bare<'s> {
    sink: &'s mut dyn Sink,
}

impl<'s> Bare<'s> {
    pub(crate) fn new(sink: &'s mut dyn Sink) -> Self {
        Self { sink }
    }

    /// The error that ended the walk.
    pub(crate) fn end(error: Error) -> Error {
        Error::of(placed(error.into_diagnostic()))
    }
}

/// Only what is about a record points into the pack.
fn placed(finding: Diagnostic) -> Diagnostic {
    let pointer = finding.pointer.filter(|_| finding.record.is_some());
    Diagnostic { pointer, ..finding }
}

impl Sink for Bare<'_> {
    fn error(&mut self, error: Error) -> Result<(), Error> {
        self.sink.error(Self::end(error))
    }

    fn warning(&mut self, warning: Diagnostic) {
        self.sink.warning(placed(warning));
    }
}
