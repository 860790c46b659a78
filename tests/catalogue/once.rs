//! What must not be sent twice is marked so.

use std::collections::BTreeSet;

use downlink::encoder::{ArgumentDescription, CommandDescription, Domain};

use super::definitions;

/// Words of names that tell that twice is not the same as once; the plural counts too.
const WORDS: [&str; 6] = [
    "toggle",
    "step",
    "increment",
    "pulse",
    "dispense",
    // As one vendor spells it.
    "pluse",
];

/// The catalogue had as many commands and names of enumerations that are marked.
const MARKED: usize = 50;

/// The names with such a word that may be sent twice, `encoder name`, `encoder command/argument` or
/// `encoder command/argument name`, and why.
const REPEATABLE: &[(&str, &str)] = &[
    (
        "dragino/lsn50 confirm_retries/increment",
        "sets whether repetitions are counted",
    ),
    (
        "dragino/lsn50 max_nbtrans/increment",
        "sets whether repetitions are counted",
    ),
    (
        "dragino/sn50v3 confirm_retries/increment",
        "sets whether repetitions are counted",
    ),
    (
        "dragino/sn50v3 max_nbtrans/increment",
        "sets whether repetitions are counted",
    ),
    ("greenme/cube configure/show_toggle", "sets what is shown"),
    (
        "greenme/cube display/end_on_toggle",
        "sets when the display ends",
    ),
    (
        "milesight/uc51x-v3 valve_power_supply_config/control_pulse_time",
        "sets how long the drive has power",
    ),
    (
        "milesight/uc51x-v4 valve_power_supply_config/control_pulse_time",
        "sets how long the drive has power",
    ),
    (
        "netvox/r718h SetPulseCounterClearModeReq/PulseCounterClearMode",
        "sets when the counter is cleared",
    ),
    (
        "netvox/r900a01 ConfigDigitalOutPutReq/OutPulseTime",
        "sets what an alarm does",
    ),
    (
        "netvox/r900pb02 ConfigDryContactPointOutReq/OutPluseTime",
        "sets what an alarm does",
    ),
    (
        "netvox/r900pb03 ConfigDryContactPointOutReq/OutPluseTime",
        "sets what an alarm does",
    ),
    (
        "netvox/r900pd01 ConfigDryContactPointOutReq/OutPluseTime",
        "sets what an alarm does",
    ),
    (
        "shelly/gen2-rpc Switch.Set/toggle_after",
        "counts from the last message",
    ),
    (
        "shelly/gen2-switch Switch.Set/toggle_after",
        "counts from the last message",
    ),
    (
        "tektelic/comfort-4 ml_config/ml_step",
        "sets a parameter of the light",
    ),
    (
        "tektelic/comfort-4 ml1_dlim_config/ml1_dlim_step",
        "sets a parameter of the light",
    ),
    (
        "tektelic/comfort-4 ml2_dlim_config/ml2_dlim_step",
        "sets a parameter of the light",
    ),
    ("heltec/hri-3633 query_pulse_counter", "reads the counter"),
    ("mclimate/fct getTargetTemperatureStep", "reads a setting"),
    (
        "mclimate/fct setTargetTemperatureStep",
        "sets how far a press of a button goes",
    ),
    (
        "mclimate/wireless-thermostat getTargetTemperatureStep",
        "reads a setting",
    ),
    (
        "mclimate/wireless-thermostat setTargetTemperatureStep",
        "sets how far a press of a button goes",
    ),
    ("milesight/em300-di pulse_filter_enable", "sets a filter"),
    ("milesight/uc51x-v4 pulse_filter_config", "sets a filter"),
    ("milesight/vs370 pir_pulse_times", "sets a threshold"),
    (
        "netvox/r718h GetPulseCounterClearModeReq",
        "reads a setting",
    ),
    (
        "netvox/r718h SetPulseCounterClearModeReq",
        "sets when the counter is cleared",
    ),
    (
        "netvox/r831 SetSwitchTypeReq/switchType Toggle",
        "sets the type of the switch on the wall",
    ),
    (
        "sonoff/diy-pulse pulse-on",
        "sets that the relay goes off again",
    ),
    ("sonoff/diy-pulse pulse-off", "sets that the relay stays on"),
    (
        "tasmota/tasmota PowerOnState/state pulse",
        "sets what happens when power comes back",
    ),
    (
        "tasmota/tasmota PowerOnState/state toggle",
        "sets what happens when power comes back",
    ),
    (
        "tasmota/tasmota PulseTime",
        "sets after which time the relay goes off",
    ),
    (
        "tasmota/tasmota PulseTime-short",
        "sets after which time the relay goes off",
    ),
];

