//! A resolved pack read as commands for one device.
//!
//! ```text
//! name    = device-urn, ":", path ;
//! path    = command, [ "/", argument, [ "/", index ] ]     (* of a repeated group: command/index/argument *)
//! key     = ( letter | digit ), { letter | digit | "_" | "." | "-" } ;
//! ```
//!
//! What an RFC lets a receiver ignore is refused here where ignoring it could send something else
//! than was meant: a label that is none (`unit` for `u`), a time other than now, a sum.

use std::borrow::Cow;

use crate::error::{Code, Error, First, Sink, did_you_mean, quote};
use crate::memory::reused;
use crate::number::Number;
use crate::senml::{Field, Key, Label, Pack, Record, ResolvedRecord, UnixTime, Value};

use super::DeviceId;
use super::known_base::KnownBase;
use super::path::check_path;

/// Commands for one device, in the order of the pack.
///
/// ```
/// use downlink::instruction::Instruction;
/// use downlink::senml::{Pack, UnixTime};
///
/// let pack = Pack::from_json(br#"[
///     {"bn": "urn:dev:DEVEUI:0059AC0000152A2B:", "n": "relay/ro1", "vs": "close"}
/// ]"#)?;
/// let now = UnixTime::from_seconds(1_700_000_000);
/// let instruction = Instruction::read(&pack, now)?;
/// assert_eq!(instruction.device().to_string(), "urn:dev:DEVEUI:0059AC0000152A2B:");
/// assert_eq!(instruction.entries()[0].command(), "relay");
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Instruction<'p> {
    device: DeviceId,
    entries: Vec<Entry<'p>>,
}

/// One record of an instruction: a command or an argument of one, and its value.
#[derive(Clone, Debug)]
pub struct Entry<'p> {
    path: Cow<'p, str>,
    /// Where the command ends in the path.
    command_end: usize,
    value: Value<'p>,
    unit: Option<&'p str>,
    content_format: Option<&'p str>,
    index: usize,
    record: Record<'p, 'p>,
}

/// The memory of an instruction's entries and of what is noted beside them, to be used again.
#[derive(Debug, Default)]
pub(crate) struct EntryMemory {
    entries: Vec<Entry<'static>>,
    digests: Vec<u64>,
}

impl EntryMemory {
    /// Two empty lists in this memory.
    pub(super) fn take<'p>(&mut self) -> (Vec<Entry<'p>>, Vec<u64>) {
        (
            std::mem::take(&mut self.entries),
            std::mem::take(&mut self.digests),
        )
    }

    pub(super) fn give_back_digests(&mut self, mut digests: Vec<u64>) {
        digests.clear();
        self.digests = digests;
    }

    /// Takes back the memory of an instruction that has been carried out.
    pub(crate) fn give_back(&mut self, instruction: Instruction<'_>) {
        self.entries = reused(instruction.entries);
    }
}

impl<'p> Instruction<'p> {
    /// Reads a pack up to the first fault; time is `now`.
    ///
    /// # Errors
    ///
    /// The codes `instruction/...`: no device or two of them, a label or a time that a device
    /// cannot be told, a name that is no command.
    pub fn read(pack: &'p Pack<'_>, now: UnixTime) -> Result<Self, Error> {
        Self::read_with(pack, now, &mut First::default())?.ok_or_else(no_command)
    }

    /// Reads a pack, and hands every fault to the sink; `None` if nothing is left besides faults.
    ///
    /// # Errors
    ///
    /// What the sink does not collect.
    pub fn read_with(
        pack: &'p Pack<'_>,
        now: UnixTime,
        sink: &mut dyn Sink,
    ) -> Result<Option<Self>, Error> {
        Self::read_reusing(pack, now, &mut EntryMemory::default(), sink)
    }

    /// As [`Instruction::read_with`], with the entries in memory used before.
    pub(crate) fn read_reusing(
        pack: &'p Pack<'_>,
        now: UnixTime,
        memory: &mut EntryMemory,
        sink: &mut dyn Sink,
    ) -> Result<Option<Self>, Error> {
        check_labels(pack, sink)?;
        let mut device = None;
        let mut known = None;
        let mut is_empty = true;
        let mut entries: Vec<Entry<'p>> = std::mem::take(&mut memory.entries);
        for resolved in pack.resolved(now) {
            let resolved = resolved?;
            is_empty = false;
            let Some(record) = pack.record(resolved.index) else {
                continue;
            };
            match Entry::read(&resolved, record, now, &mut device, &mut known) {
                Ok(entry) => entries.push(entry),
                Err(error) => sink.error(error)?,
            }
        }
        match device {
            Some((device, _)) if !entries.is_empty() => Ok(Some(Self { device, entries })),
            _ if is_empty => sink.error(no_command()).map(|()| None),
            _ => Ok(None),
        }
    }

