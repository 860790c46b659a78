//! No flag is invented: one that something counts with is asked for, or that something `needs` it.

use std::collections::BTreeSet;

use downlink::encoder::{ArgumentDescription, Domain};

use super::definitions;
use super::once::words;

/// Values with a default beside a flag that enables, which count whatever the flag is, and why.
const BESIDE: &[(&str, &str)] = &[
    (
        "evcc/evcc loadpoints.batteryBoost/id",
        "says which loadpoint",
    ),
    ("laird/rs1xx config/options", "asks for other settings"),
    ("laird/rs1xx rtdConfig/options", "asks for other settings"),
    (
        "milesight/uc51x-v4 valve_task/sequence_id",
        "numbers the task",
    ),
    (
        "queclink/gl300 GTUPC/download_timeout",
        "of the download, not of the report",
    ),
    (
        "queclink/gl300 GTUPC/max_download_retry",
        "of the download, not of the report",
    ),
    (
        "queclink/gl300 GTUPC/update_interval",
        "of the download, not of the report",
    ),
    (
        "twtg/neon-vb-4 transmitter/fragmented_uplink_redundancy_percent",
        "of another feature",
    ),
    (
        "twtg/neon-vb-4 transmitter/time_synchronization_interval_days",
        "of another feature",
    ),
    ("yobiiq/em2101 Status/port", "is the port of the downlink"),
    ("yobiiq/em4301 Status/port", "is the port of the downlink"),
];

/// Flags that enable and have a default, and why.
const DEFAULTED: &[(&str, &str)] = &[
    (
        "abeeway/asset-tracker-2 configFlags/enableLongWifiPayload",
        "one of many bits, each alone",
    ),
    (
        "abeeway/asset-tracker-2 configFlags/gnssHoldOnEnable",
        "one of many bits, each alone",
    ),
    (
        "abeeway/asset-tracker-2 transmitStratCustom/ADREnabled",
        "one of many bits, each alone",
    ),
    ("queclink/gl300 GTUPC/report_enable", "the vendor's default"),
    (
        "twtg/neon-rt-1 base/enable_confirmed_data_message",
        "the vendor's default",
    ),
    (
        "twtg/neon-rt-1 base/enable_confirmed_event_message",
        "the vendor's default",
    ),
    (
        "twtg/neon-tt-4 base/enable_confirmed_data_message",
        "the vendor's default",
    ),
    (
        "twtg/neon-tt-4 base/enable_confirmed_event_message",
        "the vendor's default",
    ),
    (
        "twtg/neon-vb-3 base/enable_confirmed_data_message",
        "the vendor's default",
    ),
    (
        "twtg/neon-vb-3 base/enable_confirmed_event_message",
        "the vendor's default",
    ),
    (
        "twtg/neon-vb-4 transmitter/enable_class_b",
        "the vendor's default",
    ),
];

fn enables(argument: &ArgumentDescription) -> bool {
    let is_meant = |word: &String| ["enable", "enabled", "enables"].contains(&word.as_str());
    matches!(argument.domain, Domain::Boolean) && words(&argument.name).iter().any(is_meant)
}

fn known(list: &[(&str, &str)]) -> BTreeSet<String> {
    list.iter().map(|(place, _)| (*place).to_owned()).collect()
}

#[test]
fn a_value_that_counts_with_a_flag_alone_needs_it() {
    let (mut beside, mut defaulted, mut needing) = (BTreeSet::new(), BTreeSet::new(), 0);
    for definition in definitions() {
        for command in definition.commands() {
            let arguments = &command.arguments;
            let has_flag = arguments.iter().any(enables);
            for argument in arguments {
                needing += usize::from(!argument.needs.is_empty());
                let place = format!("{} {}/{}", definition.id(), command.name, argument.name);
                match &argument.domain {
                    _ if argument.default.is_none() => {}
                    Domain::Boolean if enables(argument) => {
                        defaulted.insert(place);
                    }
                    Domain::Boolean => {}
                    _ if has_flag && argument.needs.is_empty() => {
                        beside.insert(place);
                    }
                    _ => {}
                }
            }
        }
    }
    assert_eq!(
        beside,
        known(BESIDE),
        "give it `needs`, or say why it counts alone"
    );
    assert_eq!(
        defaulted,
        known(DEFAULTED),
        "take the default away, or say whose it is"
    );
    assert_eq!(needing, 5);
}
