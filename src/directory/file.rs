//! The device file.

use std::collections::BTreeMap;

use toml::de::DeValue;

use crate::document::{Codes, Document, Name, Node, Table};
use crate::error::{Code, Error, LineIndex, Position, Sink};
use crate::instruction::{DeviceId, FeedbackTimeout};
use crate::message::lora::Region;

use super::{Binding, Extras, NumberType, Variable};

pub(super) const CODES: Codes = Codes {
    syntax: Code::DevicesFile,
    unknown_key: Code::DevicesFile,
    missing_key: Code::DevicesFile,
    wrong_type: Code::DevicesFile,
};

/// Keys of a device that a service reads, and the engine hands on as they are.
const SERVICE_KEYS: [&str; 13] = [
    "client",
    "aliases",
    "tags",
    "network",
    "topics",
    "broker",
    "msisdn",
    "icc_id",
    "secret",
    "in_flight",
    "max_wait",
    "on_unknown",
    "replay",
];

/// A device file, read for a service: [`Bindings`](super::Bindings) are what the engine needs of it.
///
/// ```toml
/// [defaults]
/// feedback_timeout = "PT1H"
///
/// [devices."urn:dev:DEVEUI:0059AC0000152A2B:"]
/// encoder = "dragino/lt-22222-l"
/// region = "EU868"
/// data_rate = 0                  # or max_payload = 51
/// variables = { name = "x", password = { value = "y", secret = true } }
/// base_only_record = true        # for `generic/senml-json` and its kin
/// types = { setpoint = "float" }
/// client = "acme"                # one of the keys that only a service reads
/// ```
///
/// The keys that only a service reads are `client`, `aliases`, `tags`, `network`, `topics`,
/// `broker`, `msisdn`, `icc_id`, `secret`, `in_flight`, `max_wait`, `on_unknown` and `replay`; any
/// other that the engine does not read is refused.
///
/// ```
/// use downlink::directory::DeviceFile;
/// use downlink::error::All;
///
/// let mut faults = All::default();
/// let file = DeviceFile::read_toml(r#"
///     [devices."urn:dev:DEVEUI:0059AC0000152A2B:"]
///     encoder = "dragino/lt-22222-l"
///     client = "acme"
///     [devices."urn:dev:DEVEUI:0059AC0000152A2C:"]
///     regoin = "EU868"
/// "#, &mut faults)?;
/// let [device] = &*file.devices else { panic!("one device") };
/// assert_eq!(device.extras.get("client").unwrap().text()?, "acme");
/// let faults: Vec<String> = faults.errors.iter().map(ToString::to_string).collect();
/// assert_eq!(faults, [
///     "missing key `encoder` (at line 5, column 5)",
///     "unknown key `regoin`; did you mean `region`? (at line 6, column 5)",
/// ]);
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceFile {
    /// The devices, in the order of the file.
    pub devices: Vec<DeviceEntry>,
}

/// What the device file says of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceEntry {
    /// The device.
    pub device: DeviceId,
    /// Where it is in the file.
    pub position: Position,
    /// What the engine needs to know, with the defaults of the file.
    pub binding: Binding,
    /// What only a service needs to know.
    pub extras: Extras,
    /// Where each variable is in the file.
    variables: BTreeMap<String, Position>,
}

impl DeviceEntry {
    /// Where a variable is in the file, if it is given there.
    #[must_use]
    pub fn variable_position(&self, name: &str) -> Option<Position> {
        self.variables.get(name).copied()
    }
}

impl DeviceFile {
    /// Reads a device file, and tells every fault with its line and column.
    ///
    /// If the sink collects errors, the devices that had them are left out.
    ///
    /// # Errors
    ///
    /// What the sink does not collect.
    pub fn read_toml(text: &str, sink: &mut dyn Sink) -> Result<Self, Error> {
        let mut reader = Reader {
            lines: LineIndex::new(text),
            faults: 0,
            sink,
        };
        match Document::parse_all(text, &CODES) {
            Ok(document) => reader.file(document.root()),
            Err(errors) => {
                for error in errors {
                    reader.error(error)?;
                }
                Ok(Self::default())
            }
        }
    }
}