    /// An instruction of these entries, all for this device; there is at least one.
    pub(super) fn of_entries(device: DeviceId, entries: Vec<Entry<'p>>) -> Self {
        Self { device, entries }
    }

    /// The device that is told.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// Places an error at the device, where the first record with a value names it.
    #[must_use]
    pub fn at_device(&self, error: Error) -> Error {
        match self.entries.first() {
            Some(entry) => place(error, entry.record, entry.index(), &DEVICES),
            None => error,
        }
    }

    /// The records, in order; there is at least one.
    #[must_use]
    pub fn entries(&self) -> &[Entry<'p>] {
        &self.entries
    }
}

impl<'p> Entry<'p> {
    fn read(
        resolved: &ResolvedRecord<'p>,
        record: Record<'p, 'p>,
        now: UnixTime,
        device: &mut Option<(DeviceId, usize)>,
        known: &mut Option<KnownBase<'p>>,
    ) -> Result<Self, Error> {
        let placed = |error: Error| place(error, record, resolved.index, &NAMES);
        let placed_at_device = |error: Error| place(error, record, resolved.index, &DEVICES);
        let (base, local) = resolved.name.pieces();
        let (own, path) = KnownBase::split(known, base, local).map_err(placed_at_device)?;
        match device {
            None => *device = Some((own, resolved.index)),
            Some((first, at)) if *first != own => {
                return Err(placed_at_device(two_devices(*first, *at, own)));
            }
            Some(_) => {}
        }
        let command_end = check_path(&path).map_err(placed)?;
        if resolved.time_given && resolved.time != Number::from(now.seconds()) {
            let error = other_time(resolved.time, now);
            return Err(place(
                error,
                record,
                resolved.index,
                &[Label::Time, Label::BaseTime],
            ));
        }
        let Some(value) = resolved.value else {
            return Err(placed(Error::new(
                Code::SenmlNoValue,
                "the record has no value",
            )));
        };
        Ok(Self {
            path,
            command_end,
            value,
            unit: resolved.unit,
            content_format: resolved.content_format,
            index: resolved.index,
            record,
        })
    }

    /// An entry without a place; `None` if the path is none.
    pub(super) fn plain(
        path: Cow<'p, str>,
        value: Value<'p>,
        unit: Option<&'p str>,
        index: usize,
    ) -> Option<Self> {
        let command_end = check_path(&path).ok()?;
        Some(Self {
            path,
            command_end,
            value,
            unit,
            content_format: None,
            index,
            record: Record::EMPTY,
        })
    }

    /// The name behind the device: `relay/ro1`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The command: the first key of the path.
    #[must_use]
    pub fn command(&self) -> &str {
        self.path.get(..self.command_end).unwrap_or_default()
    }

    /// Whether the path is the command alone.
    pub(crate) fn is_bare(&self) -> bool {
        self.command_end == self.path.len()
    }

    /// The keys of the path behind the command: none, an argument, or an argument and an index.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let mut behind = self.path.get(self.command_end + 1..);
        std::iter::from_fn(move || {
            let keys = behind?;
            let slash = keys.bytes().position(|byte| byte == b'/');
            let (key, rest) = match slash {
                Some(slash) => (keys.get(..slash), keys.get(slash + 1..)),
                None => (Some(keys), None),
            };
            behind = rest;
            key
        })
    }

    /// What the record says.
    #[must_use]
    pub fn value(&self) -> Value<'p> {
        self.value
    }

    /// The unit, if the record or its base has one.
    #[must_use]
    pub fn unit(&self) -> Option<&'p str> {
        self.unit
    }

    /// Whether the record itself has a unit, not only its base.
    pub(crate) fn has_own_unit(&self) -> bool {
        self.record.field(Label::Unit).is_some()
    }

    /// What the data value holds (RFC 9193), if the record or its base says so.
    #[must_use]
    pub fn content_format(&self) -> Option<&'p str> {
        self.content_format
    }

    /// Index of the record in the pack.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// The value as the caller wrote it, with its unit; untrusted text is escaped and cut.
    #[must_use]
    pub fn written_value(&self) -> String {
        let value = match self.value {
            Value::Number(number) => number.to_string(),
            Value::String(text) | Value::ObjectLink(text) => format!("`{}`", quote(text)),
            Value::Boolean(value) => value.to_string(),
            Value::Data(bytes) => quote(&hex::encode_upper(bytes)),
            _ => "null".to_owned(),
        };
        match self.unit() {
            // `%` would be read as a percentage, which it is not.
            Some("%") => format!("{value} as a ratio"),
            Some(unit) => format!("{value} {}", quote(unit)),
            None => value,
        }
    }

    /// Places an error at the value of the record.
    #[must_use]
    pub fn at_value(&self, error: Error) -> Error {
        place(error, self.record, self.index(), &VALUES)
    }

    /// Places an error at the unit of the record.
    #[must_use]
    pub fn at_unit(&self, error: Error) -> Error {
        place(
            error,
            self.record,
            self.index(),
            &[Label::Unit, Label::BaseUnit],
        )
    }

    /// Places an error at the name of the record.
    #[must_use]
    pub fn at_name(&self, error: Error) -> Error {
        place(error, self.record, self.index(), &NAMES)
    }
}

