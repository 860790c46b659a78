//! Reads frames: each step takes its bytes, and says what they mean.
//!
//! A step knows the window in which it must end: what stands behind it needs so many bytes at least
//! and takes so many at most. Only where that leaves a choice is more than one end tried.

use super::super::argument::{Argument, BytesFrom, Kind, LengthRule, Scalar, Shape, TextRule};
use super::super::checksum::Algorithm;
use super::super::frame::{Integer, Op, Order};
use super::super::limits::LIST_ITEMS;
use super::super::model::{Layout, Source, Step};
use super::super::usage::unscale;
use super::extent::{Extent, check, size};
use super::found::{Found, Place};
use super::wire;
use crate::number::Rational;

/// How many ways to read a frame are followed at once: more than a frame has ends, of which all but
/// a few are dropped by what stands behind.
const MOST_POINTS: usize = 512;

/// A place in the payload, and what was read in front of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Point {
    pub(super) at: usize,
    pub(super) found: Found,
}

/// Where a region begins, and between which places it must end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) start: usize,
    pub(super) low: usize,
    pub(super) high: usize,
}

impl Window {
    /// A region that ends here and nowhere else.
    pub(super) fn exactly(start: usize, end: usize) -> Self {
        Self {
            start,
            low: end,
            high: end,
        }
    }

    pub(super) fn holds(self, end: usize) -> bool {
        (self.low..=self.high).contains(&end)
    }

    /// Where something must end that has this behind it; nothing if there is no room.
    pub(super) fn in_front_of(self, rest: Extent, at: usize) -> Option<Self> {
        let high = self.high.checked_sub(rest.min)?;
        let low = rest.max.map_or(0, |max| self.low.saturating_sub(max));
        (at <= high).then_some(Self {
            low: low.max(at),
            high,
            ..self
        })
    }
}

/// Reads the bytes of a command or an envelope.
#[derive(Clone, Copy)]
pub(super) struct Matcher<'m> {
    pub(super) bytes: &'m [u8],
    pub(super) arguments: &'m [Argument],
    /// Which repetition of a group this is.
    pub(super) index: usize,
}

