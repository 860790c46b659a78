//! Findings with their line and column.

use crate::error::{Diagnostic, Error, Position, Sink};

/// Gives every finding its place in the text of the request.
pub(super) struct Placed<'t, 's> {
    text: &'t str,
    /// What pointers are below.
    root: &'static str,
    sink: &'s mut dyn Sink,
}

impl<'t, 's> Placed<'t, 's> {
    /// For findings whose pointers are into the request.
    pub(super) fn new(text: &'t str, sink: &'s mut dyn Sink) -> Self {
        Self {
            text,
            root: "",
            sink,
        }
    }

    /// For findings whose pointers are below `root`.
    pub(super) fn below(&mut self, root: &'static str) -> Placed<'t, '_> {
        Placed {
            text: self.text,
            root,
            sink: self.sink,
        }
    }
}

impl Sink for Placed<'_, '_> {
    fn error(&mut self, error: Error) -> Result<(), Error> {
        self.sink
            .error(error.within(self.root).located_in(self.text))
    }

    fn warning(&mut self, mut warning: Diagnostic) {
        if let Some(pointer) = &mut warning.pointer {
            pointer.insert_str(0, self.root);
        }
        if let Some(Position::Offset { offset }) = warning.position {
            warning.position = Some(Position::in_text(self.text, offset));
        }
        self.sink.warning(warning);
    }
}
