//! The laws of the fuzzers hold for their seeds, and for every input that the project shows.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::fs;
use std::panic;
use std::path::{Path, PathBuf};

#[allow(unreachable_pub, reason = "public for the fuzz targets")]
#[path = "../fuzz/src/laws/mod.rs"]
mod laws;

/// Holds a law against each file of a folder and of those in it, and says how many there were.
fn replay(law: fn(&[u8]), folder: &str) -> usize {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
    for file in &files {
        let bytes = fs::read(file).unwrap();
        let held = panic::catch_unwind(|| law(&bytes));
        assert!(held.is_ok(), "{}", file.display());
    }
    files.len()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push(path);
        }
    }
    files
}

#[test]
fn requests_encode_as_they_preview() {
    assert_eq!(replay(laws::request_json, "fuzz/corpus/request_json"), 15);
    assert!(replay(laws::request_json, "examples/requests") >= 11);
}

#[test]
fn requests_encode_from_bytes_to_bytes_as_they_do_step_by_step() {
    assert_eq!(replay(laws::encode_into, "fuzz/corpus/request_json"), 15);
    assert!(replay(laws::encode_into, "fuzz/corpus/encode_into") >= 4);
    assert!(replay(laws::encode_into, "examples/requests") >= 11);
}

#[test]
fn examples_of_definitions_encode_from_bytes_to_bytes_as_they_do_step_by_step() {
    let requests = laws::requests_of_examples();
    assert!(requests.len() > 4000, "{}", requests.len());
    for request in &requests {
        laws::encode_into(request.as_bytes());
    }
}

#[test]
fn packs_in_json_read_as_they_are_written() {
    assert_eq!(replay(laws::pack_json, "fuzz/corpus/pack_json"), 53);
}

#[test]
fn packs_in_cbor_read_as_they_are_written() {
    assert_eq!(replay(laws::pack_cbor, "fuzz/corpus/pack_cbor"), 36);
}

#[test]
fn definitions_are_refused_at_the_first_fault_of_all() {
    assert_eq!(replay(laws::definition, "fuzz/corpus/definition"), 8);
}

#[test]
fn frames_encode_as_they_preview() {
    assert_eq!(replay(laws::frame, "fuzz/corpus/frame"), 27);
}

#[test]
fn what_a_payload_reads_as_encodes_to_it() {
    assert_eq!(replay(laws::decode, "fuzz/corpus/decode"), 11);
}

#[test]
fn texts_are_cut_as_the_standard_says() {
    assert_eq!(replay(laws::gsm7, "fuzz/corpus/gsm7"), 8);
}
