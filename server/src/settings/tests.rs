//! Laws of reading settings.

use std::collections::BTreeSet;

use proptest::prelude::*;
use toml::Value;

use super::reader::{Outside, Reader};
use super::*;

const EXAMPLE: &str = include_str!("../../downlinkd.example.toml");

fn variables(pairs: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
    let pairs = pairs
        .iter()
        .map(|(name, text)| ((*name).into(), (*text).into()));
    pairs.collect::<Vec<_>>().into_iter()
}

fn read(text: &str, environment: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
    Settings::read(Some(("d.toml", text)), variables(environment))
        .map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

/// The example with every key that is commented out (`#key = …`) taken in.
fn example_in_full() -> String {
    let lines = EXAMPLE.lines().map(|line| match line.strip_prefix('#') {
        Some(rest) if !rest.starts_with(' ') => rest,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn keys_of(text: &str) -> BTreeSet<String> {
    let table: toml::Table = toml::from_str(text).unwrap();
    let mut keys = BTreeSet::new();
    collect("", &Value::Table(table), &mut keys);
    keys
}

fn collect(path: &str, value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                collect(&path, value, keys);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_table) => {
            keys.insert(path.to_owned());
            for item in items {
                collect(&format!("{path}[]"), item, keys);
            }
        }
        _ => {
            keys.insert(path.to_owned());
        }
    }
}

#[test]
fn nothing_given_is_the_default() {
    assert_eq!(
        Settings::read(None, variables(&[])),
        Ok(Settings::default())
    );
}

#[test]
fn the_example_is_the_default() {
    assert_eq!(read(EXAMPLE, &[]), Ok(Settings::default()));
}

#[test]
fn the_example_has_every_key_and_comments_out_those_without_a_default() {
    let text = example_in_full();
    let outside = Outside::default();
    let mut reader = Reader::new(("example", &text), &outside);
    let _ = Settings::read_with(&mut reader);
    let known: BTreeSet<String> = reader.known.iter().map(|it| it.key.clone()).collect();
    assert_eq!(keys_of(&text), known);
    assert!(known.len() > 40, "{}", known.len());
    let with_default = reader.known.iter().filter(|it| it.has_default);
    let with_default: BTreeSet<String> = with_default.map(|it| it.key.clone()).collect();
    assert_eq!(keys_of(EXAMPLE), with_default);
    let faults: Vec<String> = reader.faults.iter().map(ToString::to_string).collect();
    assert!(
        faults.iter().all(|it| it.contains("excludes")),
        "{faults:?}"
    );
}

#[test]
fn every_key_is_a_variable_too() {
    let settings = read(
        "[listen]\napi = \"127.0.0.1:1\"",
        &[
            ("DOWNLINKD_LISTEN_API", "127.0.0.1:2"),
            ("DOWNLINKD_LISTEN_TRUSTED_PROXIES", "[\"10.0.0.0/8\"]"),
            ("DOWNLINKD_LIMITS_LINE", "7"),
            ("DOWNLINKD_TIMING_POLL", "PT0.05S"),
            ("DOWNLINKD_ENCODERS_JAVASCRIPT", "true"),
            (
                "DOWNLINKD_AUTH_ISSUERS",
                r#"[{name="a",issuer="i",audience="u",client_claim="c",jwks_file="f"}]"#,
            ),
            ("PATH", "/bin"),
        ],
    )
    .unwrap();
    assert_eq!(settings.listen.api.port(), 2);
    assert_eq!(settings.listen.trusted_proxies.len(), 1);
    assert_eq!(settings.limits.line.get(), 7);
    assert_eq!(settings.timing.poll.as_millis(), 50);
    assert!(settings.encoders.javascript);
    assert_eq!(settings.auth.issuers[0].keys, KeySource::File("f".into()));
}

#[test]
fn all_faults_come_at_once_with_their_places() {
    let text = "\
[listen]
apii = \"127.0.0.1:1\"
api = 8080
operator = \"here\"
trusted_proxies = [\"10.0.0.0/8\", \"ten\"]

[limit]
body = 1

[limits]
line = 0

[timing]
retention = \"P6D\"
call_deadline = \"PT10S\"

[[auth.issuers]]
name = \"A\"
issuer = \"i\"
client_claim = \"c\"
";
    let faults = read(text, &[("DOWNLINKD_LISTEN_OPERATR", "x")]).unwrap_err();
    assert_eq!(
        faults,
        [
            "d.toml:2:1: listen.apii: not a known key; did you mean `api`?",
            "d.toml:3:7: listen.api: expected an address and a port such as \"127.0.0.1:8080\", \
             found `8080`",
            "d.toml:4:12: listen.operator: expected an address and a port such as \
             \"127.0.0.1:8080\", found `here`",
            "d.toml:5:34: listen.trusted_proxies: expected an address or a network such as \
             \"10.0.0.0/8\", found `ten`",
            "d.toml:7:2: limit: not a known section; did you mean `limits`?",
            "d.toml:11:8: limits.line: expected a whole number from 1, found `0`",
            "d.toml:14:13: timing.retention: expected a duration of at least \"P7D\", found `P6D`",
            "d.toml:15:17: timing.call_deadline: `call_deadline` must be shorter than a third of \
             `lease`",
            "d.toml:17:1: auth.issuers[].audience: missing",
            "d.toml:17:1: auth.issuers[].jwks_url: missing",
            "d.toml:18:8: auth.issuers[].name: expected 1 to 64 small letters, digits, `-` and \
             `_`, found `A`",
            "DOWNLINKD_LISTEN_OPERATR: not a known variable; did you mean \
             `DOWNLINKD_LISTEN_OPERATOR`?",
        ]
    );
}

#[test]
fn the_keys_of_an_issuer_have_no_variables() {
    let faults = read("", &[("DOWNLINKD_AUTH_ISSUERS_NAME", "a")]).unwrap_err();
    assert_eq!(
        faults,
        [
            "DOWNLINKD_AUTH_ISSUERS_NAME: not a known variable; did you mean \
             `DOWNLINKD_AUTH_ISSUERS`?"
        ]
    );
}

proptest! {
    #[test]
    fn whatever_is_given_is_read_or_refused_with_faults(
        text in "(\\[{1,2}(listen|auth|auth.issuers|é)\\]{1,2}\n|(api|name|refresh|x) ?= ?(\"[a-zé]{0,3}\"|-?[0-9]{1,3}|\\[\\]|\\{\\})\n){0,6}.{0,9}",
        value in any::<String>(),
    ) {
        let names = ["DOWNLINKD_LISTEN_TRUSTED_PROXIES", "DOWNLINKD_TIMING_LEASE"];
        for name in names {
            if let Err(faults) = read(&text, &[(name, &value)]) {
                prop_assert!(!faults.is_empty());
            }
        }
    }
}

#[test]
fn every_syntax_error_has_its_place() {
    let faults = read("[listen]\napi = \noperator = 1.2.3\n", &[]).unwrap_err();
    assert!(faults.len() >= 2, "{faults:?}");
    assert!(faults[0].starts_with("d.toml:2:"), "{faults:?}");
    assert!(faults[1].starts_with("d.toml:3:"), "{faults:?}");
}

#[test]
fn no_fault_and_no_debug_output_has_a_secret() {
    let text = "[mqtt]\nusername = \"u\"\npassword = \"tr0ub4dor\"\n";
    let settings = read(text, &[]).unwrap();
    assert!(!format!("{settings:?}").contains("tr0ub4dor"));
    let settings = read("", &[("DOWNLINKD_MQTT_PASSWORD", "tr0ub4dor")]);
    assert!(!format!("{settings:?}").contains("tr0ub4dor"));
    let settings = read("[mqtt]\npassword = 77189\n", &[]);
    assert!(!format!("{settings:?}").contains("77189"));
    let settings = read("", &[("DOWNLINKD_MQTT_PASSWORT", "tr0ub4dor")]);
    assert!(!format!("{settings:?}").contains("tr0ub4dor"));
    let text = "password = \"tr0ub4dor\"\n[mqtt]\npasswort = \"tr0ub4dor\"\n";
    assert!(!format!("{:?}", read(text, &[])).contains("tr0ub4dor"));
    let broken = "[mqtt]\npassword = \"tr0ub4dor\n";
    assert!(!format!("{:?}", read(broken, &[])).contains("tr0ub4dor"));
    let url = "[mqtt]\nurl = \"mqtt://u:tr0ub4dor@broker.example\"\n";
    assert!(!format!("{:?}", read(url, &[])).contains("tr0ub4dor"));
    let broken = "[mqtt]\npassword = tr0ub4dor\n";
    assert!(!format!("{:?}", read(broken, &[])).contains("tr0ub4dor"));
}

#[test]
fn a_secret_and_its_file_exclude_each_other() {
    let text = "[mqtt]\nusername = \"u\"\npassword = \"p\"\npassword_file = \"f\"\n";
    let fault = "d.toml:4:17: mqtt.password_file: excludes `password`: give one of them";
    assert_eq!(read(text, &[]), Err(vec![fault.to_owned()]));
}

#[test]
fn two_issuers_cannot_share_a_name_or_an_issuer() {
    let issuer = "[[auth.issuers]]\nname = \"a\"\nissuer = \"i\"\naudience = \"u\"\n\
                  client_claim = \"c\"\njwks_url = \"https://id.example/\"\n";
    assert!(read(issuer, &[]).is_ok());
    let faults = read(&issuer.repeat(2), &[]).unwrap_err();
    assert_eq!(
        faults,
        [
            "d.toml:8:8: auth.issuers[].name: another issuer has this name",
            "d.toml:9:10: auth.issuers[].issuer: another entry has this issuer",
        ]
    );
}

#[test]
fn the_demo_listens_on_loopback_only_and_needs_nothing_else() {
    let settings = Settings::default();
    assert_eq!(settings.faults_of_mode(true), []);
    let open = read("[listen]\napi = \"0.0.0.0:80\"", &[]).unwrap();
    assert_eq!(open.faults_of_mode(true).len(), 1);
    let keys = settings.faults_of_mode(false).into_iter().map(|it| it.key);
    assert!(keys.eq(["store.key_file", "auth.issuers"]));
}

#[test]
fn flags_stand_before_variables() {
    let flags = Flags {
        listen: Some("127.0.0.1:3".into()),
        ..Flags::default()
    };
    let environment = variables(&[("DOWNLINKD_LISTEN_API", "127.0.0.1:2")]);
    let outside = Outside::new(flags.given(), environment);
    let mut reader = Reader::new(("d.toml", ""), &outside);
    let settings = Settings::read_with(&mut reader);
    assert_eq!(reader.faults, []);
    assert_eq!(settings.listen.api.port(), 3);
}

#[test]
fn the_command_line_has_the_flags() {
    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        flags: Flags,
    }
    let line = ["downlinkd", "--demo", "--config", "c.toml", "--store", "s"];
    let line: Line = clap::Parser::parse_from(line);
    let flags = Flags {
        config: Some("c.toml".into()),
        demo: true,
        store: Some("s".into()),
        listen: None,
    };
    assert_eq!(line.flags, flags);
}

#[test]
fn a_file_that_a_flag_names_must_be_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d.toml");
    let flags = Flags {
        config: Some(path.clone()),
        demo: true,
        ..Flags::default()
    };
    let faults = Settings::load(&flags).unwrap_err();
    assert_eq!(faults.len(), 1);
    assert!(
        faults[0].message.contains("cannot be read"),
        "{}",
        faults[0]
    );
    std::fs::write(&path, "[limits]\nline = 9\n").unwrap();
    assert_eq!(Settings::load(&flags).unwrap().limits.line.get(), 9);
}
