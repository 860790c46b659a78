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
    pub(in crate::senml) base_name: Option<&'a str>,
    pub(in crate::senml) base_time: Option<TimeDigest>,
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
        let limit = match label {
            Label::StringValue => self.limits.value,
            _ => self.limits.name,
        };
        if text.len() > limit {
            return None;
        }
        match label {
            Label::Name if self.is_known_name(text.as_bytes()) => return self.known_name(offset),
            Label::Name => self.said.name = text,
            Label::BaseName => self.said.base_name = Some(text),
            Label::Unit => return self.unit(text.as_bytes(), offset),
            Label::StringValue => {}
            _ => return None,
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
            Label::BaseTime => {
                self.said.base_time = Some(TimeDigest::of_short(number)?);
            }
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
        let base = self.bases.name_and_time(&self.pack.fields)?;
        self.state
            .take_plain(said, base, self.options.limits.name)?;
        if said.labels & Label::BASE != 0 {
            self.bases.note(&self.pack.fields, self.start);
        }
        let has_base_name = !said.base_name.unwrap_or(base.name).is_empty();
        if has_base_name && said.labels & !Label::BASE != 0 {
            self.state.trust_base(self.bases.name());
        }
        self.known_name = said.name;
        self.pack.ends.push((self.pack.fields.len(), self.offset));
        Some(())
    }
}
