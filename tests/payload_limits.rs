//! What LoRaWAN carries: every published figure, and what a refusal says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use downlink::error::Code;
use downlink::message::lora::{DataRate, PayloadLimit, Region};
use proptest::prelude::*;

/// The longest application payload for each data rate from DR0 on: what networks send, `u` for
/// uplink only, `-` for none. Figures of the LoRaWAN Regional Parameters as the reference stack
/// (LoRaMac-node, February 2024) and The Things Stack's bands of RP002-1.0.3 have them.
const SIZES: &str = "
    EU868   51 51 51 115 242 242 242 242 u u u u - - - -
    EU433   51 51 51 115 242 242 242 242 - - - - - - - -
    CN779   51 51 51 115 242 242 242 242 - - - - - - - -
    IN865   51 51 51 115 242 242 242 242 - - - - - - - -
    RU864   51 51 51 115 242 242 242 242 - - - - - - - -
    KR920   51 51 51 115 242 242 - - - - - - - - - -
    AS923   0 0 11 53 125 242 242 242 - - - - - - - -
    AU915   u u u u u u u - 53 129 242 242 242 242 - -
    US915   u u u u u - - - 53 129 242 242 242 242 - -
    CN470   0 23 86 184 242 242 242 242 - - - - - - - -
    ISM2400 51 115 240 240 240 240 240 240 - - - - - - - -
";

/// What the second receive window carries by default, and its data rate.
const RX2: &str = "
    EU868 51 DR0
    EU433 51 DR0
    CN779 51 DR0
    IN865 51 DR2
    RU864 51 DR0
    KR920 51 DR0
    AS923 11 DR2
    AU915 53 DR8
    US915 53 DR8
    CN470 23 DR1
    ISM2400 51 DR0
";

#[test]
fn every_cell_of_the_table_is_the_published_one() {
    let mut cells = 0;
    for (region, row) in rows(SIZES) {
        for (number, cell) in row.iter().enumerate() {
            let data_rate = DataRate::new(i128::try_from(number).unwrap()).unwrap();
            let limit = PayloadLimit::for_data_rate(region, data_rate);
            match *cell {
                "u" => assert!(limit.unwrap_err().to_string().contains("is uplink-only")),
                "-" => assert!(limit.unwrap_err().to_string().contains("does not exist")),
                bytes => assert_eq!(
                    limit.unwrap().bytes().to_string(),
                    bytes,
                    "{region} {number}"
                ),
            }
            cells += 1;
        }
    }
    assert_eq!(cells, Region::ALL.len() * 16);
}

#[test]
fn a_region_alone_gives_what_its_second_window_carries() {
    let mut seen = 0;
    for (region, row) in rows(RX2) {
        let limit = PayloadLimit::for_region(region);
        assert_eq!(limit.bytes().to_string(), row[0], "{region}");
        assert!(
            limit
                .to_string()
                .ends_with(&format!("({region} RX2 default {})", row[1]))
        );
        let same = PayloadLimit::for_data_rate(region, region.rx2_default()).unwrap();
        assert_eq!(limit.bytes(), same.bytes(), "{region}");
        seen += 1;
    }
    assert_eq!(seen, Region::ALL.len());
}

fn rows(table: &str) -> impl Iterator<Item = (Region, Vec<&str>)> {
    table
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let mut words = line.split_whitespace();
            (words.next().unwrap().parse().unwrap(), words.collect())
        })
}

#[test]
fn a_limit_says_where_it_comes_from() {
    let dr0 = DataRate::new(0).unwrap();
    for (limit, text) in [
        (
            PayloadLimit::unknown(),
            "51 bytes (region and data rate unknown: the smallest limit)",
        ),
        (
            PayloadLimit::for_region(Region::Us915),
            "53 bytes (US915 RX2 default DR8)",
        ),
        (
            PayloadLimit::for_data_rate(Region::Eu868, dr0).unwrap(),
            "51 bytes (EU868 DR0)",
        ),
        (
            PayloadLimit::explicit(1).unwrap(),
            "1 byte (set for the device)",
        ),
    ] {
        assert_eq!(limit.to_string(), text);
    }
}

