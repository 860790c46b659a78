//! The page of all codes.

use std::fmt::Write as _;

use downlink::error::{Code, Diagnostic, Kind, Severity};

use crate::case::Cases;

pub(crate) fn page(cases: &Cases) -> String {
    let mut page = HEAD.to_owned();
    for code in Code::ALL {
        let anchor = code.as_str().replace('/', "");
        let (kind, status) = (name(code.kind()), code.kind().status());
        let title = code.title();
        writeln!(
            page,
            "| [`{code}`](#{anchor}) | {kind} | {status} | {title} |"
        )
        .unwrap();
    }
    let mut room = "";
    for case in &cases.case {
        let code = Code::ALL
            .iter()
            .find(|code| code.as_str() == case.code)
            .unwrap();
        let own = code.as_str().split('/').next().unwrap();
        if own != room {
            room = own;
            write!(page, "\n## {}\n", heading(room)).unwrap();
            if room == "definition" {
                let prelude = cases.definition_prelude.trim();
                write!(
                    page,
                    "\nEach example begins with these lines:\n\n```toml\n{prelude}\n```\n"
                )
                .unwrap();
            }
        }
        let (kind, status) = (name(code.kind()), code.kind().status());
        write!(
            page,
            "\n### `{code}`\n\n{} {kind}, {status}.\n\n",
            code.title()
        )
        .unwrap();
        page += &case.shown();
        if let Ok(finding) = case.raised(&cases.definition_prelude) {
            write!(page, "```text\n{}```\n", told(&finding)).unwrap();
        }
    }
    page
}

const HEAD: &str = "\
# Error codes

Codes are stable: they are added, never renamed. The kind says whose fault it is, and is all that an HTTP layer maps. A \
code is an error unless its example says `warning`; some are both, according to how strictly the input is read.

This page is generated from the table of codes and from `tests/errors/cases.toml`, and the tests hold it current. The \
examples of requests are for the devices of `examples/devices.toml`.

| code | kind | HTTP | |
|---|---|---|---|
";

fn heading(room: &str) -> &'static str {
    match room {
        "json" => "JSON",
        "cbor" => "CBOR",
        "text" => "Text",
        "senml" => "SenML",
        "request" => "Requests",
        "instruction" => "Instructions",
        "device" => "Devices",
        "encoder" => "Encoders",
        "encode" => "Encoding",
        "decode" => "Decoding",
        "export" => "Exporting",
        "limit" => "Limits",
        "definition" => "Definitions",
        "registry" => "The registry",
        "devices" => "The device file",
        "codec" => "JavaScript codecs",
        other => panic!("a heading for {other}"),
    }
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Malformed => "Malformed",
        Kind::NotFound => "Not found",
        Kind::TooLarge => "Too large",
        Kind::Rejected => "Rejected",
        Kind::Setup => "Setup",
        other => panic!("a name for {other:?}"),
    }
}

fn told(finding: &Diagnostic) -> String {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        other => panic!("a word for {other:?}"),
    };
    let mut told = format!("{severity}[{}]: {}\n", finding.code, finding.message);
    let mut line = |name: &str, text: Option<String>| {
        if let Some(text) = text {
            writeln!(told, "  {name} {text}").unwrap();
        }
    };
    line("at", finding.position.map(|position| position.to_string()));
    line("pointer", finding.pointer.clone());
    line("rule", finding.rule.map(str::to_owned));
    line("expected", finding.expected.clone());
    line("found", finding.found.clone());
    line("hint", finding.hint.clone());
    told
}
