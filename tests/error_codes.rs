//! Every code is raised by an example, and `docs/errors.md` lists them all with their texts.
//!
//! `BLESS=1 cargo test --test error_codes` writes the page anew.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "errors/case.rs"]
mod case;
#[path = "errors/page.rs"]
mod page;
#[path = "errors/told.rs"]
mod told;

use std::{env, fs};

use case::Cases;
use downlink::error::{Code, Kind};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/errors.md");

fn cases() -> Cases {
    toml::from_str(include_str!("errors/cases.toml")).unwrap()
}

#[test]
fn every_code_that_input_gives_has_exactly_one_case_in_the_order_of_the_table() {
    let cases = cases();
    let listed: Vec<&str> = cases.case.iter().map(|case| case.code.as_str()).collect();
    // What scripts raise is on a page of its own, for the feature `js` may be off here.
    let given = Code::ALL
        .iter()
        .filter(|code| code.kind() != Kind::Internal);
    let codes = given.map(|code| code.as_str());
    let codes: Vec<&str> = codes.filter(|code| !code.starts_with("codec/")).collect();
    assert_eq!(listed, codes);
}

#[test]
fn every_case_raises_its_code() {
    let cases = cases();
    let silent: Vec<String> = cases
        .case
        .iter()
        .filter_map(|case| Some((case, case.raised(&cases.definition_prelude).err()?)))
        .map(|(case, others)| format!("{} raises {others:?}", case.code))
        .collect();
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

#[test]
fn the_page_lists_every_code_with_its_text() {
    let page = page::page(&cases());
    if env::var_os("BLESS").is_some() {
        fs::write(PAGE, &page).unwrap();
    }
    let written = fs::read_to_string(PAGE).unwrap_or_default();
    assert!(
        written == page,
        "docs/errors.md is not current: BLESS=1 cargo test --test error_codes"
    );
}
