//! Laws over every secret argument and variable.

use downlink::contract::{CreateDownlinkRequest, Method as RequestMethod};
use downlink::directory::Binding;
use downlink::encoder::definition::Definition;
use downlink::encoder::{ArgumentDescription, CommandDescription, Count, Domain, Encoder};
use downlink::message::Message;
use downlink::senml::UnixTime;
use downlink::{Downlinks, Engine};
use regex_lite::Regex;

use super::device::binding;
use super::sample::{inside, records};
use super::{NOW, definitions, engine, pack_text};

/// The catalogue had as many secret arguments, secret variables, and other variables.
const ARGUMENTS: usize = 41;
const SECRET_VARIABLES: usize = 10;
const OPEN_VARIABLES: usize = 26;

/// Digits that stand in no frame, and a number of them.
const DIGITS: &str = "271828182845904523536028747135266249";
const NUMBER: u32 = 271_828;
const LETTERS: &str = "Zq7XwZq7XwZq7XwZq7XwZq7XwZq7XwZq7Xw";
const HEX: &str = "C3D2E1F0B4A596877869C3D2E1F0B4A59687";

/// A secret as it may stand in an instruction, a device or a message.
struct Secret {
    /// The fields of a record that give it.
    value: String,
    /// What must not be seen of it: texts, and bytes.
    texts: Vec<String>,
    bytes: Vec<Vec<u8>>,
}

