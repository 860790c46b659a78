//! Findings with their line and column.

use crate::error::{Diagnostic, Error, Position, Sink};

/// Gives every finding its place in the text of the request.
pub(super) struct Placed<'t, 's> {
    text: &'t str,
    /// What pointers are below.
    root: &'static str,
    /// Whether an error that was placed here has ended the walk.
    has_ended: bool,
    sink: &'s mut dyn Sink,
}

impl<'t, 's> Placed<'t, 's> {
    /// For findings whose pointers are into the request.
    pub(super) fn new(text: &'t str, sink: &'s mut dyn Sink) -> Self {
        Self {
            text,
            root: "",
            has_ended: false,
            sink,
        }
    }

    /// For findings whose pointers are below `root`.
    pub(super) fn below(&mut self, root: &'static str) -> Placed<'t, '_> {
        Placed {
            text: self.text,
            root,
            has_ended: false,
            sink: self.sink,
        }
    }

    /// Places an error that ended the walk, unless it was placed here already.
    pub(super) fn end(&self, error: Error) -> Error {
        if self.has_ended {
            return error;
        }
        self.place(error)
    }

    /// An error about all that is below the root is at the root itself.
    fn place(&self, error: Error) -> Error {
        let error = match error.diagnostic().pointer {
            None if !self.root.is_empty() => error.at_pointer(self.root),
            _ => error.within(self.root),
        };
        error.located_in(self.text)
    }
}

impl Sink for Placed<'_, '_> {
    fn error(&mut self, error: Error) -> Result<(), Error> {
        let taken = self.sink.error(self.place(error));
        self.has_ended |= taken.is_err();
        taken
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
