//! Finds the commands that a payload may hold: alone, one behind the other, in an envelope.

use crate::message::{Method, Payload};

use super::super::super::Reading;
use super::super::limits::COMMANDS;
use super::super::model::{Command, Definition, Envelope, Join, Template};
use super::found::Found;
use super::json::{JsonMatcher, Tree};
use super::progress::Furthest;
use super::steps::{Matcher, Point, Window};
use super::text::TextMatcher;

/// A command, and what was read of it.
#[derive(Clone, Debug)]
pub(super) struct Spoken<'d> {
    pub(super) command: &'d Command,
    pub(super) found: Found,
}

/// What a payload may say.
#[derive(Clone, Debug)]
pub(super) struct Candidate<'d> {
    pub(super) envelope: Option<(&'d Envelope, Found)>,
    pub(super) commands: Vec<Spoken<'d>>,
}

impl Candidate<'_> {
    /// Whether the command may not stand another time.
    fn has_spoken(&self, command: &Command) -> bool {
        let is_same = |spoken: &Spoken<'_>| spoken.command.name == command.name;
        !command.repeats && self.commands.iter().any(is_same)
    }
}

/// Takes candidates, and says whether to look for more.
pub(super) type Take<'t, 'd> = dyn FnMut(&Candidate<'d>) -> bool + 't;

/// A payload, and the commands that are looked for in it.
pub(super) struct Search<'d, 'p> {
    pub(super) definition: &'d Definition,
    pub(super) method: &'p Method,
    bytes: &'p [u8],
    text: Option<&'p str>,
    tree: Option<Tree>,
    furthest: Furthest<'d>,
}

/// A region that commands fill one behind the other.
struct Region {
    end: usize,
    envelope: Option<usize>,
    /// Whether nothing that reaches the end starts at a place.
    dead: Vec<bool>,
    /// How many more places are looked at.
    budget: usize,
}

/// A payload has fewer places than this, and commands that can be told apart start at one of them
/// in one way.
const MOST_LOOKED_AT: usize = 100_000;

impl<'d, 'p> Search<'d, 'p> {
    pub(super) fn new(
        definition: &'d Definition,
        method: &'p Method,
        payload: &'p Payload,
    ) -> Self {
        let bytes = payload.as_bytes();
        let text = std::str::from_utf8(bytes).ok();
        let is_json = |command: &Command| matches!(command.template, Template::Json(_));
        let tree = text
            .filter(|_| definition.commands.iter().any(is_json))
            .and_then(|text| Tree::read(text).ok());
        Self {
            definition,
            method,
            bytes,
            text,
            tree,
            furthest: Furthest::default(),
        }
    }

    pub(super) fn bytes(&self) -> &'p [u8] {
        self.bytes
    }

    pub(super) fn furthest(&self) -> &Furthest<'d> {
        &self.furthest
    }

    pub(super) fn tree(&self) -> Option<&Tree> {
        self.tree.as_ref()
    }

    /// Whether any command may go this way.
    pub(super) fn has_commands(&self) -> bool {
        !self.commands(true).is_empty()
    }

    /// Hands over what the payload may say; with commands that are tried last, or without.
    pub(super) fn candidates(&self, with_shadows: bool, take: &mut Take<'_, 'd>) {
        let commands = self.commands(with_shadows);
        if !self.plain(&commands, take) {
            return;
        }
        for (index, envelope) in self.definition.envelopes.iter().enumerate() {
            let matcher = Matcher {
                bytes: self.bytes,
                arguments: &envelope.arguments,
                index: 0,
            };
            let whole = Window::exactly(0, self.bytes.len());
            for Point { mut found, .. } in matcher.frame(&envelope.steps, Point::default(), whole) {
                let Some(inner) = found.inner.take() else {
                    continue;
                };
                let mut candidate = Candidate {
                    envelope: Some((envelope, found)),
                    commands: Vec::new(),
                };
                let mut region = Region::new(inner.end, Some(index));
                if self.sequence(inner.start, &mut region, &commands, &mut candidate, take)
                    == Next::Stop
                {
                    return;
                }
            }
        }
    }

    /// Commands without an envelope; whether to go on.
    fn plain(&self, commands: &[Spoken<'d>], take: &mut Take<'_, 'd>) -> bool {
        let mut candidate = Candidate {
            envelope: None,
            commands: Vec::new(),
        };
        if let Some(tree) = &self.tree {
            let covered = match tree {
                Tree::Object(members) => vec![false; members.len()],
                _ => Vec::new(),
            };
            let single = commands
                .iter()
                .filter_map(|spoken| self.whole_json(spoken, tree));
            for spoken in single {
                let alone = Candidate {
                    envelope: None,
                    commands: vec![spoken],
                };
                if !take(&alone) {
                    return false;
                }
            }
            if self.members(&covered, commands, &mut candidate, take) == Next::Stop {
                return false;
            }
        }
        let mut region = Region::new(self.bytes.len(), None);
        self.sequence(0, &mut region, commands, &mut candidate, take) != Next::Stop
    }

    /// The commands that may go this way, with what the port or the topic says of them.
    pub(super) fn commands(&self, with_shadows: bool) -> Vec<Spoken<'d>> {
        let of = |reading: &'d Reading| {
            self.definition
                .commands
                .iter()
                .filter(move |command| command.reading == *reading)
        };
        let shadows = of(&Reading::Shadow).filter(|_| with_shadows);
        of(&Reading::Unique)
            .chain(shadows)
            .filter_map(|command| {
                let found = self.routed(command)?;
                Some(Spoken { command, found })
            })
            .collect()
    }

    /// Reads commands one behind the other up to the end of the region.
    fn sequence(
        &self,
        at: usize,
        region: &mut Region,
        commands: &[Spoken<'d>],
        candidate: &mut Candidate<'d>,
        take: &mut Take<'_, 'd>,
    ) -> Next {
        if candidate.commands.len() == COMMANDS || region.is_dead(at) {
            return Next::Dead;
        }
        region.budget = region.budget.saturating_sub(1);
        if region.budget == 0 {
            return Next::Stop;
        }
        let mut next = Next::Dead;
        for spoken in commands {
            if spoken.command.envelope != region.envelope {
                continue;
            }
            let is_first = candidate.commands.is_empty();
            for point in self.read(spoken, at, is_first, region.end) {
                if candidate.has_spoken(spoken.command) {
                    // Another way to this place may leave the command free.
                    next = Next::Alive;
                    break;
                }
                let end = point.at;
                self.furthest.note(end, &candidate.commands, spoken.command);
                let behind = self.behind(spoken.command, end, region.end);
                candidate.commands.push(Spoken {
                    command: spoken.command,
                    found: point.found,
                });
                let found = match behind {
                    _ if end == region.end => Next::of(take(candidate)),
                    Some(behind) => self.sequence(behind, region, commands, candidate, take),
                    None => Next::Dead,
                };
                candidate.commands.pop();
                match found {
                    Next::Stop => return Next::Stop,
                    Next::Alive => next = Next::Alive,
                    Next::Dead => {}
                }
            }
        }
        if next == Next::Dead {
            region.kill(at);
        }
        next
    }

    /// Every way to read a command at a place.
    fn read(&self, spoken: &Spoken<'d>, at: usize, is_first: bool, end: usize) -> Vec<Point> {
        let Spoken { command, found } = spoken;
        let window = match (&command.join, is_first) {
            (Join::Never, true) => Window::exactly(at, end),
            (Join::Never, false) => return Vec::new(),
            _ => Window {
                start: at,
                low: at.saturating_add(1),
                high: end,
            },
        };
        let from = Point {
            at,
            found: found.clone(),
        };
        match (&command.template, self.text) {
            (Template::Frame(steps), _) => Matcher {
                bytes: self.bytes.get(..end).unwrap_or_default(),
                arguments: &command.arguments,
                index: 0,
            }
            .frame(steps, from, window),
            (Template::Text(template), Some(text)) => TextMatcher {
                text: text.get(..end).unwrap_or_default(),
                arguments: &command.arguments,
                variables: &self.definition.variables,
            }
            .text(template, from, window),
            _ => Vec::new(),
        }
    }

    /// Where the next command starts, if this one lets another stand behind it.
    fn behind(&self, command: &Command, at: usize, end: usize) -> Option<usize> {
        match &command.join {
            Join::Never => None,
            Join::Adjacent => Some(at),
            Join::Separated(separator) => {
                let behind = at.checked_add(separator.len())?;
                let is_there = self.bytes.get(at..behind)? == separator.as_bytes();
                (is_there && behind <= end).then_some(behind)
            }
        }
    }

    fn whole_json(&self, spoken: &Spoken<'d>, tree: &Tree) -> Option<Spoken<'d>> {
        let Template::Json(json) = &spoken.command.template else {
            return None;
        };
        let mut found = spoken.found.clone();
        self.json(spoken.command)
            .whole(json.tree(), tree, &mut found)
            .then_some(Spoken {
                command: spoken.command,
                found,
            })
    }

    fn json<'s>(&'s self, command: &'s Command) -> JsonMatcher<'s> {
        JsonMatcher {
            arguments: &command.arguments,
            variables: &self.definition.variables,
        }
    }

    /// Shares the members of one object out among commands that join.
    fn members(
        &self,
        covered: &[bool],
        commands: &[Spoken<'d>],
        candidate: &mut Candidate<'d>,
        take: &mut Take<'_, 'd>,
    ) -> Next {
        let Some(Tree::Object(members)) = &self.tree else {
            return Next::Dead;
        };
        let Some(open) = covered.iter().position(|covered| !covered) else {
            let is_joined = candidate.commands.len() > 1;
            return Next::of(!is_joined || take(candidate));
        };
        let Some((first, _)) = members.get(open) else {
            return Next::Dead;
        };
        for spoken in commands {
            let Some(template) = spoken.command.template.members() else {
                continue;
            };
            let has = |name: &String| template.iter().any(|(known, _)| known == name);
            if spoken.command.join == Join::Never || !has(first) {
                continue;
            }
            let own: Vec<usize> = members
                .iter()
                .enumerate()
                .filter(|(_, (name, _))| has(name))
                .map(|(place, _)| place)
                .collect();
            if own.iter().any(|place| covered.get(*place) == Some(&true)) {
                continue;
            }
            let present: Vec<_> = own
                .iter()
                .filter_map(|place| members.get(*place).cloned())
                .collect();
            let mut found = spoken.found.clone();
            if !self
                .json(spoken.command)
                .object(template, &present, &mut found)
            {
                continue;
            }
            let mut behind = covered.to_vec();
            for place in own {
                if let Some(covered) = behind.get_mut(place) {
                    *covered = true;
                }
            }
            let command = spoken.command;
            candidate.commands.push(Spoken { command, found });
            let next = self.members(&behind, commands, candidate, take);
            candidate.commands.pop();
            if next == Next::Stop {
                return Next::Stop;
            }
        }
        Next::Alive
    }
}

/// What came of reading on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// Nothing reaches the end.
    Dead,
    Alive,
    /// Enough was found.
    Stop,
}

impl Next {
    fn of(goes_on: bool) -> Self {
        if goes_on { Self::Alive } else { Self::Stop }
    }
}

impl Region {
    fn new(end: usize, envelope: Option<usize>) -> Self {
        Self {
            end,
            envelope,
            dead: vec![false; end.saturating_add(1)],
            budget: MOST_LOOKED_AT,
        }
    }

    fn is_dead(&self, at: usize) -> bool {
        self.dead.get(at).copied().unwrap_or(true)
    }

    fn kill(&mut self, at: usize) {
        if let Some(dead) = self.dead.get_mut(at) {
            *dead = true;
        }
    }
}