/// The words of a name: it is split where the case changes, and at all that is no letter.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let characters: Vec<char> = name.chars().collect();
    for (at, character) in characters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| characters[before]);
        let is_upper = character.is_uppercase();
        let follows_lower = before.is_some_and(char::is_lowercase);
        let leads_lower = characters.get(at + 1).is_some_and(|it| it.is_lowercase());
        if !character.is_alphabetic() || is_upper && (follows_lower || leads_lower) {
            words.push(String::new());
        }
        if character.is_alphabetic() {
            words.last_mut().unwrap().extend(character.to_lowercase());
        }
    }
    words
}

fn is_suspect(name: &str) -> bool {
    let is_meant = |word: &String| WORDS.contains(&word.strip_suffix('s').unwrap_or(word));
    words(name).iter().any(is_meant)
}

/// Each name of the argument, and whether it is marked.
fn names(argument: &ArgumentDescription) -> Vec<(&str, bool)> {
    let names = match &argument.domain {
        Domain::Enumeration { names } | Domain::Number { names, .. } => names.as_slice(),
        _ => &[],
    };
    let is_marked = |name: &String| argument.once.contains(name);
    names
        .iter()
        .map(|it| (it.as_str(), is_marked(it)))
        .collect()
}

/// The command, its arguments and each name of theirs, and whether it is marked.
fn all(command: &CommandDescription) -> Vec<(String, bool, bool)> {
    let name = &command.name;
    let mut all = vec![(name.clone(), is_suspect(name), command.is_once)];
    for argument in &command.arguments {
        let place = format!("{name}/{}", argument.name);
        let is_marked = command.is_once || !argument.once.is_empty();
        all.push((place, is_suspect(&argument.name), is_marked));
        for (choice, is_marked) in names(argument) {
            let place = format!("{name}/{} {choice}", argument.name);
            all.push((place, is_suspect(choice), is_marked));
        }
    }
    all
}

#[test]
fn a_name_is_split_into_its_words() {
    for (name, expected) in [
        ("Switch.Toggle", vec!["switch", "toggle"]),
        (
            "valve_task_for_pulses",
            vec!["valve", "task", "for", "pulses"],
        ),
        ("setTargetStep2", vec!["set", "target", "step"]),
        ("PIRPulse", vec!["pir", "pulse"]),
        ("TOGGLE", vec!["toggle"]),
    ] {
        let words: Vec<String> = words(name)
            .into_iter()
            .filter(|it| !it.is_empty())
            .collect();
        assert_eq!(words, expected);
    }
    assert!(!is_suspect("footstep") && !is_suspect("steppe"));
}

#[test]
fn what_must_not_be_sent_twice_is_marked() {
    let (mut marked, mut unmarked) = (0, BTreeSet::new());
    for definition in definitions() {
        for command in definition.commands() {
            let names = command.arguments.iter().map(|it| it.once.len());
            marked += usize::from(command.is_once) + names.sum::<usize>();
            for (place, is_suspect, is_marked) in all(&command) {
                if is_suspect && !is_marked {
                    unmarked.insert(format!("{} {place}", definition.id()));
                }
            }
        }
    }
    let known: BTreeSet<String> = REPEATABLE.iter().map(|(it, _)| (*it).to_owned()).collect();
    assert_eq!(
        unmarked, known,
        "mark it with `once`, or say why it may be sent twice"
    );
    assert_eq!(REPEATABLE.len(), 35);
    assert_eq!(marked, MARKED);
}