impl Matcher<'_> {
    /// Every way to read these steps that ends in the window.
    pub(super) fn frame(self, steps: &[Step], from: Point, window: Window) -> Vec<Point> {
        let mut points = vec![from];
        let mut rest = steps;
        while let Some((step, behind)) = rest.split_first() {
            let extent = Extent::of_all(behind, self.arguments);
            let mut next = Vec::new();
            for point in points {
                if let Some(window) = window.in_front_of(extent, point.at) {
                    self.step(step, point, window, &mut next);
                }
            }
            next.truncate(MOST_POINTS);
            points = next;
            rest = behind;
        }
        points.retain(|point| window.holds(point.at));
        points
    }

    fn step(self, step: &Step, mut point: Point, window: Window, next: &mut Vec<Point>) {
        match step {
            Step::Constant(bytes) => {
                if self.take(&mut point, bytes.len(), window) == Some(bytes.as_slice()) {
                    next.push(point);
                }
            }
            Step::Inner => {
                let most = window.low.saturating_add(MOST_POINTS);
                for end in window.low..=window.high.min(most) {
                    let mut point = point.clone();
                    point.found.inner = Some(point.at..end);
                    point.at = end;
                    next.push(point);
                }
            }
            Step::Value {
                source,
                layout,
                scale,
                is_list,
            } => match source {
                Source::Variable(index) => self.variable(*index, *layout, &point, window, next),
                Source::Argument(place) if *is_list => {
                    self.list(*place, *layout, scale, point, window, next);
                }
                Source::Argument(place) => {
                    self.value(*place, self.index, (*layout, scale), point, window, next);
                }
            },
            Step::Bits { runs, reversed } => {
                if self.bits(runs, *reversed, &mut point, window).is_some() {
                    next.push(point);
                }
            }
            Step::Length {
                integer,
                order,
                scale,
                steps,
            } => {
                let length = self.length(*integer, *order, scale, &mut point, window);
                let end = length.and_then(|length| point.at.checked_add(length));
                if let Some(end) = end.filter(|end| *end <= window.high) {
                    let inside = Window::exactly(point.at, end);
                    next.extend(self.frame(steps, point, inside));
                }
            }
            Step::Sum { algorithm, steps } => self.sum(*algorithm, steps, point, window, next),
            Step::Pad { length, with } => {
                let end = window.start.saturating_add(*length).max(point.at);
                let count = end.saturating_sub(point.at);
                let taken = self.take(&mut point, count, window);
                if taken.is_some_and(|bytes| bytes.iter().all(|byte| byte == with)) {
                    next.push(point);
                }
            }
            Step::Group { steps, .. } => self.group(steps, point, window, next),
        }
    }

    /// Takes so many bytes, if they end in time.
    pub(super) fn take(&self, point: &mut Point, count: usize, window: Window) -> Option<&[u8]> {
        let end = point.at.checked_add(count)?;
        let bytes = self.bytes.get(point.at..end)?;
        point.at = end;
        (end <= window.high).then_some(bytes)
    }

    fn value(
        self,
        place: usize,
        index: usize,
        (layout, ops): (Layout, &[Op]),
        mut point: Point,
        window: Window,
        next: &mut Vec<Point>,
    ) {
        let Some(argument) = self.arguments.get(place) else {
            return;
        };
        if let Some(size) = size(layout) {
            if let Some(bytes) = self.take(&mut point, size, window) {
                let read = scalar(argument, layout, ops, bytes);
                if point.found.put((place, argument), index, read).is_some() {
                    next.push(point);
                }
            }
            return;
        }
        for end in window.low..=window.high {
            if next.len() == MOST_POINTS {
                return;
            }
            let read = self.bytes.get(point.at..end);
            if let Some(read) = read.and_then(|bytes| text(argument, bytes)) {
                let mut point = point.clone();
                point.at = end;
                if point.found.put((place, argument), index, read).is_some() {
                    next.push(point);
                }
            }
        }
    }

    fn list(
        self,
        place: usize,
        layout: Layout,
        ops: &[Op],
        mut point: Point,
        window: Window,
        next: &mut Vec<Point>,
    ) {
        let shape = self.arguments.get(place).map(|argument| argument.shape);
        let Some(Shape::List { min, max }) = shape else {
            return;
        };
        // Texts without anything between them cannot be told apart; they are read as one.
        let max = if size(layout).is_some() { max } else { 1 };
        for index in 0..max {
            let mut item = Vec::new();
            let anywhere = Window {
                low: if size(layout).is_some() {
                    0
                } else {
                    window.low
                },
                ..window
            };
            self.value(place, index, (layout, ops), point, anywhere, &mut item);
            let is_enough = index + 1 >= min;
            next.extend(
                item.iter()
                    .filter(|point| is_enough && window.holds(point.at))
                    .cloned(),
            );
            match item.pop() {
                Some(last) => point = last,
                None => return,
            }
        }
    }

    fn variable(
        self,
        index: usize,
        layout: Layout,
        point: &Point,
        window: Window,
        next: &mut Vec<Point>,
    ) {
        let ends = match size(layout) {
            Some(size) => point.at.saturating_add(size)..=point.at.saturating_add(size),
            None => window.low..=window.high,
        };
        for end in ends.filter(|end| *end <= window.high) {
            if next.len() == MOST_POINTS {
                return;
            }
            let bytes = self.bytes.get(point.at..end);
            let Some(text) = bytes.and_then(|bytes| variable_text(layout, bytes)) else {
                continue;
            };
            let mut point = point.clone();
            if point.found.put_variable(index, &text) {
                point.at = end;
                next.push(point);
            }
        }
    }

    fn length(
        self,
        integer: Integer,
        order: Order,
        ops: &[Op],
        point: &mut Point,
        window: Window,
    ) -> Option<usize> {
        let layout = Layout::Integer(integer, order);
        let bytes = in_order(self.take(point, size(layout)?, window)?, order);
        let wire = Rational::new(wire::read_integer(&bytes, integer.is_signed), 1)?;
        usize::try_from(unscale(wire, ops)?.to_integer()?).ok()
    }

    fn sum(
        self,
        algorithm: Algorithm,
        steps: &[Step],
        point: Point,
        window: Window,
        next: &mut Vec<Point>,
    ) {
        let (start, size) = (point.at, check(algorithm, &[]).len());
        let Some(inside) = window.in_front_of(Extent::exactly(size), start) else {
            return;
        };
        for mut point in self.frame(steps, point, inside) {
            let summed = self.bytes.get(start..point.at).unwrap_or_default();
            let expected = check(algorithm, summed);
            if self.take(&mut point, size, window) == Some(expected.as_slice()) {
                next.push(point);
            }
        }
    }

    fn group(self, steps: &[Step], point: Point, window: Window, next: &mut Vec<Point>) {
        let mut points = vec![point];
        for index in 0..=LIST_ITEMS {
            next.extend(
                points
                    .iter()
                    .filter(|point| window.holds(point.at))
                    .cloned(),
            );
            let mut behind = Vec::new();
            for point in points {
                let anywhere = Window {
                    low: point.at + 1,
                    ..window
                };
                behind.extend(Self { index, ..self }.frame(steps, point, anywhere));
            }
            behind.truncate(MOST_POINTS);
            points = behind;
        }
    }
}

fn in_order(bytes: &[u8], order: Order) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if order == Order::Little {
        bytes.reverse();
    }
    bytes
}

/// The value of a layout that always has as many bytes.
fn scalar(argument: &Argument, layout: Layout, ops: &[Op], bytes: &[u8]) -> Place {
    match layout {
        Layout::Integer(integer, order) => {
            let wire = wire::read_integer(&in_order(bytes, order), integer.is_signed);
            wire::integer(argument, wire, ops)
        }
        Layout::Float { order, .. } => wire::float(argument, &in_order(bytes, order), ops),
        Layout::Text | Layout::Hex | Layout::Data => Place::ABSENT,
    }
}

/// The value of a layout that has as many bytes as there are.
fn text(argument: &Argument, bytes: &[u8]) -> Option<Place> {
    if bytes.is_empty() && argument.is_optional {
        return Some(Place::ABSENT);
    }
    let is_in = |length: &LengthRule| (length.min..=length.max).contains(&bytes.len());
    match &argument.kind {
        Kind::Text(TextRule { length, .. }) if is_in(length) => {
            let text = std::str::from_utf8(bytes).ok()?;
            Some(Place::of(Scalar::Text(text.to_owned().into())))
        }
        Kind::Bytes {
            from: BytesFrom::Hex | BytesFrom::Data,
            length,
        } if is_in(length) => Some(Place::of(Scalar::Bytes(bytes.to_vec().into()))),
        _ => None,
    }
}

fn variable_text(layout: Layout, bytes: &[u8]) -> Option<String> {
    match layout {
        Layout::Integer(integer, order) => {
            let wire = wire::read_integer(&in_order(bytes, order), integer.is_signed);
            Some(wire.to_string())
        }
        Layout::Text => std::str::from_utf8(bytes).ok().map(str::to_owned),
        Layout::Hex | Layout::Data => Some(hex::encode_upper(bytes)),
        Layout::Float { .. } => None,
    }
}
