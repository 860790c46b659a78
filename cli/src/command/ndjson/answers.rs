//! What becomes of lines: documents, or an error in their place.

use std::io::Write;
use std::slice::SliceIndex;

use downlink::engine::Workspace;
use downlink::error::{Code, Diagnostic, Error, First, Position};
use downlink::limits;
use serde::Serialize;

use crate::input::{Batch, Line};
use crate::output::{escaped, is_plain};

use super::super::order::{Setup, refuse_pack};

/// A line for each line, and what is to be said of some.
#[derive(Default)]
pub(super) struct Answers {
    text: Vec<u8>,
    pub(super) remarks: Vec<Remark>,
}

/// Findings in a line.
pub(super) struct Remark {
    /// Which line of the batch it is.
    pub(super) index: usize,
    /// Where its answer ends.
    pub(super) answer_end: usize,
    pub(super) warnings: Vec<Diagnostic>,
    pub(super) error: Option<Diagnostic>,
}

impl Answers {
    /// Some of the text.
    pub(super) fn text(&self, range: impl SliceIndex<[u8], Output = [u8]>) -> &[u8] {
        self.text.get(range).unwrap_or_default()
    }

    /// Answers each line, in place of the answers so far.
    pub(super) fn answer(&mut self, lines: &Batch, setup: &Setup, workspace: &mut Workspace) {
        self.text.clear();
        self.remarks.clear();
        for (index, line) in lines.iter().enumerate() {
            self.answer_line(index, line, setup, workspace);
        }
    }

    fn answer_line(
        &mut self,
        index: usize,
        line: Line<'_>,
        setup: &Setup,
        workspace: &mut Workspace,
    ) {
        let start = self.text.len();
        let mut findings = First::default();
        let encoded = self.encode(line, setup, workspace, &mut findings);
        let error = encoded
            .err()
            .map(|error| place(error.into_diagnostic(), line));
        if let Some(error) = &error {
            self.refusal(line.number, error);
        }
        self.end_line(start);
        if error.is_some() || !findings.warnings.is_empty() {
            let warnings = findings.warnings.into_iter();
            self.remarks.push(Remark {
                index,
                answer_end: self.text.len(),
                warnings: warnings.map(|warning| place(warning, line)).collect(),
                error,
            });
        }
    }

    fn encode(
        &mut self,
        line: Line<'_>,
        setup: &Setup,
        workspace: &mut Workspace,
        findings: &mut First,
    ) -> Result<(), Error> {
        if line.length > limits::REQUEST {
            return Err(too_long(line.length));
        }
        if setup.takes_any_request() {
            refuse_pack(line.bytes)?;
            let encoded = setup.encode_into(workspace, line.bytes).map(|encoded| {
                let documents = encoded.iter().map(|it| (it.resource, it.json));
                self.documents(line.number, encoded.external_reference(), documents);
            });
            findings.warnings.extend_from_slice(workspace.warnings());
            return encoded;
        }
        let encoded = setup.encode(line.bytes, findings)?;
        let documents = encoded.downlinks.documents()?;
        let documents = documents.iter().map(|it| (it.resource(), json(it)));
        self.documents(
            line.number,
            encoded.external_reference.as_deref(),
            documents,
        );
        Ok(())
    }

    /// Appends documents, each with the resource that takes it.
    fn documents(
        &mut self,
        line: usize,
        external_reference: Option<&str>,
        documents: impl Iterator<Item = (&'static str, impl AsRef<[u8]>)>,
    ) {
        self.begin(line);
        if let Some(external_reference) = external_reference {
            self.append(r#","externalReference":"#);
            self.text.extend(json(external_reference));
        }
        let mut before = r#","documents":[{"resource":""#;
        for (resource, document) in documents {
            self.append(before);
            self.append(resource);
            self.append(r#"","document":"#);
            self.text.extend_from_slice(document.as_ref());
            self.append("}");
            before = r#",{"resource":""#;
        }
        self.append("]}");
    }

    fn refusal(&mut self, line: usize, error: &Diagnostic) {
        self.begin(line);
        self.append(r#","error":"#);
        self.text.extend(json(error));
        self.append("}");
    }

    fn begin(&mut self, line: usize) {
        // Writing to memory does not fail.
        let _ = write!(self.text, r#"{{"line":{line}"#);
    }

    fn append(&mut self, text: &str) {
        self.text.extend_from_slice(text.as_bytes());
    }

    /// Ends the line that starts there, so that it changes nothing on a terminal.
    fn end_line(&mut self, start: usize) {
        let line = self.text.get(start..).unwrap_or_default();
        if !is_plain(line) {
            let escaped = escaped(&String::from_utf8_lossy(line)).into_owned();
            self.text.truncate(start);
            self.append(&escaped);
        }
        self.append("\n");
    }
}

/// Findings and documents have string keys only, so that they always have a form in JSON.
fn json(value: &(impl Serialize + ?Sized)) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

/// The library's own error, for a line that was not kept.
fn too_long(length: usize) -> Error {
    let limit = limits::REQUEST;
    Error::new(
        Code::LimitRequest,
        format!("the request has {length} bytes, expected at most {limit}"),
    )
    .expected(format!("at most {limit} bytes"))
    .found(length.to_string())
}

/// Places a finding in the file: its line is the one of the request.
fn place(diagnostic: Diagnostic, line: Line<'_>) -> Diagnostic {
    let mut placed = match std::str::from_utf8(line.bytes) {
        Ok(text) => diagnostic.placed_in(text),
        Err(error) => {
            let valid = line.bytes.get(..error.valid_up_to()).unwrap_or_default();
            diagnostic.placed_in(&String::from_utf8_lossy(valid))
        }
    };
    let mut position = match placed.position {
        Some(position @ Position::Text { .. }) => position,
        _ => Position::in_text("", 0),
    };
    if let Position::Text { line: number, .. } = &mut position {
        *number = line.number;
    }
    placed.position = Some(position);
    placed
}
