//! How the parsers of this room fail: where they stopped, and what should have stood there.

use nom::{IResult, Parser};

use super::AN_ITEM;

/// Where parsing stopped, and what should have stood there.
#[derive(Debug)]
pub(super) struct Stop<'i> {
    pub(super) rest: &'i str,
    pub(super) expected: &'static str,
}

impl<'i> nom::error::ParseError<&'i str> for Stop<'i> {
    fn from_error_kind(rest: &'i str, _: nom::error::ErrorKind) -> Self {
        Self {
            rest,
            expected: AN_ITEM,
        }
    }

    fn append(_: &'i str, _: nom::error::ErrorKind, other: Self) -> Self {
        other
    }
}

pub(super) type Parsed<'i, T> = IResult<&'i str, T, Stop<'i>>;

/// Says what was expected where the parser fails, and that nothing else can stand there.
pub(super) fn must<'i, T>(
    mut parser: impl Parser<&'i str, Output = T, Error = Stop<'i>>,
    expected: &'static str,
) -> impl Parser<&'i str, Output = T, Error = Stop<'i>> {
    move |input: &'i str| {
        parser.parse(input).map_err(|error| match error {
            nom::Err::Error(stop) => nom::Err::Failure(Stop {
                rest: stop.rest,
                expected,
            }),
            other => other,
        })
    }
}
