//! The envelope: what stands around the instruction.

use std::borrow::Cow;
use std::ops::Range;

use crate::error::{Code, Error, Placed, Sink, did_you_mean, nearest, quote};
use crate::instruction::FeedbackTimeout;
use crate::json::{Kind, Scanner};
use crate::senml::{Pack, PackMemory, Reader};

use super::super::method::Method;
use super::CreateDownlinkRequest;
use super::member::{self, Name, Seen, Value};
use super::method;

const EXTERNAL_REFERENCE: &str = "externalReference";
const INSTRUCTION: &str = "instruction";
const METHOD: &str = "method";
const RETRY_LIMIT: &str = "retryLimit";
const FEEDBACK_TIMEOUT: &str = "feedbackTimeout";
const DRY_RUN: &str = "dryRun";

/// The fields of a request, in the order of the schema.
pub(super) const FIELDS: [&str; 6] = [
    EXTERNAL_REFERENCE,
    INSTRUCTION,
    METHOD,
    RETRY_LIMIT,
    FEEDBACK_TIMEOUT,
    DRY_RUN,
];

/// Fields that only answers have, of this resource and those of the connections.
const READ_ONLY: [&str; 10] = [
    "id",
    "networkId",
    "status",
    "message",
    "createdAt",
    "modifiedAt",
    "logs",
    "retryCount",
    "lastFailureReason",
    "iccId",
];

/// What is often looked for here, and where it is.
const ELSEWHERE: [(&str, &str); 7] = [
    ("deviceId", "the `bn` of the instruction names the device"),
    (
        "encoder",
        "the encoder of a device is configured, not requested",
    ),
    ("bn", "`bn` belongs in a record of the instruction"),
    ("protocol", "`protocol` belongs in `method`"),
    ("fPort", "`fPort` belongs in `method`"),
    ("topic", "`topic` belongs in `method`"),
    ("contentType", "`contentType` belongs in `method`"),
];

/// A field of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    ExternalReference,
    Instruction,
    Method,
    RetryLimit,
    FeedbackTimeout,
    DryRun,
}

impl Field {
    const ALL: [Self; 6] = [
        Self::ExternalReference,
        Self::Instruction,
        Self::Method,
        Self::RetryLimit,
        Self::FeedbackTimeout,
        Self::DryRun,
    ];

    #[inline]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ExternalReference => EXTERNAL_REFERENCE,
            Self::Instruction => INSTRUCTION,
            Self::Method => METHOD,
            Self::RetryLimit => RETRY_LIMIT,
            Self::FeedbackTimeout => FEEDBACK_TIMEOUT,
            Self::DryRun => DRY_RUN,
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    fn bit(self) -> u8 {
        match self {
            Self::ExternalReference => 1,
            Self::Instruction => 2,
            Self::Method => 4,
            Self::RetryLimit => 8,
            Self::FeedbackTimeout => 16,
            Self::DryRun => 32,
        }
    }
}

/// What has been read so far.
#[derive(Default)]
struct Draft<'a> {
    seen: Seen,
    external_reference: Option<Cow<'a, str>>,
    instruction: Option<(Pack<'a>, Range<usize>)>,
    method: Option<Method<'a>>,
    retry_limit: Option<u64>,
    feedback_timeout: Option<FeedbackTimeout>,
    dry_run: Option<bool>,
}

/// Reads the request at which the scanner stands, to the end of the text.
pub(super) fn read<'a>(
    scanner: &mut Scanner<'a>,
    reader: Reader,
    memory: &mut PackMemory,
    sink: &mut Placed<'_, '_>,
) -> Result<Option<CreateDownlinkRequest<'a>>, Error> {
    check_root(scanner)?;
    let start = scanner.offset();
    let mut draft = Draft::default();
    let mut members = scanner.object()?;
    while let Some(name) = member::next(scanner, &mut members)? {
        draft.read(&name, scanner, reader, memory, sink)?;
    }
    scanner.end()?;
    for required in [Field::Instruction, Field::Method] {
        if !draft.seen.contains(required.bit()) {
            sink.error(member::missing("", required.name(), start))?;
        }
    }
    Ok(draft.finish(scanner.text()))
}

pub(super) fn check_root(scanner: &mut Scanner<'_>) -> Result<(), Error> {
    if scanner.text().trim_ascii().is_empty() {
        return Err(
            Error::new(Code::JsonSyntax, "the request is empty, expected an object")
                .expected("an object")
                .found("nothing")
                .at_offset(0),
        );
    }
    let kind = scanner.kind()?;
    if kind == Kind::Object {
        return Ok(());
    }
    // What is no JSON at all has no type.
    let start = scanner.offset();
    scanner.skip()?;
    let error = Error::new(
        Code::RequestType,
        format!("the request is {}, expected an object", kind.name()),
    )
    .expected("an object")
    .found(kind.name())
    .at_pointer("")
    .at_offset(start);
    Err(match kind {
        Kind::Array => error.hint("put a bare pack into the `instruction` of a request"),
        _ => error,
    })
}