/// What the file says of a device, without its name.
struct Settings {
    binding: Binding,
    extras: Extras,
    variables: BTreeMap<String, Position>,
}

/// Reads on after a fault, if the sink lets it.
#[derive(Debug)]
struct Reader<'t, 's> {
    lines: LineIndex<'t>,
    /// How many there were so far.
    faults: usize,
    sink: &'s mut dyn Sink,
}

impl Reader<'_, '_> {
    /// Hands an error over with its line and column.
    fn error(&mut self, error: Error) -> Result<(), Error> {
        let error = match error.diagnostic().position {
            Some(Position::Offset { offset }) => error.at_position(self.lines.position(offset)),
            _ => error,
        };
        self.faults += 1;
        self.sink.error(error)
    }

    /// The value, or nothing if it is faulty and the sink lets the reader go on.
    fn sound<T>(&mut self, read: Result<T, Error>) -> Result<Option<T>, Error> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(error) => self.error(error).map(|()| None),
        }
    }

    fn file(&mut self, mut root: Table<'_>) -> Result<DeviceFile, Error> {
        let default = match root.optional("defaults") {
            Some(node) => self.defaults(node)?,
            None => None,
        };
        let (mut file, mut seen) = (DeviceFile::default(), BTreeMap::new());
        let devices = root.optional("devices").map(Node::table).transpose();
        for (name, node) in self
            .sound(devices)?
            .flatten()
            .iter()
            .flat_map(Table::entries)
        {
            let device = self.device(name, &mut seen)?;
            let settings = self.settings(node, default)?;
            if let (Some((device, position)), Some(settings)) = (device, settings) {
                file.devices.push(DeviceEntry {
                    device,
                    position,
                    binding: settings.binding,
                    extras: settings.extras,
                    variables: settings.variables,
                });
            }
        }
        self.unknown(&root)?;
        Ok(file)
    }

    fn defaults(&mut self, node: Node<'_>) -> Result<Option<FeedbackTimeout>, Error> {
        let Some(mut table) = self.sound(node.table())? else {
            return Ok(None);
        };
        let timeout = self.optional(&mut table, "feedback_timeout", feedback_timeout)?;
        self.unknown(&table)?;
        Ok(timeout)
    }

    /// The device of a key, which no other key spells in another way.
    fn device(
        &mut self,
        name: Name<'_>,
        seen: &mut BTreeMap<DeviceId, Position>,
    ) -> Result<Option<(DeviceId, Position)>, Error> {
        let position = self.lines.position(name.offset);
        let device = DeviceId::parse(name.text).map_err(|error| error.at_position(position));
        let Some(device) = self.sound(device)? else {
            return Ok(None);
        };
        match seen.insert(device, position) {
            None => Ok(Some((device, position))),
            Some(first) => {
                let error = duplicate(device, first).at_position(position);
                self.error(error).map(|()| None)
            }
        }
    }

    /// What is said of a device, unless some of it is faulty.
    fn settings(
        &mut self,
        node: Node<'_>,
        default: Option<FeedbackTimeout>,
    ) -> Result<Option<Settings>, Error> {
        let Some(mut table) = self.sound(node.table())? else {
            return Ok(None);
        };
        let before = self.faults;
        let encoder = table.required("encoder").and_then(Node::string);
        let mut binding = Binding::new(self.sound(encoder)?.unwrap_or_default());
        binding.region = self.optional(&mut table, "region", region)?;
        binding.data_rate = self.optional(&mut table, "data_rate", Node::integer)?;
        binding.max_payload = self.optional(&mut table, "max_payload", Node::integer)?;
        let timeout = self.optional(&mut table, "feedback_timeout", feedback_timeout)?;
        binding.feedback_timeout = timeout.or(default);
        let base_only = self.optional(&mut table, "base_only_record", Node::boolean)?;
        binding.base_only_record = base_only == Some(true);
        binding.types = self.map(&mut table, "types", |reader, _, node| {
            reader.sound(number_type(node))
        })?;
        let placed = self.map(&mut table, "variables", Self::placed_variable)?;
        let mut variables = BTreeMap::new();
        for (name, (variable, position)) in placed {
            variables.insert(name.clone(), position);
            binding.variables.insert(name, variable);
        }
        let extras = self.extras(&mut table)?;
        self.unknown(&table)?;
        if self.faults == before {
            let limit = binding.payload_limit();
            self.sound(limit.map_err(|error| error.at_offset(node.offset())))?;
        }
        Ok((self.faults == before).then_some(Settings {
            binding,
            extras,
            variables,
        }))
    }

    /// The value of a key, if it is there and sound.
    fn optional<'d, T>(
        &mut self,
        table: &mut Table<'d>,
        key: &'static str,
        read: impl FnOnce(Node<'d>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let value = table.optional(key).map(read).transpose();
        self.sound(value).map(Option::flatten)
    }

    /// The sound values of a table by their names; none if the key is not there.
    fn map<'d, T>(
        &mut self,
        table: &mut Table<'d>,
        key: &'static str,
        read: impl Fn(&mut Self, Name<'d>, Node<'d>) -> Result<Option<T>, Error>,
    ) -> Result<BTreeMap<String, T>, Error> {
        let mut map = BTreeMap::new();
        let entries = self.optional(table, key, Node::table)?;
        for (name, node) in entries.iter().flat_map(Table::entries) {
            if let Some(value) = read(self, name, node)? {
                map.insert(name.text.to_owned(), value);
            }
        }
        Ok(map)
    }

    /// A variable, and where its name is.
    fn placed_variable(
        &mut self,
        name: Name<'_>,
        node: Node<'_>,
    ) -> Result<Option<(Variable, Position)>, Error> {
        let position = self.lines.position(name.offset);
        let variable = self.variable(node)?;
        Ok(variable.map(|variable| (variable, position)))
    }

    /// A variable: its value, or a table that says whether it is a secret as well.
    fn variable(&mut self, node: Node<'_>) -> Result<Option<Variable>, Error> {
        if !node.is_table() {
            return self.sound(value(node).map(Variable::shown));
        }
        let Some(mut table) = self.sound(node.table())? else {
            return Ok(None);
        };
        let value = table.required("value").and_then(value);
        let value = self.sound(value)?;
        let is_secret = self.optional(&mut table, "secret", Node::boolean)?;
        self.unknown(&table)?;
        Ok(value.map(|value| Variable {
            value,
            is_secret: is_secret == Some(true),
        }))
    }

    /// What only a service reads, in the order of the file.
    fn extras(&mut self, table: &mut Table<'_>) -> Result<Extras, Error> {
        let mut extras = Extras::default();
        for (name, node) in table.among(&SERVICE_KEYS) {
            let taken = extras.push(name, node, &self.lines);
            self.sound(taken)?;
        }
        Ok(extras)
    }

    /// Refuses the keys that nobody asked for.
    fn unknown(&mut self, table: &Table<'_>) -> Result<(), Error> {
        table.unknown().try_for_each(|error| self.error(error))
    }
}

