//! Assembles a pack from its fields, whatever format they come in.
//!
//! JSON and CBOR hand over one field after the other; here each is checked against its label, and
//! each record against the rules once it is complete. The order of the fields means nothing: in
//! canonical CBOR the value stands before the base name (RFC 8949 §4.2.1).

mod field;
mod plain;

use crate::error::{Error, Sink, quote};
use crate::memory::make_room;

use super::base::Bases;
use super::fault;
use super::label::{Key, Label};
use super::order::{Digest, Order};
use super::pack::{Content, End, Field, Pack, PackMemory, Record};
use super::profile::{Mode, Profile};
use super::reader::Reader;
use super::report::Report;
use super::rule;
use super::token::Token;

pub(super) use plain::{PlainRecord, Said};

/// Where the fields come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Json,
    Cbor,
}

/// A pack while it is read.
pub(super) struct Assembly<'a, 's> {
    options: &'s Reader,
    format: Format,
    report: Report<'s>,
    pack: Pack<'a>,
    order: Order,
    state: rule::State,
    /// For each base label, which field acts.
    bases: Bases,
    /// The name of the last plain record.
    known_name: &'a str,
    /// How many records were read before, and how many of the pack only stand for them.
    earlier: usize,
    carried: usize,
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

/// What is left of an assembly that goes on later.
pub(super) struct Interrupted<'a> {
    pub(super) pack: Pack<'a>,
    pub(super) state: rule::State,
    pub(super) had_errors: bool,
}

impl<'a, 's> Assembly<'a, 's> {
    /// For fields that come in JSON.
    pub(super) fn new_json(options: &'s Reader, sink: &'s mut dyn Sink) -> Self {
        Self::new(options, Format::Json, sink)
    }

    /// For fields that come in CBOR.
    pub(super) fn new_cbor(options: &'s Reader, sink: &'s mut dyn Sink) -> Self {
        Self::new(options, Format::Cbor, sink)
    }

    fn new(options: &'s Reader, format: Format, sink: &'s mut dyn Sink) -> Self {
        Self {
            options,
            format,
            report: Report::new(sink),
            pack: Pack {
                mode: options.mode,
                ..Pack::default()
            },
            order: Order::default(),
            state: rule::State::default(),
            bases: Bases::default(),
            known_name: "",
            earlier: 0,
            carried: 0,
            root: 0,
            start: 0,
            offset: 0,
            seen: 0,
            unknown: 0,
            faults_before: 0,
        }
    }

    /// Makes room for what so many bytes hold as a rule.
    pub(super) fn reserve_for(&mut self, bytes: usize) {
        /// A record has about so many fields.
        const FIELDS: usize = 3;
        let bytes_of_field = match self.format {
            Format::Json => 12,
            Format::Cbor => 7,
        };
        let fields = bytes / bytes_of_field + 1;
        let records = fields / FIELDS + 1;
        make_room(&mut self.pack.fields, fields);
        make_room(&mut self.pack.ends, records);
    }

    /// Puts the pack into memory that was used before.
    pub(super) fn reuse(&mut self, memory: &mut PackMemory) {
        (self.pack, self.order) = memory.take(self.options.mode);
    }

    /// Goes on behind earlier records, of which the base fields act and the rest is known.
    pub(super) fn resumed(
        mut self,
        base_fields: Vec<Field<'a>>,
        state: rule::State,
        earlier: usize,
    ) -> Self {
        self.pack.fields = base_fields;
        self.end_fields(0, None);
        self.bases.note(&self.pack.fields, 0);
        self.state = state;
        self.state.forget_fields();
        self.earlier = earlier;
        self.carried = 1;
        self
    }

