//! Reads texts: literals where they stand, values as far as their characters go.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::super::argument::{Argument, BytesFrom, Kind, Scalar, TextRule, WireValue};
use super::super::limits::TEXT_BYTES;
use super::super::model::{Digits, Source, Text, TextPiece, TextValue};
use super::super::usage::unscale;
use super::super::variable::Variable;
use super::extent::Extent;
use super::found::{Found, Place};
use super::steps::{Point, Window};
use super::wire;
use crate::number::{Decimal, Rational};

/// How many ways to read a text are followed at once.
const MOST_POINTS: usize = 64;

/// Reads texts and the values in them.
#[derive(Clone, Copy)]
pub(super) struct TextMatcher<'m> {
    pub(super) text: &'m str,
    pub(super) arguments: &'m [Argument],
    pub(super) variables: &'m [Variable],
}

impl TextMatcher<'_> {
    /// What the whole text says.
    pub(super) fn whole(self, text: &Text, found: Found) -> Option<Found> {
        let from = Point { at: 0, found };
        let window = Window::exactly(0, self.text.len());
        let first = self.text(text, from, window).into_iter().next();
        first.map(|point| point.found)
    }

    /// Every way to read this text that ends in the window.
    pub(super) fn text(self, text: &Text, from: Point, window: Window) -> Vec<Point> {
        let mut points = vec![from];
        let mut rest = text.0.as_slice();
        while let Some((piece, behind)) = rest.split_first() {
            let extent = extent(behind);
            let mut next = Vec::new();
            for point in points {
                let window = window.in_front_of(extent, point.at);
                match (piece, window) {
                    (_, None) => {}
                    (TextPiece::Literal(literal), Some(window)) => {
                        next.extend(self.literal(literal, point, window));
                    }
                    (TextPiece::Value(value), Some(window)) => {
                        self.value(value, behind.first(), &point, window, &mut next);
                    }
                }
            }
            points = next;
            rest = behind;
        }
        points.retain(|point| window.holds(point.at));
        points
    }

    fn literal(self, literal: &str, mut point: Point, window: Window) -> Option<Point> {
        let is_there = self.text.get(point.at..)?.starts_with(literal);
        point.at = point.at.checked_add(literal.len())?;
        (is_there && point.at <= window.high).then_some(point)
    }

    fn value(
        self,
        value: &TextValue,
        behind: Option<&TextPiece>,
        point: &Point,
        window: Window,
        next: &mut Vec<Point>,
    ) {
        let rest = self.text.get(point.at..).unwrap_or_default();
        let is_followed = |end: usize| match (behind, self.text.get(end..)) {
            (Some(TextPiece::Literal(literal)), Some(rest)) => rest.starts_with(literal.as_str()),
            (_, rest) => rest.is_some(),
        };
        let lengths = rest
            .char_indices()
            .map(|(offset, character)| (offset, Some(character)))
            .chain([(rest.len(), None)]);
        for (length, character) in lengths {
            let end = point.at.saturating_add(length);
            if end > window.high || length > TEXT_BYTES || next.len() == MOST_POINTS {
                return;
            }
            if window.holds(end) && is_followed(end) {
                let mut found = point.found.clone();
                let piece = rest.get(..length).unwrap_or_default();
                if self.take(value, piece, &mut found).is_some() {
                    next.push(Point { at: end, found });
                }
            }
            if character.is_some_and(|character| !self.may_hold(value, character)) {
                return;
            }
        }
    }

    /// Whether a value may go on behind this character.
    fn may_hold(self, value: &TextValue, character: char) -> bool {
        let Source::Argument(place) = value.source else {
            return true;
        };
        match self.arguments.get(place).map(|argument| &argument.kind) {
            Some(Kind::Text(TextRule { separators, .. })) => {
                !character.is_control() && !separators.contains(character)
            }
            Some(Kind::Number { specials, .. }) if specials.is_empty() => {
                character.is_ascii_hexdigit() || matches!(character, '-' | '.')
            }
            _ => !character.is_control(),
        }
    }

    /// Takes a piece of text as a value.
    fn take(self, value: &TextValue, piece: &str, found: &mut Found) -> Option<()> {
        match value.source {
            Source::Variable(index) => {
                let is_sound = self.variables.get(index)?.admits(piece);
                (is_sound && found.put_variable(index, piece)).then_some(())
            }
            Source::Argument(place) => {
                let argument = self.arguments.get(place)?;
                found.put((place, argument), 0, plain(argument, value, piece)?)
            }
        }
    }
}

fn extent(pieces: &[TextPiece]) -> Extent {
    let is_literal = |piece: &TextPiece| matches!(piece, TextPiece::Literal(_));
    let min = pieces
        .iter()
        .map(|piece| match piece {
            TextPiece::Literal(literal) => literal.len(),
            TextPiece::Value(_) => 0,
        })
        .sum();
    Extent {
        min,
        max: pieces.iter().all(is_literal).then_some(min),
    }
}

/// The value that is written like this, without quotes.
fn plain(argument: &Argument, value: &TextValue, piece: &str) -> Option<Place> {
    if piece.is_empty() && argument.is_optional {
        return Some(Place::ABSENT);
    }
    let is_written = |fixed: &WireValue| match fixed {
        WireValue::Number(number) => number.to_string() == piece,
        WireValue::Boolean(truth) => truth.to_string() == piece,
        WireValue::Text(text) => text == piece,
    };
    fixed(argument, is_written)
        .or_else(|| match &argument.kind {
            Kind::Number { .. } => number(argument, value, piece),
            _ => text(argument, piece),
        })
        .map(Place::of)
}

/// The name or the boolean whose value on the wire is this.
pub(super) fn fixed(
    argument: &Argument,
    is_wire: impl Fn(&WireValue) -> bool,
) -> Option<Scalar<'static>> {
    match &argument.kind {
        Kind::Boolean { on, .. } if is_wire(on) => Some(Scalar::Boolean(true)),
        Kind::Boolean { off, .. } if is_wire(off) => Some(Scalar::Boolean(false)),
        _ => argument
            .choices()
            .iter()
            .position(|choice| is_wire(&choice.value))
            .map(Scalar::Choice),
    }
}

/// The text or the bytes that are written like this.
pub(super) fn text(argument: &Argument, piece: &str) -> Option<Scalar<'static>> {
    match &argument.kind {
        Kind::Text(TextRule { length, .. }) => (length.min..=length.max)
            .contains(&piece.len())
            .then(|| Scalar::Text(piece.to_owned().into())),
        Kind::Bytes { from, .. } => {
            let bytes = match from {
                BytesFrom::Hex => hex::decode(piece).ok()?,
                BytesFrom::Data => URL_SAFE_NO_PAD.decode(piece).ok()?,
            };
            Some(Scalar::Bytes(bytes.into()))
        }
        _ => None,
    }
}

/// The number that is written like this.
pub(super) fn number(
    argument: &Argument,
    value: &TextValue,
    piece: &str,
) -> Option<Scalar<'static>> {
    let integer = match value.digits {
        Digits::Plain => {
            let written = Rational::from_decimal(Decimal::from_literal(piece)?)?;
            let number = unscale(written, &value.scale)?;
            return number.to_decimal().map(|_| Scalar::Number(number));
        }
        Digits::Integer(_) | Digits::Decimal(_) => piece.parse().ok()?,
        Digits::Hex(_) => i128::from_str_radix(piece, 16).ok()?,
    };
    wire::integer(argument, integer, &value.scale).value
}
