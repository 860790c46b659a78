//! Plain records: a short way for those that no rule has anything to say about.
//!
//! ```text
//! plain record = none or one of "bn" "bt" "n" "u" "v" "vs" "vb" "t", in any order
//! ```
//!
//! Texts have no escapes, numbers so few digits that no sum with a base overflows, units are
//! primary ones, and no base unit acts. A record that turns out to be otherwise leaves nothing behind,
//! and is read from its start by the way that tells what is wrong. The profile of `LwM2M` has no
//! short way: a fuzzer holds that it reads the same.

use std::borrow::Cow;

use crate::limits::Limits;
use crate::number::ShortDecimal;

use super::super::label::{Key, Label};
use super::super::order::TimeDigest;
use super::super::pack::{Content, Field};
use super::super::profile::{Mode, Profile};
use super::super::unit::{Kind, Unit};
use super::Assembly;

/// A plain record while it is read.
pub(in crate::senml) struct PlainRecord<'a, 'r> {
    fields: &'r mut Vec<Field<'a>>,
    limits: &'r Limits,
    said: &'r mut Said<'a>,
    /// The name of a record before, of which all characters are right: often it is the same.
    known_name: &'a str,
}

/// What a plain record says that acts beyond a single field.
#[derive(Default)]
pub(in crate::senml) struct Said<'a> {
    /// The bits of its labels.
    pub(in crate::senml) labels: u32,
    pub(in crate::senml) name: &'a str,
    /// Whether the name is known to have no wrong character.
    pub(in crate::senml) is_name_known: bool,
    pub(in crate::senml) time: TimeDigest,
    /// Which fields are base fields.
    pub(in crate::senml) base_name_at: Option<usize>,
    pub(in crate::senml) base_time_at: Option<usize>,
}

impl Said<'_> {
    /// The bits of the values that plain records have.
    pub(in crate::senml) const VALUES: u32 =
        Label::Value.bit() | Label::StringValue.bit() | Label::BooleanValue.bit();
}

impl<'a> PlainRecord<'a, '_> {
    /// Takes a text.
    #[inline]
    pub(in crate::senml) fn text(
        &mut self,
        label: Label,
        text: &'a str,
        offset: usize,
    ) -> Option<()> {
        match label {
            Label::Name if self.is_known_name(text.as_bytes()) => self.known_name(offset),
            Label::Name => self.name(text, offset),
            Label::BaseName => self.base_name(text, offset),
            Label::Unit => self.unit(text.as_bytes(), offset),
            Label::StringValue => self.string_value(text, offset),
            _ => None,
        }
    }

    /// Takes a name.
    #[inline]
    pub(in crate::senml) fn name(&mut self, text: &'a str, offset: usize) -> Option<()> {
        self.said.name = text;
        self.string(Label::Name, text, self.limits.name, offset)
    }

    /// Takes a base name.
    #[inline]
    pub(in crate::senml) fn base_name(&mut self, text: &'a str, offset: usize) -> Option<()> {
        self.said.base_name_at = Some(self.fields.len());
        self.string(Label::BaseName, text, self.limits.name, offset)
    }

    /// Takes a string value.
    #[inline]
    pub(in crate::senml) fn string_value(&mut self, text: &'a str, offset: usize) -> Option<()> {
        self.string(Label::StringValue, text, self.limits.value, offset)
    }

    #[inline]
    fn string(&mut self, label: Label, text: &'a str, limit: usize, offset: usize) -> Option<()> {
        if text.len() > limit {
            return None;
        }
        self.push(label, || Content::String(Cow::Borrowed(text)), offset)
    }

    /// Whether these bytes are the name of a record before.
    #[inline]
    pub(in crate::senml) fn is_known_name(&self, bytes: &[u8]) -> bool {
        bytes == self.known_name.as_bytes()
    }

    /// Takes the name of a record before.
    #[inline]
    pub(in crate::senml) fn known_name(&mut self, offset: usize) -> Option<()> {
        let name = self.known_name;
        self.said.name = name;
        self.said.is_name_known = true;
        self.push(Label::Name, || Content::String(Cow::Borrowed(name)), offset)
    }

    /// Takes a unit that is registered, recommended, and may stand in any pack.
    #[inline]
    pub(in crate::senml) fn unit(&mut self, symbol: &[u8], offset: usize) -> Option<()> {
        if symbol.len() > self.limits.name {
            return None;
        }
        let unit = Unit::named(symbol).filter(|unit| unit.kind() == Kind::Primary)?;
        let content = || Content::String(Cow::Borrowed(unit.symbol()));
        self.push(Label::Unit, content, offset)
    }

    /// Takes a number.
    #[inline]
    pub(in crate::senml) fn number(
        &mut self,
        label: Label,
        number: ShortDecimal,
        offset: usize,
    ) -> Option<()> {
        match label {
            Label::Value => {}
            Label::Time => self.said.time = TimeDigest::of_short(number)?,
            Label::BaseTime => self.said.base_time_at = Some(self.fields.len()),
            _ => return None,
        }
        let content = || Content::Number(number.into());
        self.push(label, content, offset)
    }

    /// Takes a boolean value.
    #[inline]
    pub(in crate::senml) fn boolean(&mut self, boolean: bool, offset: usize) -> Option<()> {
        let content = || Content::Boolean(boolean);
        self.push(Label::BooleanValue, content, offset)
    }

    #[inline]
    fn push(
        &mut self,
        label: Label,
        content: impl Fn() -> Content<'a>,
        offset: usize,
    ) -> Option<()> {
        if self.said.labels & label.bit() != 0 {
            return None;
        }
        self.said.labels |= label.bit();
        // Made once there is room, where it stays; what is pushed is made before, and moved.
        self.fields.extend(std::iter::once(()).map(|()| Field {
            key: Key::Label(label),
            content: content(),
            offset,
        }));
        Some(())
    }
}

impl<'a> Assembly<'a, '_> {
    /// Reads the record that was begun as a plain one; says whether it is.
    #[inline]
    pub(in crate::senml) fn plain_record(
        &mut self,
        read: impl FnOnce(&mut PlainRecord<'a, '_>) -> Option<()>,
    ) -> bool {
        if self.options.profile == Profile::Lwm2m
            || matches!(self.options.mode, Mode::Fetch | Mode::Patch)
        {
            return false;
        }
        let mut said = Said::default();
        let mut record = PlainRecord {
            fields: &mut self.pack.fields,
            limits: &self.options.limits,
            said: &mut said,
            known_name: self.known_name,
        };
        let read = read(&mut record);
        let is_plain = read.and_then(|()| self.end_plain(&said)).is_some();
        if !is_plain {
            self.pack.fields.truncate(self.start);
        }
        is_plain
    }

    fn end_plain(&mut self, said: &Said<'a>) -> Option<()> {
        let base = self.bases.name_and_time(said, &self.pack.fields)?;
        let digest = self
            .state
            .take_plain(said, base, self.options.limits.name)?;
        if digest.is_some() && !base.name.is_empty() {
            self.state.trust_base(base.name_at);
        }
        self.bases.note_name_and_time(base);
        self.known_name = said.name;
        self.end_fields(self.offset, digest);
        Some(())
    }
}
