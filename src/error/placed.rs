//! Findings with their line and column.

use super::{Diagnostic, Error, Sink};

/// Gives every finding its place in a text.
#[derive(Debug)]
pub(crate) struct Placed<'t, 's> {
    text: &'t str,
    /// What pointers are below.
    root: &'static str,
    sink: &'s mut dyn Sink,
}

impl<'t, 's> Placed<'t, 's> {
    /// For findings whose pointers start at the root of the text.
    pub(crate) fn new(text: &'t str, sink: &'s mut dyn Sink) -> Self {
        Self { text, root: "", sink }
    }

    /// For findings whose pointers are below `root`.
    pub(crate) fn below(&mut self, root: &'static str) -> Placed<'t, '_> {
        Placed { text: self.text, root, sink: self.sink }
    }

    /// The error with its place.
    pub(crate) fn place(&self, error: Error) -> Error {
        error.within(self.root).located_in(self.text)
    }
}

impl Sink for Placed<'_, '_> {
    fn error(&mut self, error: Error) -> Result<(), Error> {
        self.sink.error(self.place(error))
    }

    fn warning(&mut self, warning: Diagnostic) {
        self.sink.warning(warning.within(self.root).located_in(self.text));
    }
}
