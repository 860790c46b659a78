//! Exit codes, and what keeps a command from its end.
//!
//! The numbers from 64 on are those of `sysexits.h`.

use std::io;
use std::process::ExitCode;

use clap::CommandFactory;
use clap::error::ErrorKind;
use downlink::error::{Diagnostic, Error, Kind};

use crate::args::Arguments;
use crate::input::Source;

/// How the tool ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// What was asked for was done, perhaps with warnings.
    Done,
    /// All items were looked at, and some failed.
    SomeFailed,
    /// The arguments are wrong.
    Usage,
    /// The input is refused.
    Refused,
    /// A file that was named is missing.
    Missing,
    /// It is our fault.
    Fault,
    /// Reading or writing failed.
    Io,
}

impl Exit {
    /// How the tool ends when these refuse its input: a broken invariant is our fault.
    pub(crate) fn of_findings<'d>(findings: impl IntoIterator<Item = &'d Diagnostic>) -> Self {
        let mut kinds = findings.into_iter().map(Diagnostic::kind);
        if kinds.any(|kind| kind == Kind::Internal) {
            Self::Fault
        } else {
            Self::Refused
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::SomeFailed => 1,
            Exit::Usage => 2,
            Exit::Refused => 65,
            Exit::Missing => 66,
            Exit::Fault => 70,
            Exit::Io => 74,
        })
    }
}

/// What keeps a command from its end.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The input is refused; the last of the findings says why.
    Refused {
        findings: Vec<Diagnostic>,
        source: Source,
    },
    /// The arguments do not go together.
    Usage(clap::Error),
    /// There is no such file.
    Missing { path: String },
    /// A file or a stream could not be read or written.
    Io { what: String, error: io::Error },
    /// Something that comes with the tool is broken.
    Fault(Error),
    /// Nobody reads the output any more.
    ClosedPipe,
}

impl Failure {
    /// An input that is refused for one reason.
    pub(crate) fn refused(error: Error, source: Source) -> Self {
        Self::Refused {
            findings: vec![error.into_diagnostic()],
            source,
        }
    }

    /// Arguments that do not go together.
    pub(crate) fn usage(message: &str) -> Self {
        Self::Usage(Arguments::command().error(ErrorKind::ArgumentConflict, message))
    }

    /// An argument that is needed here.
    pub(crate) fn missing_argument(message: &str) -> Self {
        Self::Usage(Arguments::command().error(ErrorKind::MissingRequiredArgument, message))
    }

    /// A file that could not be read.
    pub(crate) fn reading(what: &str, error: io::Error) -> Self {
        let what = what.to_owned();
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing { path: what },
            _ => Self::Io { what, error },
        }
    }

    /// Output that could not be written.
    pub(crate) fn writing(error: io::Error) -> Self {
        let what = "standard output".to_owned();
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Io { what, error },
        }
    }

    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::ClosedPipe => Exit::Done,
            Self::Refused { findings, .. } => Exit::of_findings(findings),
            Self::Usage(_) => Exit::Usage,
            Self::Missing { .. } => Exit::Missing,
            Self::Io { .. } => Exit::Io,
            Self::Fault(_) => Exit::Fault,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::writing(error)
    }
}

/// Prints what the parser of arguments has to say: help, a version, or what is wrong.
pub(crate) fn of_parser(told: &clap::Error) -> Exit {
    // Nobody may be listening.
    let _ = told.print();
    if told.use_stderr() {
        Exit::Usage
    } else {
        Exit::Done
    }
}

#[cfg(test)]
mod tests {
    use downlink::error::Code;

    use super::*;

    #[test]
    fn only_a_broken_invariant_is_our_fault() {
        for code in Code::ALL {
            let refused = Error::new(Code::EncodeType, "wrong").into_diagnostic();
            let finding = Error::new(*code, "wrong").into_diagnostic();
            let expected = match code.kind() {
                Kind::Internal => Exit::Fault,
                _ => Exit::Refused,
            };
            assert_eq!(Exit::of_findings([&finding, &refused]), expected, "{code}");
        }
    }
}
