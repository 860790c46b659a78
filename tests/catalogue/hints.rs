//! Hints name what was meant: never the opposite, never another thing.

use downlink::directory::Binding;
use downlink::encoder::definition::Definition;
use downlink::encoder::{ArgumentDescription, Domain, Encoder};
use downlink::error::{Code, Error};
use downlink::senml::{Pack, UnixTime};

use super::device::binding;
use super::sample::record;
use super::{NOW, REGISTRY, definitions, engine, method, pack_text, with};

/// Words that say the opposite of each other.
const ANTONYMS: [(&str, &str); 67] = [
    ("above", "below"),
    ("absolute", "relative"),
    ("active", "inactive"),
    ("activate", "deactivate"),
    ("add", "remove"),
    ("after", "before"),
    ("arm", "disarm"),
    ("ascending", "descending"),
    ("attach", "detach"),
    ("begin", "end"),
    ("bottom", "top"),
    ("clear", "set"),
    ("close", "open"),
    ("closed", "opened"),
    ("closing", "opening"),
    ("cold", "hot"),
    ("connect", "disconnect"),
    ("cool", "heat"),
    ("cooling", "heating"),
    ("day", "night"),
    ("decode", "encode"),
    ("decrease", "increase"),
    ("decreasing", "increasing"),
    ("decrement", "increment"),
    ("disable", "enable"),
    ("disabled", "enabled"),
    ("down", "up"),
    ("dry", "wet"),
    ("east", "west"),
    ("even", "odd"),
    ("external", "internal"),
    ("fall", "rise"),
    ("falling", "rising"),
    ("false", "true"),
    ("fast", "slow"),
    ("first", "last"),
    ("get", "set"),
    ("high", "low"),
    ("import", "export"),
    ("in", "out"),
    ("indoor", "outdoor"),
    ("input", "output"),
    ("inside", "outside"),
    ("join", "leave"),
    ("left", "right"),
    ("load", "unload"),
    ("lock", "unlock"),
    ("locked", "unlocked"),
    ("lower", "upper"),
    ("master", "slave"),
    ("max", "min"),
    ("maximum", "minimum"),
    ("mute", "unmute"),
    ("no", "yes"),
    ("north", "south"),
    ("occupied", "unoccupied"),
    ("off", "on"),
    ("over", "under"),
    ("pause", "resume"),
    ("public", "private"),
    ("read", "write"),
    ("receive", "send"),
    ("reset", "set"),
    ("rx", "tx"),
    ("show", "hide"),
    ("start", "stop"),
    ("summer", "winter"),
];
/// What makes the opposite of a word in front of it.
const NEGATIONS: [&str; 3] = ["un", "de", "dis"];

/// As many names were tried of each kind, the catalogue only grows.
const COMMANDS: usize = 52_988;
const ARGUMENTS: usize = 47_341;
const NAMES: usize = 44_555;
const VARIABLES: usize = 187;
const ENCODERS: usize = 5_595;

/// Texts that are not this name, but what it could be mistaken for.
struct Others<'n> {
    name: &'n str,
    known: &'n [&'n str],
}

impl Others<'_> {
    /// The opposites of the name, and other numbers of what it is of.
    fn all(&self) -> Vec<String> {
        let mut all = self.opposites();
        all.extend(self.negations());
        all.extend(other_numbers(self.name));
        all.retain(|other| !self.known.contains(&other.as_str()));
        all.sort();
        all.dedup();
        all
    }

    fn opposites(&self) -> Vec<String> {
        let both = ANTONYMS.iter().flat_map(|(a, b)| [(*a, *b), (*b, *a)]);
        let replaced = both.flat_map(|(from, to)| {
            let places = words(self.name).filter(move |word| word.eq_ignore_ascii_case(from));
            places.map(move |word| replace(self.name, word, &as_written(word, to)))
        });
        replaced.collect()
    }

    fn negations(&self) -> Vec<String> {
        let mut all = Vec::new();
        for word in words(self.name) {
            for negation in NEGATIONS {
                let negated = as_written(word, &format!("{negation}{}", word.to_lowercase()));
                all.push(replace(self.name, word, &negated));
                let lower = word.to_lowercase();
                if let Some(rest) = lower.strip_prefix(negation).filter(|it| !it.is_empty()) {
                    all.push(replace(self.name, word, &as_written(word, rest)));
                }
            }
        }
        all
    }
}