impl Secret {
    fn text(text: &str) -> Self {
        Self {
            value: format!(r#""vs":"{text}""#),
            texts: vec![text.to_owned(), hex::encode(text)],
            bytes: vec![text.as_bytes().to_vec()],
        }
    }

    /// A value of an argument; its length is as long as it may be, so that none is seen by chance.
    fn of(domain: &Domain) -> Self {
        let longest = |length: &Count| length.max.min(16);
        match domain {
            Domain::Text { length, .. } => Self::text(&DIGITS[..longest(length)]),
            Domain::Hex { length } => {
                let digits = &HEX[..2 * longest(length)];
                Self {
                    value: format!(r#""vs":"{digits}""#),
                    texts: vec![digits.to_owned()],
                    bytes: vec![hex::decode(digits).unwrap()],
                }
            }
            Domain::Number { .. } => {
                let [_, bytes @ ..] = NUMBER.to_be_bytes();
                let mut turned = bytes;
                turned.reverse();
                Self {
                    value: format!(r#""v":{NUMBER}"#),
                    texts: vec![NUMBER.to_string(), hex::encode(bytes), hex::encode(turned)],
                    bytes: vec![NUMBER.to_string().into(), bytes.into(), turned.into()],
                }
            }
            other => panic!("a secret of a kind that the test does not know: {other:?}"),
        }
    }

    fn is_in_text(&self, shown: &str) -> bool {
        let shown = shown.to_lowercase();
        let mut texts = self.texts.iter().map(|text| text.to_lowercase());
        texts.any(|text| shown.contains(&text))
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        let mut secrets = self.bytes.iter();
        secrets.any(|it| bytes.windows(it.len()).any(|window| window == it))
    }
}

/// A value for a variable, as long as its pattern admits.
fn value_of_pattern(pattern: Option<&str>) -> String {
    let pattern = Regex::new(&format!("^(?:{})$", pattern.unwrap_or(".*"))).unwrap();
    let lengths = (1..=16).rev();
    lengths
        .flat_map(|length| {
            let (letters, digits) = (&LETTERS[..length], &DIGITS[..length]);
            [letters.to_owned(), digits.to_owned(), format!("{letters}/")]
        })
        .find(|text| pattern.is_match(text))
        .expect("a value for the pattern")
}

fn request(text: &str, definition: &Definition) -> CreateDownlinkRequest<'static> {
    let method = RequestMethod::from(definition.protocol());
    CreateDownlinkRequest::new(text, method)
        .unwrap()
        .into_owned()
}

/// What a command is sent as, with this value for one argument.
fn sent(
    engine: &Engine,
    definition: &Definition,
    binding: &Binding,
    (command, changed): (&CommandDescription, Option<(&ArgumentDescription, &Secret)>),
) -> (CreateDownlinkRequest<'static>, Downlinks) {
    let records = records(command, &mut |argument| match changed {
        Some((changed, secret)) if changed.name == argument.name => secret.value.clone(),
        _ => inside(&argument.domain, 0.0),
    });
    let request = request(&pack_text(definition, &records), definition);
    let now = UnixTime::from_seconds(NOW);
    let downlinks = engine.encode(&request, binding, now).unwrap();
    (request, downlinks)
}

fn payload(message: &Message) -> &[u8] {
    match message {
        Message::Lora(downlink) => downlink.frm_payload(),
        Message::Mqtt(publish) => publish.payload.as_bytes(),
        Message::Sms(submit) => submit.text().as_bytes(),
        Message::Http(content) => content.body.as_bytes(),
        _ => panic!("a protocol that the test does not know"),
    }
}

fn topic(message: &Message) -> &[u8] {
    match message {
        Message::Mqtt(publish) => publish.topic.as_str().as_bytes(),
        _ => &[],
    }
}

/// The secret is in what is sent and in nothing that is shown; says in how many messages it is.
fn assert_is_hidden(
    secret: &Secret,
    binding: &Binding,
    (request, downlinks): (&CreateDownlinkRequest<'_>, &Downlinks),
    place: &str,
) -> usize {
    let mut seen = 0;
    for part in downlinks.parts() {
        if secret.is_in(payload(part.message())) || secret.is_in(topic(part.message())) {
            seen += 1;
            assert!(part.holds_secret(), "{place}");
        }
        let masked = serde_json::to_value(part.masked_document().unwrap()).unwrap();
        assert!(!secret.is_in_text(&masked.to_string()), "{place}: {masked}");
        let message = &masked["message"];
        if let Some(hex) = message["payloadHex"].as_str() {
            assert!(
                !secret.is_in(&hex::decode(hex).unwrap()),
                "{place}: {masked}"
            );
        }
        assert_ne!(message["type"], "binary", "{place}: decode base64 here too");
    }
    let preview = engine().preview(request, binding, UnixTime::from_seconds(NOW));
    let shown = format!("{preview}{}", serde_json::to_string(&preview).unwrap());
    assert!(!secret.is_in_text(&shown), "{place}: {shown}");
    let message = downlinks.masked_message(request);
    assert!(!secret.is_in_text(&message), "{place}: {message}");
    seen
}

#[test]
fn a_secret_argument_is_in_what_is_sent_and_in_nothing_that_is_shown() {
    let engine = engine();
    let mut arguments = 0;
    for definition in definitions() {
        let binding = binding(definition);
        for command in definition.commands() {
            for argument in command.arguments.iter().filter(|it| it.is_secret) {
                arguments += 1;
                let place = format!("{} {}/{}", definition.id(), command.name, argument.name);
                let secret = Secret::of(&argument.domain);
                let changed = Some((argument, &secret));
                let (request, downlinks) = sent(engine, definition, &binding, (&command, changed));
                let seen = assert_is_hidden(&secret, &binding, (&request, &downlinks), &place);
                assert_eq!(seen, 1, "{place}");
                let message = downlinks.masked_message(&request);
                assert!(message.contains(r#":"***"}"#), "{place}: {message}");
            }
        }
    }
    assert_eq!(arguments, ARGUMENTS);
}

/// The value is in what some command sends, and in nothing that is shown of any.
fn assert_variable_is_hidden(
    definition: &Definition,
    binding: &Binding,
    (name, value): (&str, &str),
) {
    let secret = Secret::text(value);
    let mut seen = 0;
    for command in definition.commands() {
        let place = format!("{} {} ${name}", definition.id(), command.name);
        let (request, downlinks) = sent(engine(), definition, binding, (&command, None));
        seen += assert_is_hidden(&secret, binding, (&request, &downlinks), &place);
    }
    assert!(seen > 0, "{} ${name}", definition.id());
}

#[test]
fn a_secret_variable_is_in_what_is_sent_and_in_nothing_that_is_shown() {
    let mut variables = 0;
    for definition in definitions() {
        let declared = definition.variables();
        for variable in declared.declared().iter().filter(|it| it.is_secret) {
            variables += 1;
            let value = value_of_pattern(variable.pattern.as_deref());
            let binding = binding(definition).with_variable(&variable.name, &value);
            assert_variable_is_hidden(definition, &binding, (&variable.name, &value));
        }
    }
    assert_eq!(variables, SECRET_VARIABLES);
}

#[test]
fn a_variable_that_only_the_binding_marks_as_secret_is_not_shown_either() {
    let mut variables = 0;
    for definition in definitions() {
        let declared = definition.variables();
        for variable in declared.declared().iter().filter(|it| !it.is_secret) {
            variables += 1;
            let value = value_of_pattern(variable.pattern.as_deref());
            let binding = binding(definition).with_secret_variable(&variable.name, &value);
            assert_variable_is_hidden(definition, &binding, (&variable.name, &value));
        }
    }
    assert_eq!(variables, OPEN_VARIABLES);
}

#[test]
fn what_has_no_secret_is_shown_as_it_is_sent() {
    let engine = engine();
    let mut compared = 0;
    for definition in definitions() {
        let has_variables = definition
            .variables()
            .declared()
            .iter()
            .any(|it| it.is_secret);
        let binding = binding(definition);
        if has_variables || definition.id() == super::WITHOUT_PORT {
            continue;
        }
        let commands = definition.commands();
        let is_open = |it: &&CommandDescription| !it.arguments.iter().any(|it| it.is_secret);
        let Some(command) = commands.iter().find(is_open) else {
            continue;
        };
        let (request, downlinks) = sent(engine, definition, &binding, (command, None));
        assert_eq!(downlinks.masked_message(&request), request.message());
        for part in downlinks.parts() {
            compared += 1;
            assert!(!part.holds_secret());
            assert_eq!(part.document().unwrap(), part.masked_document().unwrap());
        }
    }
    assert!(compared >= 290, "{compared}");
}