impl<'a> Draft<'a> {
    fn read(
        &mut self,
        name: &Name<'a>,
        scanner: &mut Scanner<'a>,
        reader: Reader,
        memory: &mut PackMemory,
        sink: &mut Placed<'_, '_>,
    ) -> Result<(), Error> {
        let Some(field) = Field::named(&name.text) else {
            scanner.skip()?;
            return sink.error(unknown(name));
        };
        if !self.seen.insert(field.bit()) {
            scanner.skip()?;
            return sink.error(member::duplicate("", name));
        }
        match field {
            Field::Instruction => self.instruction = instruction(scanner, reader, memory, sink)?,
            Field::Method => self.method = method::read(scanner, sink)?,
            _ => {
                let value = Value::read(scanner)?;
                if let Err(error) = self.set(field, &value) {
                    sink.error(value.place(error, &member::pointer("", &name.text)))?;
                }
            }
        }
        Ok(())
    }

    fn set(&mut self, field: Field, value: &Value<'a>) -> Result<(), Error> {
        match field {
            Field::ExternalReference => {
                self.external_reference = Some(value.string(EXTERNAL_REFERENCE)?);
            }
            Field::RetryLimit => self.retry_limit = Some(retry_limit(value)?),
            Field::FeedbackTimeout => {
                let text = value.string(FEEDBACK_TIMEOUT)?;
                self.feedback_timeout = Some(FeedbackTimeout::parse(&text)?);
            }
            Field::DryRun => self.dry_run = Some(value.boolean(DRY_RUN)?),
            // They are no single values.
            Field::Instruction | Field::Method => {}
        }
        Ok(())
    }

    fn finish(self, source: &'a str) -> Option<CreateDownlinkRequest<'a>> {
        let (instruction, place) = self.instruction?;
        Some(CreateDownlinkRequest {
            external_reference: self.external_reference,
            instruction,
            source: Cow::Borrowed(source),
            place,
            method: self.method?,
            retry_limit: self.retry_limit,
            feedback_timeout: self.feedback_timeout,
            dry_run: self.dry_run,
        })
    }
}

fn instruction<'a>(
    scanner: &mut Scanner<'a>,
    reader: Reader,
    memory: &mut PackMemory,
    sink: &mut Placed<'_, '_>,
) -> Result<Option<(Pack<'a>, Range<usize>)>, Error> {
    const POINTER: &str = "/instruction";
    let kind = scanner.kind()?;
    let start = scanner.offset();
    if kind != Kind::Array {
        scanner.skip()?;
        sink.error(no_pack(kind).at_pointer(POINTER).at_offset(start))?;
        return Ok(None);
    }
    let mut sink = sink.below(POINTER);
    let pack = reader
        .read_json_array(scanner, memory, &mut sink)
        .map_err(|error| sink.end(error))?;
    Ok(Some((pack, start..scanner.offset())))
}

#[cold]
fn no_pack(kind: Kind) -> Error {
    let error = Error::new(
        Code::RequestType,
        format!(
            "`instruction` is {}, expected an array of records",
            kind.name()
        ),
    )
    .expected("an array of records")
    .found(kind.name());
    match kind {
        Kind::String => error.hint("give the pack itself, not its text"),
        Kind::Object => error.hint("put the record into `[` and `]`"),
        _ => error,
    }
}

pub(super) fn retry_limit(value: &Value<'_>) -> Result<u64, Error> {
    u64::try_from(value.integer(RETRY_LIMIT)?).map_err(|_| {
        let expected = format!("0 to {}", u64::MAX);
        let found = value.literal();
        Error::new(
            Code::RequestRange,
            format!("`retryLimit` is {found}, expected {expected}"),
        )
        .expected(expected)
        .found(found)
    })
}

#[cold]
fn unknown(name: &Name<'_>) -> Error {
    let shown = quote(&name.text);
    let error = if READ_ONLY.contains(&&*name.text) {
        Error::new(
            Code::RequestReadOnly,
            format!("`{shown}` is a response-only field"),
        )
        .hint("remove it")
    } else {
        let error = Error::new(
            Code::RequestUnknownField,
            format!("a request has no field `{shown}`"),
        );
        match hint(&name.text) {
            Some(hint) => error.hint(hint),
            None => error,
        }
    };
    error
        .expected(FIELDS.join(", "))
        .found(shown)
        .at_pointer(member::pointer("", &name.text))
        .at_offset(name.at())
}

fn hint(name: &str) -> Option<String> {
    let elsewhere = ELSEWHERE.into_iter().find(|(wrong, _)| *wrong == name);
    match elsewhere {
        Some((_, hint)) => Some(hint.to_owned()),
        None => nearest(name, FIELDS).map(did_you_mean),
    }
}
