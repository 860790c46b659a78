//! The definitions that the guides show.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use downlink::encoder::definition::Definition;
use downlink::error::First;

/// The blocks of TOML that are whole definitions.
fn definitions(guide: &str) -> Vec<&str> {
    let blocks = guide.split("```toml\n").skip(1);
    let blocks = blocks.map(|rest| rest.split("```").next().unwrap());
    blocks
        .filter(|block| block.starts_with("format = 1"))
        .collect()
}

#[test]
fn every_definition_of_the_guides_holds() {
    let guides = [
        include_str!("../docs/definitions.md"),
        include_str!("../docs/adding-a-device.md"),
    ];
    let shown: Vec<&str> = guides.into_iter().flat_map(definitions).collect();
    assert_eq!(shown.len(), 3);
    for text in shown {
        let mut findings = First::default();
        let definition = Definition::from_toml(text, &mut findings).unwrap();
        assert_eq!(findings.warnings, [], "{}", definition.id());
    }
}
