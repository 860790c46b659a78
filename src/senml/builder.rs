//! Builds packs field by field.

use std::borrow::Cow;

use crate::error::{Error, First, Sink};
use crate::number::Number;

use super::assembly::Assembly;
use super::label::{Key, Label};
use super::pack::{Content, Pack};
use super::reader::Reader;
use super::token::Token;

/// A pack in the making.
///
/// The rules are those of a [`Reader`], and are looked at when the pack is built.
///
/// ```
/// use downlink::senml::{Label, Pack};
///
/// let pack = Pack::builder()
///     .record()
///     .text(Label::BaseName, "urn:dev:ow:10e2073a01080063:")
///     .record()
///     .text(Label::Name, "fan")
///     .boolean(Label::BooleanValue, false)
///     .build()?;
/// assert_eq!(
///     pack.to_json(),
///     r#"[{"bn":"urn:dev:ow:10e2073a01080063:"},{"n":"fan","vb":false}]"#
/// );
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct PackBuilder<'a> {
    fields: Vec<(Label, Content<'a>)>,
    /// For each record, where its fields begin.
    starts: Vec<usize>,
}

impl<'a> Pack<'a> {
    /// A pack without records, to which they are added.
    pub fn builder() -> PackBuilder<'a> {
        PackBuilder::default()
    }
}

impl<'a> PackBuilder<'a> {
    /// Begins the next record.
    pub fn record(mut self) -> Self {
        self.starts.push(self.fields.len());
        self
    }

    /// Adds a field to the record; the first one begins it where [`PackBuilder::record`] did not.
    pub fn field(mut self, label: Label, content: Content<'a>) -> Self {
        if self.starts.is_empty() {
            self = self.record();
        }
        self.fields.push((label, content));
        self
    }

    /// Adds a field that holds a number.
    pub fn number(self, label: Label, number: impl Into<Number>) -> Self {
        self.field(label, Content::Number(number.into()))
    }

    /// Adds a field that holds a text.
    pub fn text(self, label: Label, text: impl Into<Cow<'a, str>>) -> Self {
        self.field(label, Content::String(text.into()))
    }

    /// Adds a field that holds true or false.
    pub fn boolean(self, label: Label, boolean: bool) -> Self {
        self.field(label, Content::Boolean(boolean))
    }

    /// Adds a field that holds bytes.
    pub fn data(self, label: Label, bytes: impl Into<Cow<'a, [u8]>>) -> Self {
        self.field(label, Content::Data(bytes.into()))
    }

    /// The pack, by the letter of the RFCs.
    ///
    /// # Errors
    ///
    /// The first rule that is broken.
    pub fn build(self) -> Result<Pack<'a>, Error> {
        self.build_with(&Reader::new(), &mut First::default())
    }

    /// The pack, by the rules of this reader.
    ///
    /// # Errors
    ///
    /// What the sink does not collect.
    pub fn build_with(self, reader: &Reader, sink: &mut dyn Sink) -> Result<Pack<'a>, Error> {
        let mut assembly = Assembly::new_json(reader, sink);
        let ends = self.starts.iter().copied().skip(1).chain([usize::MAX]);
        let mut fields = self.fields.into_iter();
        for (start, end) in self.starts.iter().zip(ends) {
            assembly.begin_record(0)?;
            for (label, content) in fields.by_ref().take(end - start) {
                assembly.field(Key::Label(label), Token::from(content), 0)?;
            }
            assembly.end_record()?;
        }
        assembly.finish()
    }
}

impl<'a> From<Content<'a>> for Token<'a> {
    fn from(content: Content<'a>) -> Self {
        match content {
            Content::Number(number) => Self::Number(number),
            Content::String(text) => Self::String(text),
            Content::Boolean(boolean) => Self::Boolean(boolean),
            Content::Data(bytes) => Self::Data(bytes),
            Content::Null => Self::Null,
            Content::Ignored => Self::Other("nothing"),
        }
    }
}
