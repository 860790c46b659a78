//! Assembles a pack from its fields, whatever format they come in.
//!
//! JSON and CBOR hand over one field after the other; here each is checked against its label, and
//! each record against the rules once it is complete. The order of the fields means nothing: in
//! canonical CBOR the value stands before the base name (RFC 8949 §4.2.1).

use std::borrow::Cow;

use crate::error::{Code, Error, Sink, did_you_mean, nearest, quote};
use crate::number::Number;

use super::label::{ContentKind, Key, Label};
use super::pack::{Content, Field, Pack, Record};
use super::profile::{Mode, Profile};
use super::reader::Reader;
use super::resolve::Base;
use super::rule;

/// What a format hands over as the content of a field.
#[derive(Debug)]
pub(super) enum Token<'a> {
    Number(Number),
    String(Cow<'a, str>),
    Boolean(bool),
    Data(Cow<'a, [u8]>),
    Null,
    /// Something that no label takes, by its name.
    Other(&'static str),
    /// Something that was refused already.
    Faulty,
}

impl Token<'_> {
    fn name(&self) -> &'static str {
        match self {
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Boolean(_) => "a boolean",
            Self::Data(_) => "bytes",
            Self::Null => "null",
            Self::Other(name) => name,
            Self::Faulty => "something else",
        }
    }
}

/// A pack while it is read.
pub(super) struct Assembly<'a, 's> {
    options: Reader,
    report: Report<'s>,
    pack: Pack<'a>,
    state: rule::State,
    /// For each base label, which field acts.
    bases: Bases,
    /// Where the pack begins in the source.
    root: usize,
    /// Where the fields of the record begin.
    start: usize,
    /// Where the record begins in the source.
    offset: usize,
    /// The labels of the record so far.
    seen: u32,
    unknown: usize,
    faults_before: usize,
}

impl<'a, 's> Assembly<'a, 's> {
    pub(super) fn new(options: Reader, sink: &'s mut dyn Sink) -> Self {
        Self {
            options,
            report: Report {
                sink,
                record: 0,
                faults: 0,
            },
            pack: Pack {
                mode: options.mode,
                ..Pack::default()
            },
            state: rule::State::default(),
            bases: Bases::default(),
            root: 0,
            start: 0,
            offset: 0,
            seen: 0,
            unknown: 0,
            faults_before: 0,
        }
    }

    pub(super) fn profile(&self) -> Profile {
        self.options.profile
    }

    /// Begins the pack.
    pub(super) fn begin(&mut self, offset: usize) {
        self.root = offset;
    }

    /// Begins a record.
    ///
    /// # Errors
    ///
    /// [`Code::LimitRecords`]
    pub(super) fn begin_record(&mut self, offset: usize) -> Result<(), Error> {
        let limit = self.options.limits.records;
        if self.pack.ends.len() >= limit {
            return Err(Error::new(
                Code::LimitRecords,
                format!("the pack has more than {limit} records"),
            )
            .expected(format!("at most {limit} records"))
            .at_record(limit, None)
            .at_offset(offset));
        }
        self.report.record = self.pack.ends.len();
        self.faults_before = self.report.faults;
        self.start = self.pack.fields.len();
        self.offset = offset;
        self.seen = 0;
        self.unknown = 0;
        Ok(())
    }

    /// Takes a field.
    ///
    /// # Errors
    ///
    /// What the sink does not collect.
    pub(super) fn field(
        &mut self,
        key: Key<'a>,
        token: Token<'a>,
        offset: usize,
    ) -> Result<(), Error> {
        let content = if let Key::Label(label) = key {
            self.content(label, token, offset)?
        } else {
            self.unknown_label(&key, offset)?;
            Some(Content::Ignored)
        };
        if let Some(content) = content {
            self.pack.fields.push(Field {
                key,
                content,
                offset,
            });
        }
        Ok(())
    }

