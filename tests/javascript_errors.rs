//! Every code that scripts raise is raised by an example, and `docs/javascript-errors.md` lists them.
//!
//! `BLESS=1 cargo test --features js --test javascript_errors` writes the page anew.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "errors/told.rs"]
mod told;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::{env, fs};

use downlink::Engine;
use downlink::directory::Binding;
use downlink::encoder::Registry;
use downlink::encoder::javascript::{Bounds, Package};
use downlink::error::{Code, Diagnostic, Error};
use downlink::message::Method;
use downlink::message::lora::FPort;
use downlink::senml::{Pack, UnixTime};
use serde::Deserialize;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/javascript-errors.md");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Case {
    code: String,
    script: String,
    blanks: usize,
    files: BTreeMap<String, String>,
}

fn cases() -> Vec<Case> {
    let cases: Cases = toml::from_str(include_str!("errors/scripts.toml")).unwrap();
    cases.case
}

#[test]
fn every_code_has_exactly_one_case_in_the_order_of_the_table() {
    let cases = cases();
    let listed: Vec<&str> = cases.iter().map(|case| case.code.as_str()).collect();
    // That of a build without scripts is raised by the tests of such a build.
    let codes = Code::ALL.iter().filter(|code| **code != Code::CodecFeature);
    let codes = codes.map(|code| code.as_str());
    let codes: Vec<&str> = codes.filter(|code| code.starts_with("codec/")).collect();
    assert_eq!(listed, codes);
}

#[test]
fn the_page_lists_every_code_with_its_text() {
    let page = page(&cases());
    if env::var_os("BLESS").is_some() {
        fs::write(PAGE, &page).unwrap();
    }
    let written = fs::read_to_string(PAGE).unwrap_or_default();
    assert!(
        written == page,
        "docs/javascript-errors.md is not current: \
         BLESS=1 cargo test --features js --test javascript_errors"
    );
}

impl Case {
    fn finding(&self) -> Diagnostic {
        match self.findings() {
            Ok(findings) => {
                let own = |finding: &Diagnostic| finding.code.as_str() == self.code;
                findings.into_iter().find(own).expect(&self.code)
            }
            Err(error) => {
                assert_eq!(error.code().as_str(), self.code, "{error}");
                error.into_diagnostic()
            }
        }
    }

    /// What a preview finds, unless something is wrong before that.
    fn findings(&self) -> Result<Vec<Diagnostic>, Error> {
        let script = format!("{}{}", self.script.trim_start(), " ".repeat(self.blanks));
        let package = Package::read(|name| match name {
            "index.js" => Ok(Some(script.clone())),
            name => Ok::<_, Error>(self.files.get(name).cloned()),
        })?;
        // The machine that runs the tests may be busy.
        let bounds = Bounds {
            wall_clock: None,
            ..Bounds::default()
        };
        let codec = package.codec("acme/lamp", bounds)?;
        for example in package.examples().map_err(Clone::clone)? {
            example.prove(&codec, None)?;
        }
        let engine = Engine::new(Registry::builder().register(codec)?.build());
        let pack = br#"[{"bn": "urn:dev:DEVEUI:0059AC0000152A2B:", "n": "on", "vb": true}]"#;
        let method = Method::Lora {
            f_port: Some(FPort::new(10)?),
        };
        let lamp = Binding::new("acme/lamp");
        let now = UnixTime::from_seconds(1_700_000_000);
        let preview = engine.preview_pack(&Pack::from_json(pack)?, &method, &lamp, now);
        let findings = preview.problems().iter().chain(preview.warnings());
        Ok(findings.cloned().collect())
    }

    fn shown(&self) -> String {
        let mut shown = format!("```js\n{}\n```\n", self.script.trim());
        if self.blanks > 0 {
            writeln!(shown, "\nwith {} blanks after it:\n", self.blanks).unwrap();
        }
        for (name, text) in &self.files {
            write!(shown, "\nwith `{name}`:\n\n```json\n{}\n```\n", text.trim()).unwrap();
        }
        shown
    }
}

fn page(cases: &[Case]) -> String {
    let mut page = "\
# Error codes of scripts

What payload codecs in JavaScript raise, each with a script. The scripts are told that `on` is true. [errors.md](errors.md) \
has all other codes.

This page is generated from the table of codes and from `tests/errors/scripts.toml`, and the tests hold it current.
"
    .to_owned();
    for case in cases {
        let finding = case.finding();
        let (code, kind) = (finding.code, finding.kind());
        let (title, name, status) = (code.title(), told::name(kind), kind.status());
        write!(page, "\n## `{code}`\n\n{title} {name}, {status}.\n\n").unwrap();
        page += &case.shown();
        write!(page, "```text\n{}```\n", told::told(&finding)).unwrap();
    }
    let (code, title) = (Code::CodecFeature, Code::CodecFeature.title());
    let (name, status) = (told::name(code.kind()), code.kind().status());
    let when = "A build without the feature `js` tells it for any script, and how to turn it on.";
    write!(
        page,
        "\n## `{code}`\n\n{title} {name}, {status}.\n\n{when}\n"
    )
    .unwrap();
    page
}
