//! Where in a stream something stands, when only a piece of it is at hand.

use crate::error::{Diagnostic, Error, Position, Sink};

/// A place in a stream.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// Line and column, both from one, and how many characters before it in its line are two code
    /// units of UTF-16.
    Text {
        line: usize,
        column: usize,
        pairs: usize,
    },
    /// Bytes before it.
    Bytes(usize),
}

impl Place {
    pub(super) const START_OF_TEXT: Self = Self::Text {
        line: 1,
        column: 1,
        pairs: 0,
    };
    pub(super) const START_OF_BYTES: Self = Self::Bytes(0);

    /// Goes past these bytes.
    pub(super) fn advance(&mut self, bytes: &[u8]) {
        match self {
            Self::Bytes(offset) => *offset += bytes.len(),
            Self::Text {
                line,
                column,
                pairs,
            } => {
                for byte in bytes {
                    match byte {
                        b'\n' => {
                            *line += 1;
                            *column = 1;
                            *pairs = 0;
                        }
                        // Columns count characters: what goes on with one is not counted.
                        0x80..=0xbf => {}
                        0xf0..=0xff => {
                            *column += 1;
                            *pairs += 1;
                        }
                        _ => *column += 1,
                    }
                }
            }
        }
    }

    /// The position so far behind this place, into the piece that begins here.
    fn behind(mut self, offset: usize, piece: &[u8]) -> Position {
        match &mut self {
            Self::Bytes(start) => *start += offset,
            Self::Text { .. } => self.advance(piece.get(..offset).unwrap_or(piece)),
        }
        match self {
            Self::Text {
                line,
                column,
                pairs,
            } => Position::Text {
                line,
                column,
                utf16_column: column + pairs,
            },
            Self::Bytes(offset) => Position::Offset { offset },
        }
    }

    /// The error placed in the stream.
    pub(super) fn of(self, error: Error, piece: &[u8]) -> Error {
        match error.diagnostic().position {
            Some(Position::Text { .. }) => error,
            Some(Position::Offset { offset }) => error.at_position(self.behind(offset, piece)),
            None => error.at_position(self.behind(0, piece)),
        }
    }
}

/// Gives every finding in a piece its place in the stream.
#[derive(Debug)]
pub(super) struct Placed<'t, 's> {
    piece: &'t [u8],
    place: Place,
    sink: &'s mut dyn Sink,
}

impl<'t, 's> Placed<'t, 's> {
    pub(super) fn new(piece: &'t [u8], place: Place, sink: &'s mut dyn Sink) -> Self {
        Self { piece, place, sink }
    }
}

impl Sink for Placed<'_, '_> {
    fn error(&mut self, error: Error) -> Result<(), Error> {
        self.sink.error(self.place.of(error, self.piece))
    }

    fn warning(&mut self, mut warning: Diagnostic) {
        if let Some(Position::Offset { offset }) = warning.position {
            warning.position = Some(self.place.behind(offset, self.piece));
        }
        self.sink.warning(warning);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_place_in_a_stream_is_the_place_in_its_text(before in "[a\n\u{e9}\u{1f600}]{0,9}", rest in "[a\n\u{e9}\u{1f600}]{0,9}") {
            let text = format!("{before}{rest}");
            let mut place = Place::START_OF_TEXT;
            place.advance(before.as_bytes());
            let found = place.behind(rest.len(), rest.as_bytes());
            prop_assert_eq!(found, Position::in_text(&text, text.len()));
        }
    }
}