    /// The content of a label that is understood; `None` where the field counts as absent.
    fn content(
        &mut self,
        label: Label,
        token: Token<'a>,
        offset: usize,
    ) -> Result<Option<Content<'a>>, Error> {
        if self.seen & label.bit() != 0 {
            self.report
                .error_at(label.as_str(), offset, duplicate(label.as_str()))?;
            return Ok(None);
        }
        self.seen |= label.bit();
        if self.options.mode == Mode::Fetch && !rule::is_fetch_label(label) {
            let error = rule::not_for_fetch(label.as_str());
            self.report.error_at(label.as_str(), offset, error)?;
            return Ok(Some(Content::Ignored));
        }
        let content = match (label.content_kind(), token) {
            (
                ContentKind::Number | ContentKind::Version | ContentKind::Index,
                Token::Number(number),
            ) => {
                self.lint_inexact(label, number, offset);
                Content::Number(number)
            }
            (ContentKind::String, Token::String(text)) => Content::String(text),
            (ContentKind::Boolean, Token::Boolean(boolean)) => Content::Boolean(boolean),
            (ContentKind::Data, Token::Data(bytes)) => Content::Data(bytes),
            (_, Token::Null) if label == Label::Value && self.options.mode == Mode::Patch => {
                Content::Null
            }
            (_, Token::Null) if self.options.profile == Profile::Interop => {
                let error = wrong_type(label, "null").hint("it is read as absent");
                self.report.lint_at(label.as_str(), offset, error);
                return Ok(None);
            }
            (_, Token::Faulty) => Content::Ignored,
            (_, token) => {
                let error = wrong_type(label, token.name());
                self.report.error_at(label.as_str(), offset, error)?;
                Content::Ignored
            }
        };
        self.check_length(label, &content, offset)?;
        Ok(Some(content))
    }

    fn lint_inexact(&mut self, label: Label, number: Number, offset: usize) {
        if let Number::Double(double) = number {
            let error = Error::new(
                Code::SenmlNumber,
                format!("the number is not held exactly, but as {double:e}"),
            )
            .expected("at most 34 digits and an exponent of at most 60")
            .rule("J8");
            self.report.lint_at(label.as_str(), offset, error);
        }
    }

    fn check_length(
        &mut self,
        label: Label,
        content: &Content<'_>,
        offset: usize,
    ) -> Result<(), Error> {
        let length = match content {
            Content::String(text) => text.len(),
            Content::Data(bytes) => bytes.len(),
            _ => return Ok(()),
        };
        let limit = match label {
            Label::StringValue | Label::DataValue => self.options.limits.value,
            _ => self.options.limits.name,
        };
        if length <= limit {
            return Ok(());
        }
        let error = too_long(label.as_str(), length, limit);
        self.report.error_at(label.as_str(), offset, error)
    }

    fn unknown_label(&mut self, key: &Key<'a>, offset: usize) -> Result<(), Error> {
        self.unknown += 1;
        let text = match key {
            Key::Text(text) => Cow::Borrowed(text.as_ref()),
            other => Cow::Owned(other.to_string()),
        };
        let limit = self.options.limits.name;
        if text.len() > limit {
            let error = too_long("the label", text.len(), limit);
            return self.report.error_at(&quote(&text), offset, error);
        }
        if self.options.mode == Mode::Fetch {
            let error = rule::not_for_fetch(&text);
            return self.report.error_at(&text, offset, error);
        }
        let hint = nearest(&text, Label::ALL.iter().map(|label| label.as_str())).map(did_you_mean);
        let with_hint = |error: Error| match hint {
            Some(hint) => error.hint(hint),
            None => error,
        };
        if text.ends_with('_') && self.options.mode != Mode::Patch {
            let error = with_hint(must_understand(&text));
            return self.report.error_at(&text, offset, error);
        }
        self.report
            .lint_at(&text, offset, with_hint(not_registered(&text)));
        Ok(())
    }

    /// Ends the record: now it is complete, and the rules look at the whole of it.
    ///
    /// # Errors
    ///
    /// What the sink does not collect.
    pub(super) fn end_record(&mut self) -> Result<(), Error> {
        if self.unknown > 1 {
            self.check_unknown_duplicates()?;
        }
        let mut base = self.bases.view(&self.pack.fields);
        self.bases.note(&self.pack.fields, self.start);
        let record = Record {
            fields: self.pack.fields.get(self.start..).unwrap_or_default(),
            offset: self.offset,
        };
        let is_sound = self.report.faults == self.faults_before;
        self.state
            .check(record, &mut base, is_sound, &self.options, &mut self.report)?;
        if self.report.faults != self.faults_before {
            self.drop_record();
        }
        self.pack.ends.push((self.pack.fields.len(), self.offset));
        Ok(())
    }

    /// Keeps of a faulty record what acts on others, so that these are not blamed for it.
    fn drop_record(&mut self) {
        let mut record = self.pack.fields.split_off(self.start);
        record.retain(|field| match field.key {
            Key::Label(label) => label.is_base() && field.content != Content::Ignored,
            _ => false,
        });
        self.pack.fields.append(&mut record);
        self.bases.note(&self.pack.fields, self.start);
    }

    fn check_unknown_duplicates(&mut self) -> Result<(), Error> {
        let fields = self.pack.fields.get(self.start..).unwrap_or_default();
        let mut unknown: Vec<&Field<'_>> = fields
            .iter()
            .filter(|field| !matches!(field.key, Key::Label(_)))
            .collect();
        unknown.sort_by(|a, b| a.key.cmp(&b.key));
        for (one, other) in unknown.iter().zip(unknown.iter().skip(1)) {
            if one.key == other.key {
                let label = quote(&other.key.to_string());
                self.report
                    .error_at(&label, other.offset, duplicate(&label))?;
            }
        }
        Ok(())
    }

    /// Refuses something in place of the array.
    pub(super) fn refuse_root(&mut self, found: &str, offset: usize) -> Result<(), Error> {
        self.report.error(
            Error::new(
                Code::SenmlRoot,
                format!("a pack is an array of records, not {found}"),
            )
            .expected("an array of records")
            .found(found)
            .rule("J1")
            .at_offset(offset),
        )
    }

    /// Refuses something in place of a record.
    pub(super) fn refuse_record(&mut self, found: &str, offset: usize) -> Result<(), Error> {
        let record = self.report.record;
        self.pack.ends.push((self.pack.fields.len(), offset));
        self.report.error(
            Error::new(
                Code::SenmlRoot,
                format!("a record is an object, not {found}"),
            )
            .expected("an object")
            .found(found)
            .rule("J1")
            .at_record(record, None)
            .at_offset(offset),
        )
    }

    pub(super) fn error_at(
        &mut self,
        label: Label,
        offset: usize,
        error: Error,
    ) -> Result<(), Error> {
        self.report.error_at(label.as_str(), offset, error)
    }

    pub(super) fn lint_at(&mut self, label: Label, offset: usize, error: Error) {
        self.report.lint_at(label.as_str(), offset, error);
    }

    /// The pack, complete.
    ///
    /// # Errors
    ///
    /// What the sink does not collect.
    pub(super) fn finish(mut self) -> Result<Pack<'a>, Error> {
        let says_nothing = !self.state.has_measurement && self.report.faults == 0;
        if says_nothing && !(self.options.allow_empty && self.pack.is_empty()) {
            let error = if self.pack.is_empty() {
                Error::new(Code::SenmlEmptyPack, "the pack is empty").rule("J2")
            } else {
                Error::new(Code::SenmlEmptyPack, "the pack has base fields only").rule("B12")
            };
            let error = error.expected("at least one record with a value or a sum");
            self.report.error(error.at_offset(self.root))?;
        }
        rule::lint_order(&self.pack, &self.state, &mut self.report);
        Ok(self.pack)
    }
}

