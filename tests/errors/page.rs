//! The page of all codes.

use std::fmt::Write as _;

use downlink::error::{Code, Kind};

use crate::case::Cases;
use crate::told::{name, told};

pub(crate) fn page(cases: &Cases) -> String {
    let mut page = HEAD.to_owned();
    for code in Code::ALL {
        let anchor = code.as_str().replace('/', "");
        let page_of = if code.as_str().starts_with("codec/") {
            "javascript-errors.md"
        } else {
            ""
        };
        let (kind, status) = (name(code.kind()), code.kind().status());
        let title = code.title();
        writeln!(
            page,
            "| [`{code}`]({page_of}#{anchor}) | {kind} | {status} | {title} |"
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
    page + &internal()
}

/// The codes without an example, since no input gives them.
fn internal() -> String {
    let mut section = "\n## Faults of the library\n".to_owned();
    let internal = |code: &&Code| code.kind() == Kind::Internal;
    for code in Code::ALL.iter().filter(internal) {
        let (kind, status) = (name(code.kind()), code.kind().status());
        write!(
            section,
            "\n### `{code}`\n\n{} {kind}, {status}. No input gives it: it is a bug, and nothing is sent.\n",
            code.title()
        )
        .unwrap();
    }
    section
}

const HEAD: &str = "\
# Error codes

Codes are stable: they are added, never renamed. The kind says whose fault it is, and is all that an HTTP layer maps. A \
code is an error unless its example says `warning`; some are both, according to how strictly the input is read.

This page is generated from the table of codes and from `tests/errors/cases.toml`, and the tests hold it current. The \
examples of requests are for the devices of `examples/devices.toml`. What scripts raise is on [a page of its own]\
(javascript-errors.md).

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
        other => panic!("a heading for {other}"),
    }
}