#[cold]
fn duplicate(device: DeviceId, first: Position) -> Error {
    Error::new(
        Code::DevicesFile,
        format!("duplicate device `{device}`, first bound at {first}"),
    )
    .expected("each device once")
    .found(device.to_string())
}

fn number_type(node: Node<'_>) -> Result<NumberType, Error> {
    match node.string()? {
        "int" => Ok(NumberType::Integer),
        "float" => Ok(NumberType::Float),
        _ => Err(node
            .refuse(Code::DevicesFile, "the type of a number is not known")
            .expected("`int` or `float`")),
    }
}

fn region(node: Node<'_>) -> Result<Region, Error> {
    node.string()?
        .parse()
        .map_err(|error: Error| error.at_offset(node.offset()))
}

fn feedback_timeout(node: Node<'_>) -> Result<FeedbackTimeout, Error> {
    FeedbackTimeout::parse(node.string()?).map_err(|error| error.at_offset(node.offset()))
}

/// Variables are texts; a number is the text that it is written as.
fn value(node: Node<'_>) -> Result<String, Error> {
    match node.value() {
        DeValue::Integer(_) | DeValue::Float(_) => {
            node.decimal().map(|decimal| decimal.to_string())
        }
        DeValue::Boolean(value) => Ok(value.to_string()),
        _ => node.string().map(str::to_owned),
    }
}
