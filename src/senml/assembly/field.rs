//! One field: what its label takes, and what becomes of a label that is not understood.

use std::borrow::Cow;

use crate::error::{Error, did_you_mean, quote};
use crate::number::Number;

use super::super::label::{ContentKind, Key, Label};
use super::super::pack::Content;
use super::super::profile::{Mode, Profile};
use super::super::token::Token;
use super::super::{fault, rule};
use super::{Assembly, Format};

impl<'a> Assembly<'a, '_> {
    /// The content of a label that is understood; `None` where the field counts as absent.
    #[inline]
    pub(super) fn content(
        &mut self,
        label: Label,
        token: Token<'a>,
        offset: usize,
    ) -> Result<Option<Content<'a>>, Error> {
        if self.seen & label.bit() != 0 {
            self.report
                .error_at(label.as_str(), offset, self.duplicate(label.as_str()))?;
            return Ok(None);
        }
        self.seen |= label.bit();
        if self.options.mode == Mode::Fetch && !rule::is_fetch_label(label) {
            let error = fault::not_for_fetch(label.as_str());
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
                let error = self.wrong_type(label, "null").hint("it is read as absent");
                self.report.lint_at(label.as_str(), offset, error);
                return Ok(None);
            }
            (_, Token::Faulty) => Content::Ignored,
            (_, token) => {
                let error = self.wrong_type(label, token.name());
                self.report.error_at(label.as_str(), offset, error)?;
                Content::Ignored
            }
        };
        self.check_length(label, &content, offset)?;
        Ok(Some(content))
    }

    fn wrong_type(&self, label: Label, found: &str) -> Error {
        let rule = match (self.format, label.content_kind()) {
            (Format::Json, _) | (Format::Cbor, ContentKind::Boolean) => "J7",
            (Format::Cbor, _) if matches!(found, "null" | "undefined" | "a simple value") => "C7",
            (Format::Cbor, ContentKind::Version) => "C8",
            (Format::Cbor, ContentKind::String | ContentKind::Data) => "C9",
            (Format::Cbor, _) => "C6",
        };
        fault::wrong_type(label, found).rule(rule)
    }

    pub(super) fn duplicate(&self, label: &str) -> Error {
        let rule = match self.format {
            Format::Json => "J6",
            Format::Cbor => "C10",
        };
        fault::duplicate(label).rule(rule)
    }

    fn lint_inexact(&mut self, label: Label, number: Number, offset: usize) {
        if let Number::Double(double) = number {
            let error = fault::not_exact(double);
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
        let error = fault::too_long(label.as_str(), length, limit);
        self.report.error_at(label.as_str(), offset, error)
    }

    pub(super) fn unknown_label(&mut self, key: &Key<'a>, offset: usize) -> Result<(), Error> {
        self.unknown += 1;
        let text = match key {
            Key::Text(text) => Cow::Borrowed(text.as_ref()),
            other => Cow::Owned(other.to_string()),
        };
        let limit = self.options.limits.name;
        if text.len() > limit {
            let error = fault::too_long("the label", text.len(), limit);
            return self.report.error_at(&quote(&text), offset, error);
        }
        if self.options.mode == Mode::Fetch {
            let error = fault::not_for_fetch(&text);
            return self.report.error_at(&text, offset, error);
        }
        let hint = Label::nearest(&text).map(|label| did_you_mean(label.as_str()));
        let with_hint = |error: Error| match hint {
            Some(hint) => error.hint(hint),
            None => error,
        };
        if text.ends_with('_') && self.options.mode != Mode::Patch {
            let error = with_hint(fault::must_understand(&text));
            return self.report.error_at(&text, offset, error);
        }
        // It was a label in a draft, and an instruction may hold it.
        if text == "l" || !self.options.is_for_instruction {
            self.report
                .lint_at(&text, offset, with_hint(fault::not_registered(&text)));
        }
        Ok(())
    }
}
