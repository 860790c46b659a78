//! Who takes the findings: the one who stops at the first, or the one who wants them all.

use std::fmt::Debug;

use super::{Diagnostic, Error};

/// Takes errors and warnings while the work goes on.
///
/// A walk calls `sink.error(error)?` and goes on if the sink lets it: the same walk then ends at
/// its first error, or finds them all.
pub trait Sink: Debug {
    /// Takes an error, and says whether the walk goes on.
    ///
    /// # Errors
    ///
    /// The error itself, where the first one ends the walk.
    fn error(&mut self, error: Error) -> Result<(), Error>;

    /// Takes a warning.
    fn warning(&mut self, warning: Diagnostic);
}

/// Ends the walk at the first error, and keeps the warnings.
#[derive(Debug, Default)]
pub struct First {
    /// The warnings so far, in order.
    pub warnings: Vec<Diagnostic>,
}

impl Sink for First {
    fn error(&mut self, error: Error) -> Result<(), Error> {
        Err(error)
    }

    fn warning(&mut self, warning: Diagnostic) {
        self.warnings.push(warning);
    }
}

/// Collects every error and warning.
#[derive(Debug, Default)]
pub struct All {
    /// The errors so far, in order.
    pub errors: Vec<Error>,
    /// The warnings so far, in order.
    pub warnings: Vec<Diagnostic>,
}

impl Sink for All {
    fn error(&mut self, error: Error) -> Result<(), Error> {
        self.errors.push(error);
        Ok(())
    }

    fn warning(&mut self, warning: Diagnostic) {
        self.warnings.push(warning);
    }
}
