//! Findings with their line and column.

use super::{Diagnostic, Error, Sink};

/// Gives every finding its place in a text.
#[derive(Debug)]
pub(crate) struct Placed<'t, 's> {
    text: &'t str,
    /// What the pointers of records are below.
    root: &'static str,
    /// Whether an error that was placed here has ended the walk.
    has_ended: bool,
    had_errors: bool,
    sink: &'s mut dyn Sink,
}

impl<'t, 's> Placed<'t, 's> {
    /// For findings whose pointers start at the root of the text.
    pub(crate) fn new(text: &'t str, sink: &'s mut dyn Sink) -> Self {
        Self {
            text,
            root: "",
            has_ended: false,
            had_errors: false,
            sink,
        }
    }

    /// For findings in a pack that stands at `root`.
    pub(crate) fn below(&mut self, root: &'static str) -> Placed<'t, '_> {
        Placed {
            text: self.text,
            root,
            has_ended: false,
            had_errors: false,
            sink: self.sink,
        }
    }

    /// Whether there were errors that went through here.
    pub(crate) fn had_errors(&self) -> bool {
        self.had_errors
    }

    /// Places an error that ended the walk, unless it was placed here already.
    pub(crate) fn end(&self, error: Error) -> Error {
        if self.has_ended {
            error
        } else {
            Error::of(self.place(error.into_diagnostic()))
        }
    }

    fn place(&self, finding: Diagnostic) -> Diagnostic {
        let finding = match &finding.pointer {
            _ if finding.record.is_some() => finding.within(self.root),
            None if !self.root.is_empty() => Diagnostic {
                pointer: Some(self.root.to_owned()),
                ..finding
            },
            _ => finding,
        };
        finding.placed_in(self.text)
    }
}

impl Sink for Placed<'_, '_> {
    fn error(&mut self, error: Error) -> Result<(), Error> {
        if self.has_ended {
            // On its way out, an error passes every room that collects.
            return Err(error);
        }
        let taken = self
            .sink
            .error(Error::of(self.place(error.into_diagnostic())));
        self.had_errors = true;
        self.has_ended |= taken.is_err();
        taken
    }

    fn warning(&mut self, warning: Diagnostic) {
        self.sink.warning(self.place(warning));
    }
}
