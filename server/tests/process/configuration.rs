//! What is wrong is said at once, all of it, with its place, and with the right code.

use crate::downlinkd::{Folder, text};
use crate::issuer::CLIENT;

/// Codes of `sysexits.h`, and the one of a command line that cannot be read.
const USAGE: i32 = 2;
const BAD_INPUT: i32 = 65;
const UNAVAILABLE: i32 = 69;
const CONFIG: i32 = 78;

/// Runs a process that must refuse, and gives what it says.
fn refused(folder: &Folder, arguments: &[&str], code: i32) -> String {
    let output = folder.run(arguments);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(output.stdout.is_empty());
    said
}

#[tokio::test]
async fn a_second_process_on_a_store_is_refused() {
    let folder = Folder::new("", "");
    let _process = folder.start().await;
    let said = refused(&folder, &[], UNAVAILABLE);
    assert!(
        said.contains("`store.sqlite` is in use by another process"),
        "{said}"
    );
}

#[test]
fn all_faults_of_a_configuration_come_with_their_places() {
    let folder = Folder::empty();
    let faulty = "[listen]\napi = \"nowhere\"\nopperator = \"127.0.0.1:0\"\n\
        [timing]\nretention = \"P1D\"\nlease = \"PT1S\"\ncall_deadline = \"PT1S\"\n\
        [log]\nfilter = \"info=info=info\"\n";
    folder.write("downlinkd.toml", faulty);
    let said = refused(&folder, &["check-config"], CONFIG);
    let expected = [
        ("downlinkd.toml:2", "listen.api"),
        ("downlinkd.toml:3", "operator"),
        ("downlinkd.toml:5", "timing.retention"),
        ("downlinkd.toml:7", "timing.call_deadline"),
        ("downlinkd.toml:9", "log.filter"),
        ("", "store.key_file"),
        ("", "auth.issuers"),
    ];
    for (place, key) in expected {
        let is_said = |line: &str| line.contains(place) && line.contains(key);
        assert!(said.lines().any(is_said), "{place} {key}: {said}");
    }
    assert_eq!(said.lines().count(), expected.len(), "{said}");
    assert_eq!(refused(&folder, &[], CONFIG), said);
}

#[test]
fn junk_is_no_configuration() {
    let folder = Folder::empty();
    folder.write("junk.toml", [0xFF, 0xFE, 0x00, 0x80]);
    let said = refused(&folder, &["--config", "junk.toml"], CONFIG);
    assert!(said.contains("`junk.toml`"), "{said}");
    folder.write("junk.toml", "\u{1}\u{2}= [[[");
    let said = refused(&folder, &["--config", "junk.toml"], CONFIG);
    assert!(said.contains("junk.toml:1"), "{said}");
    let said = refused(&folder, &["--config", "absent.toml"], CONFIG);
    assert!(said.contains("`absent.toml`"), "{said}");
}

#[test]
fn an_unknown_flag_is_refused_by_name() {
    let folder = Folder::empty();
    let said = refused(&folder, &["--demon"], USAGE);
    assert!(
        said.contains("--demon") && said.contains("--demo"),
        "{said}"
    );
}

#[test]
fn an_empty_device_file_has_no_devices() {
    let folder = Folder::new("", "");
    folder.write("empty.toml", "");
    let output = folder.run(&["devices", "import", "empty.toml"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "0 devices imported, 0 removed\n");
}

#[test]
fn a_device_file_is_taken_whole_or_not_at_all() {
    let folder = Folder::new("", "");
    let faulty = format!(
        "[devices.\"urn:dev:IMEI:350000000000006:\"]\n\
         encoder = \"kpn/firmware\"\nclient = \"{CLIENT}\"\n\
         [devices.\"urn:dev:IMEI:350000000000007:\"]\n\
         encoder = \"kpn/firmware\"\nclient = \"{CLIENT}\"\nsecret = \"short\"\n\
         [devices.\"urn:dev:IMEI:350000000000008:\"]\n\
         encoder = \"kpn/firmware\"\nreplay = \"perhaps\"\n"
    );
    folder.write("faulty.toml", faulty);
    let said = refused(&folder, &["devices", "import", "faulty.toml"], BAD_INPUT);
    for fault in [
        "secret of 30 to 100",
        "`allow` or `refuse`",
        "no key `client`",
    ] {
        assert!(said.contains(fault), "{fault}: {said}");
    }
    assert_eq!(said.matches("faulty.toml: ").count(), 3, "{said}");
    let list = folder.run(&["devices", "--client", CLIENT, "list"]);
    assert!(list.status.success(), "{}", text(&list.stderr));
    assert_eq!(text(&list.stdout), "");
}