/// The labels that hold a device, where it stands as a rule first.
const DEVICES: [Label; 3] = [Label::BaseName, Label::Name, Label::Index];

/// The labels that hold a name.
const NAMES: [Label; 3] = [Label::Name, Label::Index, Label::BaseName];

/// The labels that hold a value.
const VALUES: [Label; 5] = [
    Label::Value,
    Label::StringValue,
    Label::BooleanValue,
    Label::DataValue,
    Label::ObjectLink,
];

/// Places an error at the first of these labels that the record has, else at the record.
fn place(error: Error, record: Record<'_, '_>, index: usize, labels: &[Label]) -> Error {
    match labels.iter().find_map(|label| record.field(*label)) {
        Some(field) => at_field(error, index, field),
        None => error.at_record(index, None).at_offset(record.offset()),
    }
}

fn at_field(error: Error, index: usize, field: &Field<'_>) -> Error {
    error
        .at_record(index, Some(&field.key.to_string()))
        .at_offset(field.offset)
}

/// Refuses what a device cannot be told.
fn check_labels(pack: &Pack<'_>, sink: &mut dyn Sink) -> Result<(), Error> {
    for (index, record) in pack.records().enumerate() {
        for field in record.fields() {
            let error = match &field.key {
                Key::Label(Label::Sum | Label::BaseSum | Label::UpdateTime | Label::ObjectLink) => {
                    unsupported(&field.key)
                }
                Key::Label(_) => continue,
                // It was a label in a draft; reading the pack has warned of it.
                Key::Text(text) if text == "l" => continue,
                key => unknown(key),
            };
            sink.error(at_field(error, index, field))?;
        }
    }
    Ok(())
}

#[cold]
fn no_command() -> Error {
    Error::new(Code::InstructionNoCommand, "the instruction has no command")
        .expected("a record with a command after the device")
}

#[cold]
fn unsupported(key: &Key<'_>) -> Error {
    Error::new(
        Code::InstructionUnsupportedLabel,
        format!("`{key}` has no meaning in an instruction"),
    )
    .expected("`v`, `vs`, `vb` or `vd`")
    .found(key.to_string())
    .hint(format!("remove `{key}`"))
}

#[cold]
fn unknown(key: &Key<'_>) -> Error {
    let name = key.to_string();
    let error = Error::new(
        Code::InstructionUnknownLabel,
        format!("`{}` is not a valid label", quote(&name)),
    )
    .expected("`bn`, `n`, `u`, `v`, `vs`, `vb` or `vd`")
    .found(quote(&name));
    match Label::nearest(&name) {
        Some(meant) => error.hint(did_you_mean(meant.as_str())),
        None => error,
    }
}

#[cold]
fn two_devices(first: DeviceId, at: usize, second: DeviceId) -> Error {
    Error::new(
        Code::InstructionTwoDevices,
        format!("the record is for `{second}`, but record {at} is for `{first}`"),
    )
    .expected(first.to_string())
    .found(second.to_string())
    .hint("send one instruction for each device")
}

#[cold]
fn other_time(found: Number, now: UnixTime) -> Error {
    Error::new(
        Code::InstructionTime,
        format!(
            "the command is for the time {found}, expected now, {}",
            now.seconds()
        ),
    )
    .expected("no `t` and no `bt`")
    .found(found.to_string())
    .hint("a command is sent at once; remove the time")
}