/// The words of a name: split where the case changes, and at all that is no letter.
fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|it: char| !it.is_alphabetic())
        .flat_map(|word| {
            let starts = word.char_indices().filter(|(at, it)| {
                let before = word[..*at].chars().next_back();
                let after = word[*at..].chars().nth(1);
                it.is_uppercase()
                    && (before.is_some_and(char::is_lowercase)
                        || after.is_some_and(char::is_lowercase))
            });
            let mut ends: Vec<usize> = starts.map(|(at, _)| at).collect();
            ends.push(word.len());
            let mut start = 0;
            ends.into_iter().map(move |end| {
                let piece = &word[start..end];
                start = end;
                piece
            })
        })
        .filter(|word| !word.is_empty())
}

/// The name with another word in the place of this one, which is a part of it.
fn replace(name: &str, word: &str, other: &str) -> String {
    let start = word.as_ptr().addr() - name.as_ptr().addr();
    format!("{}{other}{}", &name[..start], &name[start + word.len()..])
}

/// The other word, in upper and lower case as this one.
fn as_written(word: &str, other: &str) -> String {
    let (first, rest) = other.split_at(1);
    if word.chars().all(char::is_uppercase) {
        other.to_uppercase()
    } else if word.starts_with(char::is_uppercase) {
        format!("{}{rest}", first.to_uppercase())
    } else {
        other.to_owned()
    }
}

/// The name with each of its numbers changed, left out, and with a number more.
fn other_numbers(name: &str) -> Vec<String> {
    let mut all = vec![format!("{name}2"), format!("{name}_2")];
    for (at, digit) in name.match_indices(|it: char| it.is_ascii_digit()) {
        let rest = &name[at + 1..];
        let next = if digit == "9" { "8" } else { "9" };
        all.push(format!("{}{rest}", &name[..at]));
        all.push(format!("{}{next}{rest}", &name[..at]));
        all.push(format!("{}{digit}{digit}{rest}", &name[..at]));
    }
    all
}

/// How many names there were that none of the hints named.
fn count(name: &str, known: &[&str], ask: impl Fn(&str) -> Error) -> usize {
    let others = Others { name, known }.all();
    for other in &others {
        let error = ask(other);
        let hint = error
            .diagnostic()
            .hint
            .as_ref()
            .map_or("", |it| it.as_str());
        let named = hint
            .strip_prefix("did you mean `")
            .and_then(|it| it.strip_suffix("`?"));
        assert_ne!(named, Some(name), "the hint for `{other}`: {error}");
        if let Some(named) = named {
            let digits = |text: &str| text.matches(|it: char| it.is_ascii_digit()).count();
            assert_eq!(
                digits(named),
                digits(other),
                "the hint for `{other}`: {error}"
            );
        }
    }
    others.len()
}

/// A device of a definition, made ready once for many instructions.
struct Device {
    definition: &'static Definition,
    binding: Binding,
}

impl Device {
    fn all() -> impl Iterator<Item = Self> {
        definitions().into_iter().map(|definition| Self {
            definition,
            binding: binding(definition),
        })
    }

    fn refusal(&self, records: &[String]) -> Error {
        let text = pack_text(self.definition, records);
        let pack = Pack::from_json(text.as_bytes()).unwrap();
        let (method, now) = (method(self.definition), UnixTime::from_seconds(NOW));
        let sent = engine().encode_pack(&pack, &method, &self.binding, now);
        sent.expect_err("no such name")
    }
}