/// Which field acts, for each base label.
#[derive(Clone, Copy, Debug, Default)]
struct Bases {
    at: [Option<usize>; 7],
}

impl Bases {
    /// Notes the base fields from `start` on.
    fn note(&mut self, fields: &[Field<'_>], start: usize) {
        for (index, field) in fields.iter().enumerate().skip(start) {
            let Key::Label(label) = field.key else {
                continue;
            };
            if let Some(slot) = slot(label).and_then(|slot| self.at.get_mut(slot)) {
                if field.content != Content::Ignored {
                    *slot = Some(index);
                }
            }
        }
    }

    fn view<'p>(&self, fields: &'p [Field<'_>]) -> Base<'p> {
        let mut base = Base::default();
        for field in self.at.iter().flatten().filter_map(|at| fields.get(*at)) {
            base.advance(Record {
                fields: std::slice::from_ref(field),
                offset: 0,
            });
        }
        base
    }
}

fn slot(label: Label) -> Option<usize> {
    Some(match label {
        Label::BaseVersion => 0,
        Label::BaseName => 1,
        Label::BaseTime => 2,
        Label::BaseUnit => 3,
        Label::BaseValue => 4,
        Label::BaseSum => 5,
        Label::BaseContentFormat => 6,
        _ => return None,
    })
}

/// Hands findings to the sink, with the place in the pack.
pub(super) struct Report<'s> {
    sink: &'s mut dyn Sink,
    record: usize,
    faults: usize,
}

impl Report<'_> {
    /// The index of the record that is read.
    pub(super) fn record(&self) -> usize {
        self.record
    }

