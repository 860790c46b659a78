//! The page for people.

use std::fmt;
use std::iter::repeat_n;

use crate::encoder::{Mark, Origin};
use crate::error::Diagnostic;

use super::{Preview, PreviewPart, Shown};

/// Characters of a piece that a row shows; the whole payload stands above the rows.
const PIECE: usize = 36;
/// Bytes of the payload that a line shows.
const LINE: usize = 16;

impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.page().fmt(f)?;
        for problem in &self.problems {
            finding(f, "problem", problem)?;
        }
        for warning in &self.warnings {
            finding(f, "warning", warning)?;
        }
        Ok(())
    }
}

/// What would be sent, if anything.
pub(super) struct Page<'p>(pub(super) Option<&'p Shown>);

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(shown) => shown.fmt(f),
            None => Ok(()),
        }
    }
}

fn finding(f: &mut fmt::Formatter<'_>, name: &str, finding: &Diagnostic) -> fmt::Result {
    writeln!(f, "{name}[{}]: {finding}", finding.code)
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "device   {}", self.device)?;
        writeln!(f, "encoder  {} ({})", self.encoder, self.title)?;
        for (index, part) in self.parts.iter().enumerate() {
            writeln!(f)?;
            write!(
                f,
                "message {} of {}: {}",
                index + 1,
                self.parts.len(),
                part.protocol
            )?;
            part.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for PreviewPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(port) = self.f_port {
            write!(f, ", port {port}")?;
        }
        if let Some(topic) = &self.topic {
            write!(f, ", topic {topic}")?;
        }
        match (self.limit, self.segments) {
            (Some(limit), _) => write!(f, ", {} of {limit}", self.length)?,
            (None, Some(segments)) => write!(f, ", {segments}")?,
            (None, None) => write!(f, ", {} bytes", self.length)?,
        }
        writeln!(f)?;
        if let Some(content_type) = &self.content_type {
            writeln!(f, "  content type {content_type}")?;
        }
        for (name, value) in &self.headers {
            writeln!(f, "  {name}: {value}")?;
        }
        writeln!(f)?;
        self.payload_lines(f)?;
        writeln!(f)?;
        self.rows(f)
    }
}

impl PreviewPart {
    fn payload_lines(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = &self.text {
            for line in text.lines() {
                writeln!(f, "  {}", visible(line))?;
            }
            return Ok(());
        }
        for start in (0..self.length).step_by(LINE) {
            writeln!(f, "  {}", self.hex_pairs(start, start + LINE))?;
        }
        Ok(())
    }

    fn rows(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<[String; 4]> = self
            .marks
            .iter()
            .map(|mark| {
                [
                    place(mark),
                    self.piece(mark),
                    origin(&mark.origin),
                    meaning(mark),
                ]
            })
            .collect();
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths = [width(0), width(1), width(2), 0];
        let mut line = String::new();
        for row in &rows {
            line.clear();
            for (cell, width) in row.iter().zip(widths) {
                line.push_str("  ");
                line.push_str(cell);
                let missing = width.saturating_sub(cell.chars().count());
                line.extend(repeat_n(' ', missing));
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }

    /// Two digits for each byte, with spaces between them.
    fn hex_pairs(&self, start: usize, end: usize) -> String {
        let digits = self.payload_hex.as_bytes().chunks(2);
        let pairs = digits.skip(start).take(end.saturating_sub(start));
        let mut text = String::with_capacity(3 * pairs.len());
        for (index, pair) in pairs.enumerate() {
            text.push_str(if index == 0 { "" } else { " " });
            text.extend(pair.iter().copied().map(char::from));
        }
        text
    }

    /// The bits of a row: text, hex digits, or single bits.
    fn piece(&self, mark: &Mark) -> String {
        let (start, end) = (mark.bits.start / 8, mark.bits.end.div_ceil(8));
        let is_whole = mark.bits.start % 8 == 0 && mark.bits.end % 8 == 0;
        let piece = if mark.meaning.secret {
            crate::encoder::MASK.to_owned()
        } else if !is_whole {
            self.single_bits(mark)
        } else if self.text.is_some() {
            let bytes: Vec<u8> = (start..end).filter_map(|at| self.byte(at)).collect();
            visible(&String::from_utf8_lossy(&bytes))
        } else {
            self.hex_pairs(start, end)
        };
        cut(piece)
    }

    /// A byte of the payload; where only its masked form is left, none for that of a secret.
    fn byte(&self, at: usize) -> Option<u8> {
        let digits = || self.payload_hex.get(2 * at..2 * at + 2);
        let read = || u8::from_str_radix(digits()?, 16).ok();
        self.payload.get(at).copied().or_else(read)
    }

    fn single_bits(&self, mark: &Mark) -> String {
        let bit = |at: usize| match self.byte(at / 8) {
            Some(byte) if byte & (0x80 >> (at % 8)) == 0 => '0',
            Some(_) => '1',
            None => '*',
        };
        mark.bits.clone().map(bit).collect()
    }
}

/// `0`, `1-3`, or `4[7:5]` for bits of a byte.
fn place(mark: &Mark) -> String {
    let (start, end) = (mark.bits.start, mark.bits.end);
    let last = end.saturating_sub(1) / 8;
    if start % 8 == 0 && end % 8 == 0 {
        if start / 8 == last {
            last.to_string()
        } else {
            format!("{}-{last}", start / 8)
        }
    } else if start / 8 == last {
        format!(
            "{last}[{}:{}]",
            7 - start % 8,
            7 - end.saturating_sub(1) % 8
        )
    } else {
        let (high, low) = (7 - start % 8, 7 - end.saturating_sub(1) % 8);
        format!("{}[{high}]-{last}[{low}]", start / 8)
    }
}

fn origin(origin: &Origin) -> String {
    match origin {
        Origin::Record { record, name } => format!("record {record} {name}"),
        Origin::Default { .. } => "default".to_owned(),
        Origin::Variable { .. } => "variable".to_owned(),
        Origin::Constant { command } => format!("command {command}"),
    }
}

fn meaning(mark: &Mark) -> String {
    let meaning = &mark.meaning;
    let mut said = String::new();
    if let (Some(argument), Some(_)) = (&meaning.argument, &meaning.value) {
        said.extend([argument, " = "]);
    }
    said.push_str(meaning.value.as_deref().unwrap_or_default());
    let given = meaning.given.as_deref();
    if let Some(given) = given.filter(|given| differs(given, meaning.value.as_deref())) {
        said.extend([separator(&said), "given as ", given]);
    }
    if let Some(wire) = meaning.wire.as_deref().filter(|wire| *wire != "text") {
        said.extend([separator(&said), wire]);
    }
    said
}

/// What stands before the next thing that is said.
fn separator(said: &str) -> &'static str {
    if said.is_empty() { "" } else { ", " }
}

fn bare(text: &str) -> &str {
    text.trim_matches('`')
}

/// Whether the value as it was written says more than the value as it is taken.
fn differs(given: &str, value: Option<&str>) -> bool {
    value.is_none_or(|value| {
        let value = bare(value);
        bare(given) != value
            && !value
                .strip_prefix(given)
                .is_some_and(|rest| rest.starts_with(' '))
    })
}

fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            visible.extend(character.escape_default());
        } else {
            visible.push(character);
        }
    }
    visible
}

fn cut(piece: String) -> String {
    if piece.chars().count() <= PIECE {
        return piece;
    }
    let head: String = piece.chars().take(PIECE - 1).collect();
    format!("{}…", head.trim_end())
}