#[test]
fn no_hint_names_the_opposite_of_a_command_or_another_one() {
    let mut tried = 0;
    for device in Device::all() {
        let commands = device.definition.commands();
        let known: Vec<&str> = commands.iter().map(|it| &*it.name).collect();
        for command in &commands {
            tried += count(&command.name, &known, |other| {
                device.refusal(&[record(other, r#""vb":true"#)])
            });
        }
    }
    assert!(tried >= COMMANDS, "{tried}");
}

#[test]
fn no_hint_names_the_opposite_of_an_argument_or_another_one() {
    let mut tried = 0;
    for device in Device::all() {
        for command in device.definition.commands() {
            let known: Vec<&str> = command.arguments.iter().map(|it| &*it.name).collect();
            for argument in &command.arguments {
                tried += count(&argument.name, &known, |other| {
                    let path = format!("{}/{other}", command.name);
                    let error = device.refusal(&[record(&path, r#""vb":true"#)]);
                    assert_eq!(error.code(), Code::EncodeUnknownArgument, "{error}");
                    error
                });
            }
        }
    }
    assert!(tried >= ARGUMENTS, "{tried}");
}

/// The names of an enumeration, and those that a number has.
fn names(argument: &ArgumentDescription) -> Vec<&str> {
    match &argument.domain {
        Domain::Enumeration { names } | Domain::Number { names, .. } => {
            names.iter().map(String::as_str).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn no_hint_names_the_opposite_of_a_value_or_another_one() {
    let mut tried = 0;
    for device in Device::all() {
        for command in device.definition.commands() {
            for argument in &command.arguments {
                let known = names(argument);
                for name in &known {
                    tried += count(name, &known, |other| {
                        let value = format!(r#""vs":"{other}""#);
                        let error = device.refusal(&with(&command, argument, &value));
                        assert_eq!(error.code(), Code::EncodeUnknownEnum, "{error}");
                        error
                    });
                }
            }
        }
    }
    assert!(tried >= NAMES, "{tried}");
}

#[test]
fn no_hint_names_the_opposite_of_a_variable_or_another_one() {
    let mut tried = 0;
    for definition in definitions() {
        let variables = definition.variables();
        let known: Vec<&str> = variables.declared().iter().map(|it| &*it.name).collect();
        for name in &known {
            tried += count(name, &known, |other| {
                let bound = binding(definition).with_variable(other, "x");
                let error = REGISTRY.bound(&bound).expect_err("no such variable");
                assert_eq!(error.code(), Code::DevicesVariable);
                error
            });
        }
    }
    assert!(tried >= VARIABLES, "{tried}");
}

#[test]
fn no_hint_names_another_encoder_for_a_model() {
    let known: Vec<&str> = REGISTRY.iter().map(Encoder::id).collect();
    let ask = |id: &str| REGISTRY.get(id).expect_err("no such encoder");
    let mut tried = 0;
    for id in &known {
        tried += count(id, &known, ask);
        for model in neighbors(id)
            .iter()
            .filter(|it| !known.contains(&it.as_str()))
        {
            let error = ask(model);
            assert!(!error.to_string().contains("did you mean"), "{error}");
            tried += 1;
        }
    }
    assert!(tried >= ENCODERS, "{tried}");
}

/// The id with another letter at the end of each word that has a digit.
fn neighbors(id: &str) -> Vec<String> {
    let words = id
        .split(['/', '-', '_'])
        .filter(|it| it.contains(|it: char| it.is_ascii_digit()));
    let neighbors = words.flat_map(|word| {
        let start = word.as_ptr().addr() - id.as_ptr().addr();
        let end = start + word.len();
        ["y", "z"].map(|letter| {
            [
                format!("{}{letter}{}", &id[..end], &id[end..]),
                format!("{}{letter}{}", &id[..end - 1], &id[end..]),
            ]
        })
    });
    neighbors.flatten().collect()
}

#[test]
fn an_unknown_device_is_refused_without_the_name_of_another() {
    let known = "urn:dev:DEVEUI:0000000000000001:";
    let mut bindings = downlink::directory::Bindings::default();
    bindings.insert(known.parse().unwrap(), Binding::new("generic/raw"));
    let asked = "urn:dev:DEVEUI:0000000000000002:".parse().unwrap();
    let error = downlink::directory::Directory::binding(&bindings, asked).unwrap_err();
    assert!(
        !format!("{:?}", error.diagnostic()).contains(known),
        "{error}"
    );
}