#[test]
fn a_payload_that_is_too_long_is_told_what_would_carry_it() {
    let eu868 = PayloadLimit::for_region(Region::Eu868);
    let ism2400 = PayloadLimit::for_region(Region::Ism2400);
    for (limit, len, text) in [
        (
            eu868,
            52,
            "the payload has 52 bytes, expected at most 51 bytes (EU868 RX2 default DR0); \
             EU868 DR3 carries 115 bytes",
        ),
        (
            ism2400,
            241,
            "the payload has 241 bytes, expected at most 51 bytes (ISM2400 RX2 default DR0); \
             no data rate of ISM2400 carries that",
        ),
        (
            PayloadLimit::unknown(),
            243,
            "the payload has 243 bytes, expected at most 51 bytes (region and data rate \
             unknown: the smallest limit); no data rate carries more than 242",
        ),
        (
            PayloadLimit::unknown(),
            52,
            "the payload has 52 bytes, expected at most 51 bytes (region and data rate \
             unknown: the smallest limit); set the device's region and data rate if the network carries more",
        ),
        (
            PayloadLimit::explicit(20).unwrap(),
            21,
            "the payload has 21 bytes, expected at most 20 bytes (set for the device)",
        ),
    ] {
        let error = limit.check(len).unwrap_err();
        assert_eq!(error.code(), Code::LimitPayload);
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn a_maximum_payload_is_1_to_242_bytes() {
    let taken: Vec<i128> = (-5..300)
        .filter(|&bytes: &i128| PayloadLimit::explicit(bytes).is_ok())
        .collect();
    assert_eq!(taken, (1..=242).collect::<Vec<i128>>());
    assert_eq!(
        PayloadLimit::explicit(0).unwrap_err().code(),
        Code::DevicesMaxPayload
    );
}

#[test]
fn a_data_rate_that_does_not_serve_is_told_those_that_do() {
    let error = PayloadLimit::for_data_rate(Region::Us915, DataRate::new(3).unwrap()).unwrap_err();
    assert_eq!(error.code(), Code::DevicesDataRate);
    assert_eq!(
        error.to_string(),
        "DR3 is uplink-only in US915, expected DR8, DR9, DR10, DR11, DR12 or DR13"
    );
    assert_eq!(DataRate::new(16).unwrap_err().code(), Code::DevicesDataRate);
    assert_eq!(DataRate::new(-1).unwrap_err().code(), Code::DevicesDataRate);
}

#[test]
fn names_are_found_and_slips_are_hinted() {
    for &region in Region::ALL {
        assert_eq!(region.as_str().parse(), Ok(region));
    }
    let error = "eu868".parse::<Region>().unwrap_err();
    assert_eq!(error.code(), Code::DevicesRegion);
    assert_eq!(
        error.diagnostic().hint.as_deref(),
        Some("did you mean `EU868`?")
    );
}

proptest! {
    #[test]
    fn the_hint_names_the_lowest_data_rate_that_carries_it(
        region in proptest::sample::select(Region::ALL), len in 0_usize..=242,
    ) {
        let limit = PayloadLimit::for_region(region);
        let carries = |number: i128| {
            let data_rate = DataRate::new(number).unwrap();
            let bytes = PayloadLimit::for_data_rate(region, data_rate).ok()?.bytes();
            (bytes >= len).then(|| format!("{region} {data_rate} carries {bytes} bytes"))
        };
        match limit.check(len) {
            Ok(()) => prop_assert!(len <= limit.bytes()),
            Err(error) => {
                prop_assert!(len > limit.bytes());
                let lowest = (0..16).find_map(carries);
                let hint = lowest.unwrap_or(format!("no data rate of {region} carries that"));
                prop_assert_eq!(error.diagnostic().hint.as_deref(), Some(&*hint));
            }
        }
    }
}