    /// Stops before the end of the pack; what was carried is its first record.
    pub(super) fn interrupt(&mut self) -> Interrupted<'a> {
        Interrupted {
            pack: std::mem::take(&mut self.pack),
            state: std::mem::take(&mut self.state),
            had_errors: self.report.faults > 0,
        }
    }

    pub(super) fn mode(&self) -> Mode {
        self.options.mode
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
            return Err(fault::too_many_records(limit).at_offset(offset));
        }
        self.report.record = self.earlier + self.pack.ends.len() - self.carried;
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
        if self.seen & Label::BASE != 0 {
            self.bases.note(&self.pack.fields, self.start);
        }
        let record = Record {
            fields: self.pack.fields.get(self.start..).unwrap_or_default(),
            offset: self.offset,
        };
        let is_sound = self.report.faults == self.faults_before;
        let base = (&mut base, self.base_name());
        let digest = self
            .state
            .check(record, base, is_sound, self.options, &mut self.report)?;
        if self.report.faults != self.faults_before {
            self.drop_record();
        }
        self.end_fields(self.offset, digest);
        Ok(())
    }

    fn base_name(&self) -> rule::BaseName {
        let field = self.bases.name();
        rule::BaseName {
            field,
            place: field.and_then(|field| self.place_of(field)),
        }
    }

    /// The record and the offset of a field, unless it was carried along.
    fn place_of(&self, field: usize) -> Option<(usize, usize)> {
        let index = self.pack.ends.partition_point(|end| end.fields <= field);
        let record = self.earlier + index.checked_sub(self.carried)?;
        Some((record, self.pack.fields.get(field)?.offset))
    }

    /// Notes that the fields so far are those of one more record.
    fn end_fields(&mut self, offset: usize, digest: Option<Digest>) {
        if let Some(digest) = digest {
            self.order.note(digest);
        }
        self.pack.ends.push(End {
            fields: self.pack.fields.len(),
            offset,
            digest,
        });
    }

    /// Keeps of a faulty record what acts on others, so that these are not blamed for it.
    fn drop_record(&mut self) {
        let mut record = self.pack.fields.split_off(self.start);
        record.retain(|field| match field.key {
            Key::Label(label) => label.is_base() && field.content != Content::Ignored,
            _ => false,
        });
        self.pack.fields.append(&mut record);
        self.state.forget_fields();
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
                    .error_at(&label, other.offset, self.duplicate(&label))?;
            }
        }
        Ok(())
    }

    /// Refuses something in place of the array.
    pub(super) fn refuse_root(&mut self, found: &str, offset: usize) -> Result<(), Error> {
        let error = fault::not_an_array(found);
        self.report.error(error.at_offset(offset))
    }

    /// Refuses something in place of a record.
    pub(super) fn refuse_record(&mut self, found: &str, offset: usize) -> Result<(), Error> {
        self.end_fields(offset, None);
        let error = fault::not_a_record(found).at_record(self.report.record, None);
        self.report.error(error.at_offset(offset))
    }

    /// Refuses something in place of a label.
    pub(super) fn refuse_key(&mut self, found: &str, offset: usize) -> Result<(), Error> {
        let error = fault::not_a_label(found).at_record(self.report.record, None);
        self.report.error(error.at_offset(offset))
    }

    /// Refuses what only the interop profile takes; there it is a lint.
    pub(super) fn tolerate(&mut self, error: Error) -> Result<(), Error> {
        if self.options.profile == Profile::Interop {
            self.report.lint(error);
            return Ok(());
        }
        self.report.error(error)
    }

    pub(super) fn error(&mut self, error: Error) -> Result<(), Error> {
        self.report.error(error)
    }

    pub(super) fn lint(&mut self, error: Error) {
        self.report.lint(error);
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
    pub(super) fn finish(&mut self) -> Result<Pack<'a>, Error> {
        let says_nothing = !self.state.has_measurement && self.report.faults == 0;
        if says_nothing && !(self.options.allow_empty && self.pack.is_empty()) {
            let error = fault::says_nothing(self.pack.is_empty());
            self.report.error(error.at_offset(self.root))?;
        }
        self.order.lint(&self.pack, &mut self.report);
        Ok(std::mem::take(&mut self.pack))
    }

    /// Gives back the memory of what was noted beside the pack.
    pub(super) fn give_back(self, memory: &mut PackMemory) {
        memory.give_back_order(self.order);
    }
}