    pub(super) fn error(&mut self, error: Error) -> Result<(), Error> {
        self.faults += 1;
        self.sink.error(error)
    }

    pub(super) fn error_at(
        &mut self,
        label: &str,
        offset: usize,
        error: Error,
    ) -> Result<(), Error> {
        let error = error.at_record(self.record, Some(label)).at_offset(offset);
        self.error(error)
    }

    pub(super) fn lint(&mut self, error: Error) {
        self.sink.warning(error.into_warning());
    }

    pub(super) fn lint_at(&mut self, label: &str, offset: usize, error: Error) {
        let error = error.at_record(self.record, Some(label)).at_offset(offset);
        self.lint(error);
    }
}

#[cold]
fn duplicate(label: &str) -> Error {
    Error::new(
        Code::SenmlDuplicateLabel,
        format!("the label `{label}` stands twice in the record"),
    )
    .expected("each label at most once")
    .rule("J6")
}

#[cold]
fn wrong_type(label: Label, found: &str) -> Error {
    let expected = match label.content_kind() {
        ContentKind::Number => "a number",
        ContentKind::Version => "a positive integer",
        ContentKind::Index => "an integer",
        ContentKind::String => "a string",
        ContentKind::Boolean => "a boolean",
        ContentKind::Data => "data",
    };
    Error::new(
        Code::SenmlType,
        format!("`{label}` takes {expected}, not {found}"),
    )
    .expected(expected)
    .found(found)
    .rule("J7")
}

#[cold]
fn too_long(what: &str, length: usize, limit: usize) -> Error {
    Error::new(
        Code::LimitString,
        format!("`{what}` has {length} bytes, expected at most {limit}"),
    )
    .expected(format!("at most {limit} bytes"))
    .found(length.to_string())
}

#[cold]
fn must_understand(label: &str) -> Error {
    Error::new(
        Code::SenmlMustUnderstand,
        format!(
            "the label `{}` must be understood, and is not known",
            quote(label)
        ),
    )
    .found(quote(label))
    .rule("X2")
}

#[cold]
fn not_registered(label: &str) -> Error {
    Error::new(
        Code::SenmlUnknownLabel,
        format!("the label `{}` is not known and is ignored", quote(label)),
    )
    .found(quote(label))
    .rule("X1")
}
