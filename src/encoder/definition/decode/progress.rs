//! How far a payload was read that is not read back, and which command comes nearest to the rest.
//!
//! Bytes of the payload are not shown, since a secret may be among them.

use std::cell::{Cell, RefCell};

use super::super::argument::one_of;
use super::super::model::{Command, Join, Step, Template};
use super::extent::Extent;
use super::search::{Search, Spoken};
use super::steps::{Matcher, Point, Window};

/// Payloads of more bytes are not looked into.
const MOST_BYTES: usize = 512;

/// The longest sequence of commands that a search came by.
#[derive(Debug, Default)]
pub(super) struct Furthest<'d> {
    end: Cell<usize>,
    commands: RefCell<Vec<&'d str>>,
}

impl<'d> Furthest<'d> {
    pub(super) fn note(&self, end: usize, before: &[Spoken<'d>], last: &'d Command) {
        if end <= self.end.get() {
            return;
        }
        self.end.set(end);
        let names = before.iter().map(|spoken| spoken.command.name.as_str());
        *self.commands.borrow_mut() = names.chain([last.name.as_str()]).collect();
    }
}

/// The command that has the longest beginning in common with the rest of a payload.
struct Near<'d> {
    command: &'d Command,
    steps: &'d [Step],
    /// How many of the steps read the payload.
    read: usize,
    start: usize,
    end: usize,
}

/// How far reading came.
#[derive(Debug)]
pub(super) struct Progress {
    pub(super) end: usize,
    /// What was read and what is left; nothing if no command was read.
    pub(super) read: Option<String>,
    /// The nearest command, and what it would need.
    pub(super) nearest: Option<String>,
}

impl<'d> Search<'d, '_> {
    /// Searches once more, to say how far it comes.
    pub(super) fn progress(&self) -> Option<Progress> {
        let length = self.bytes().len();
        if length > MOST_BYTES {
            return None;
        }
        self.candidates(true, &mut |_| true);
        let end = self.furthest().end.get();
        let commands = self.furthest().commands.borrow();
        let near = self.nearest(end);
        Some(Progress {
            end: near.as_ref().map_or(end, |near| near.end),
            read: (end > 0).then(|| read(end, length, &commands)),
            nearest: near.map(|near| near.told(length)),
        })
    }

    fn nearest(&self, start: usize) -> Option<Near<'d>> {
        let mut nearest: Option<Near<'d>> = None;
        for spoken in self.commands(true) {
            let is_here = start == 0 || spoken.command.join != Join::Never;
            let Template::Frame(steps) = &spoken.command.template else {
                continue;
            };
            if !is_here || spoken.command.envelope.is_some() {
                continue;
            }
            let near = self.compared(&spoken, steps, start);
            if near.end > nearest.as_ref().map_or(start, |nearest| nearest.end) {
                nearest = Some(near);
            }
        }
        nearest
    }

    /// How many steps of a command read the payload from here.
    fn compared(&self, spoken: &Spoken<'d>, steps: &'d [Step], start: usize) -> Near<'d> {
        let command = spoken.command;
        let matcher = Matcher {
            bytes: self.bytes(),
            arguments: &command.arguments,
            index: 0,
        };
        let window = Window {
            start,
            low: start,
            high: self.bytes().len(),
        };
        let mut near = Near {
            command,
            steps,
            read: 0,
            start,
            end: start,
        };
        for count in 1..=steps.len() {
            let from = Point {
                at: start,
                found: spoken.found.clone(),
            };
            let beginning = steps.get(..count).unwrap_or_default();
            let points = matcher.frame(beginning, from, window);
            let Some(end) = points.iter().map(|point| point.at).max() else {
                break;
            };
            (near.read, near.end) = (count, end);
        }
        if let Some(Step::Constant(bytes)) = steps.get(near.read) {
            let rest = self.bytes().get(near.end..).unwrap_or_default();
            let is_same = |pair: &(&u8, &u8)| pair.0 == pair.1;
            near.end += bytes.iter().zip(rest).take_while(is_same).count();
        }
        near
    }
}

impl Near<'_> {
    fn told(&self, length: usize) -> String {
        let name = &self.command.name;
        let (least, there) = (
            Extent::of_all(self.steps, &self.command.arguments).min,
            length - self.start,
        );
        let byte = self.end + 1;
        match self.steps.get(self.read) {
            None => format!("`{name}` ends after {}", bytes(self.end - self.start)),
            Some(_) if there < least => {
                let (least, there) = (bytes(least), there.to_string());
                format!("`{name}` takes at least {least}, found {there}")
            }
            Some(Step::Constant(constant)) => {
                let before = Extent::of_all(
                    self.steps.get(..self.read).unwrap_or_default(),
                    &self.command.arguments,
                );
                let place = self.end - self.start;
                let expected = before
                    .fixed()
                    .and_then(|before| constant.get(place.checked_sub(before)?))
                    .map_or("another value".to_owned(), |byte| format!("{byte:02X}"));
                format!("`{name}` has {expected} at byte {byte}")
            }
            Some(_) => format!("`{name}` does not take the value at byte {byte}"),
        }
    }
}

fn read(end: usize, length: usize, commands: &[&str]) -> String {
    let names = one_of(commands.iter().copied()).replace(" or ", " and ");
    match length - end {
        0 => format!("it has the form of {names}, with a value that the device does not take"),
        left => format!(
            "the first {} read as {names}, {} left",
            bytes(end),
            are(left)
        ),
    }
}

fn bytes(count: usize) -> String {
    match count {
        1 => "1 byte".to_owned(),
        count => format!("{count} bytes"),
    }
}

fn are(count: usize) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!("{} {verb}", bytes(count))
}
