//! Lines and columns of many places in one text.

use super::Position;

/// Where the lines of a text begin, so that a position is found without going through the text.
#[derive(Debug)]
pub(crate) struct LineIndex<'t> {
    text: &'t str,
    /// The first line begins at zero, which is left out.
    starts: Vec<usize>,
}

impl<'t> LineIndex<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let newlines = text.match_indices('\n');
        let starts = newlines.map(|(newline, _)| newline + 1).collect();
        Self { text, starts }
    }

    /// The line and column of a byte offset, as [`Position::in_text`] finds them.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let end = super::character_boundary(self.text, offset);
        let newlines = self.starts.partition_point(|start| *start <= end);
        let line_starts = self.starts.get(..newlines).unwrap_or_default();
        let start = line_starts.last().copied().unwrap_or(0);
        let before = self.text.get(start..end).unwrap_or_default();
        Position::in_line(newlines + 1, before)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_index_finds_the_place_that_the_text_has(text in "[a\n\u{e9}\u{1f600}]{0,30}", offset in 0..140_usize) {
            prop_assert_eq!(LineIndex::new(&text).position(offset), Position::in_text(&text, offset));
        }
    }
}
