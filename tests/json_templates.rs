//! What a JSON template sends is what its tree says, member by member: a law over generated trees.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fmt::Write;

use downlink::contract::CreateDownlinkRequest;
use downlink::directory::Binding;
use downlink::encoder::Registry;
use downlink::engine::Workspace;
use downlink::message::{Message, Payload};
use downlink::senml::UnixTime;
use downlink::{Downlinks, Engine};
use proptest::prelude::*;

/// A template; its arguments are the fields of [`Given`].
#[derive(Clone, Debug)]
enum Template {
    Object(Vec<(String, Template)>),
    Array(Vec<Template>),
    Integer(i32),
    Boolean(bool),
    /// A string that is more than a field.
    Text(String, Option<&'static str>, String),
    /// A value with its type.
    Value(&'static str),
    List,
}

/// What the instruction gives beside `number`, which it always gives.
#[derive(Clone, Debug)]
struct Given {
    number: u8,
    level: Option<u8>,
    mode: Option<u8>,
    note: Option<String>,
    list: Vec<u8>,
}

/// Each argument with its declaration.
const ARGUMENTS: [(&str, &str); 5] = [
    ("number", "{ min = 0, max = 255 }"),
    ("level", "{ min = 0, max = 255, optional = true }"),
    (
        "mode",
        "{ enum = { m0 = 7, m1 = \"se\\\"ven\", m2 = true }, optional = true }",
    ),
    (
        "note",
        "{ type = \"text\", max_len = 99, optional = true, allow = \"\\\"\\\\{}[]\" }",
    ),
    ("list", "{ min = 0, max = 255, optional = true }"),
];

impl Template {
    /// As a definition writes it.
    fn toml(&self) -> String {
        match self {
            Self::Object(members) => {
                let member =
                    |(key, value): &(String, Self)| format!("{} = {}", quoted(key), value.toml());
                format!("{{ {} }}", joined(members.iter().map(member)))
            }
            Self::Array(items) => format!("[{}]", joined(items.iter().map(Self::toml))),
            Self::Integer(number) => number.to_string(),
            Self::Boolean(value) => value.to_string(),
            Self::Text(before, name, behind) => {
                let field = name.map(|name| format!("{{{name}}}")).unwrap_or_default();
                quoted(&[before.replace('{', "{{"), field, behind.replace('{', "{{")].concat())
            }
            Self::Value(name) => quoted(&format!("{{{name}}}")),
            Self::List => quoted("{list...}"),
        }
    }

    /// As it is sent; nothing if it is left out.
    fn sent(&self, given: &Given) -> Option<String> {
        match self {
            Self::Object(members) => {
                let member = |(key, value): &(String, Self)| {
                    Some(format!("{}:{}", quoted(key), value.sent(given)?))
                };
                let sent: Vec<String> = members.iter().filter_map(member).collect();
                let is_there = members.is_empty() || !sent.is_empty();
                is_there.then(|| format!("{{{}}}", sent.join(",")))
            }
            Self::Array(items) => {
                let sent: Vec<String> = items.iter().filter_map(|it| it.sent(given)).collect();
                Some(format!("[{}]", sent.join(",")))
            }
            Self::Integer(number) => Some(number.to_string()),
            Self::Boolean(value) => Some(value.to_string()),
            Self::Text(before, name, behind) => {
                let value = name.and_then(|name| given.value(name)).unwrap_or_default();
                let text: String = serde_json::from_str(&value).unwrap_or(value);
                Some(quoted(&[before.as_str(), &text, behind].concat()))
            }
            Self::Value(name) => given.value(name),
            Self::List => {
                let items: Vec<String> = given.list.iter().map(u8::to_string).collect();
                (!items.is_empty()).then(|| format!("[{}]", items.join(",")))
            }
        }
    }
}

impl Given {
    /// The JSON of an argument.
    fn value(&self, name: &str) -> Option<String> {
        match name {
            "number" => Some(self.number.to_string()),
            "level" => self.level.map(|level| level.to_string()),
            "mode" => self.mode.map(|mode| match mode {
                0 => "7".to_owned(),
                1 => quoted("se\"ven"),
                _ => "true".to_owned(),
            }),
            _ => self.note.as_deref().map(quoted),
        }
    }

    /// The records of the arguments that the template has.
    fn records(&self, toml: &str) -> String {
        let mut records = format!(
            r#"[{{"bn":"urn:dev:DEVEUI:0059AC0000152A2B:","n":"set/number","v":{}}}"#,
            self.number
        );
        let mut add = |name: &str, value: Option<String>| {
            let field = name.split('/').next().unwrap();
            if let Some(value) = value.filter(|_| uses(toml, field)) {
                let _ = write!(records, r#",{{"n":"set/{name}",{value}}}"#);
            }
        };
        add("level", self.level.map(|it| format!("\"v\":{it}")));
        add("mode", self.mode.map(|it| format!("\"vs\":\"m{it}\"")));
        add(
            "note",
            self.note
                .as_ref()
                .map(|it| format!("\"vs\":{}", quoted(it))),
        );
        for (index, value) in self.list.iter().enumerate() {
            add(&format!("list/{index}"), Some(format!("\"v\":{value}")));
        }
        records + "]"
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

fn uses(toml: &str, name: &str) -> bool {
    toml.contains(&format!("{{{name}}}")) || toml.contains(&format!("{{{name}...}}"))
}

/// What a command with this template sends; the topic takes `number`.
fn encoded(toml: &str, given: &Given) -> String {
    match encode(&engine(toml), &given.records(toml)).messages() {
        [Message::Mqtt(publish)] => match &publish.payload {
            Payload::Text(text) => text.clone(),
            payload => panic!("{payload:?}"),
        },
        messages => panic!("{messages:?}"),
    }
}

/// Encodes records, and makes sure that documents written at once are those made of the messages.
fn encode(engine: &Engine, records: &str) -> Downlinks {
    let body = format!(r#"{{"instruction":{records},"method":{{"protocol":"MQTT"}}}}"#);
    let binding = Binding::new("acme/thing");
    let now = UnixTime::from_seconds(0);
    let request = CreateDownlinkRequest::from_json(body.as_bytes()).unwrap();
    let downlinks = engine.encode(&request, &binding, now).unwrap();
    let mut workspace = Workspace::default();
    let written = engine.encode_into(&mut workspace, body.as_bytes(), &binding, now);
    let written = written.unwrap();
    let written = written.iter().map(|it| String::from_utf8_lossy(it.json));
    let made = downlinks.documents().unwrap();
    let made = made.iter().map(|it| serde_json::to_string(it).unwrap());
    assert_eq!(written.collect::<Vec<_>>(), made.collect::<Vec<_>>());
    downlinks
}

/// With the command `set` of this template, and two that share a message.
fn engine(toml: &str) -> Engine {
    let mut definition = format!(
        r#"
format = 1
id = "acme/thing"
title = "Thing"
protocol = "MQTT"
source = "none"
evidence = "manual"

[mqtt]
topic = "t"
join = true

[commands.say]
json = {{ "\"said\"" = "{{text}}" }}
args.text = {{ type = "text", max_len = 99 }}

[commands.count]
json = {{ count = "{{number}}" }}
args.number = {{ min = 0, max = 255 }}

[commands.set]
topic = "t/{{number}}"
json = {toml}
"#
    );
    for (name, declaration) in ARGUMENTS {
        if name == "number" || uses(toml, name) {
            let _ = writeln!(definition, "args.{name} = {declaration}");
        }
    }
    let registry = Registry::builder().definition(&definition);
    let registry = registry.unwrap_or_else(|error| panic!("{error}\n{definition}"));
    Engine::new(registry.build())
}

fn text() -> impl Strategy<Value = String> {
    r#"[a-z"\\{}\[\]é ]{1,6}"#
}

fn template() -> impl Strategy<Value = Template> {
    let name = prop::sample::select(vec!["number", "level", "mode", "note"]);
    let leaf = prop_oneof![
        any::<i32>().prop_map(Template::Integer),
        any::<bool>().prop_map(Template::Boolean),
        (text(), prop::option::of(name.clone()), text())
            .prop_map(|(before, name, behind)| Template::Text(before, name, behind)),
        name.prop_map(Template::Value),
        Just(Template::List),
    ];
    leaf.prop_recursive(4, 24, 5, |inside| {
        prop_oneof![
            prop::collection::vec(inside.clone(), 0..5).prop_map(Template::Array),
            prop::collection::btree_map(text(), inside, 0..5)
                .prop_map(|members| Template::Object(members.into_iter().collect())),
        ]
    })
}

fn given() -> impl Strategy<Value = Given> {
    let note = r#"[a-z"\\{}\[\]é]{1,12}"#;
    (
        any::<u8>(),
        prop::option::of(any::<u8>()),
        prop::option::of(0..3_u8),
        prop::option::of(note),
        prop::collection::vec(any::<u8>(), 0..3),
    )
        .prop_map(|(number, level, mode, note, list)| Given {
            number,
            level,
            mode,
            note,
            list,
        })
}

#[test]
fn objects_that_share_a_message_are_written_as_one() {
    let records = concat!(
        r#"[{"bn":"urn:dev:DEVEUI:0059AC0000152A2B:","n":"say/text","vs":"a"},"#,
        r#"{"n":"count/number","v":2},{"n":"set/number","v":3}]"#,
    );
    assert_eq!(encode(&engine("{}"), records).messages().len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_sent_is_what_the_tree_says(template in template(), given in given()) {
        let expected = template.sent(&given).unwrap_or_else(|| "{}".to_owned());
        prop_assert_eq!(encoded(&template.toml(), &given), expected);
    }
}
