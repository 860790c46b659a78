//! A folder of definitions that is read again while encoding goes on.
#![allow(clippy::print_stdout, clippy::indexing_slicing)]

use std::path::Path;
use std::{env, fs, io, process};

use downlink::Engine;
use downlink::directory::Binding;
use downlink::encoder::{RefusedDefinition, Registry, SharedRegistry};
use downlink::error::{Diagnostic, Position};
use downlink::message::{Method, Protocol};
use downlink::senml::{Pack, UnixTime};

/// The files of a folder that end in `.toml`, each with its name.
fn files(folder: &Path) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "toml") {
            files.push((path.display().to_string(), fs::read(&path)?));
        }
    }
    files.sort();
    Ok(files)
}

/// Puts the folder in force, or tells all that is wrong with all files; the old set stays then.
fn reload(shared: &SharedRegistry, folder: &Path) -> Result<bool, Box<dyn std::error::Error>> {
    let files = files(folder)?;
    let built_in = Registry::builder().builtin()?;
    match shared.reload(built_in, files.iter().map(|(name, text)| (name, text))) {
        Ok(()) => Ok(true),
        Err(refused) => {
            for RefusedDefinition { name, findings, .. } in refused {
                let text = files.iter().find(|(file, _)| *file == name);
                let text = String::from_utf8_lossy(text.map_or(&[], |(_, text)| text)).into_owned();
                for finding in &findings {
                    show(&name, &text, finding);
                }
            }
            Ok(false)
        }
    }
}

/// `file:line:column: error[code]: message`, the line, and a caret below it.
fn show(name: &str, text: &str, finding: &Diagnostic) {
    let (code, message) = (finding.code, &finding.message);
    let Some(Position::Text { line, column, .. }) = finding.position else {
        return println!("{name}: error[{code}]: {message}");
    };
    println!("{name}:{line}:{column}: error[{code}]: {message}");
    let written = text.lines().nth(line - 1).unwrap_or_default();
    println!("  | {written}\n  | {:>column$}", '^');
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = env::temp_dir().join(format!("downlink-hot-reload-{}", process::id()));
    fs::create_dir_all(&folder)?;
    let shared = SharedRegistry::new(Registry::builder().builtin()?.build());
    let engine = Engine::over(shared.clone());
    assert!(engine.registry().get("acme/siren").is_err());

    fs::write(folder.join("siren.toml"), SIREN)?;
    assert!(reload(&shared, &folder)?);
    let pack = br#"[{"bn": "urn:dev:DEVEUI:0059AC0000152A2B:", "n": "sound", "v": 30}]"#;
    let (pack, method) = (Pack::from_json(pack)?, Method::new(Protocol::Lora));
    let (siren, now) = (Binding::new("acme/siren"), UnixTime::from_seconds(0));
    assert!(engine.encode_pack(&pack, &method, &siren, now).is_ok());

    fs::write(
        folder.join("bell.toml"),
        SIREN.replace("siren", "bell").replace("frame", "fram"),
    )?;
    fs::write(folder.join("siren.toml"), SIREN.replace("011E", "01FF"))?;
    assert!(!reload(&shared, &folder)?, "both are broken");
    let sent = engine.encode_pack(&pack, &method, &siren, now);
    assert!(sent.is_ok(), "the old set stays");
    assert!(engine.registry().get("acme/bell").is_err());
    Ok(fs::remove_dir_all(&folder)?)
}

const SIREN: &str = r#"format = 1
id = "acme/siren"
title = "ACME siren"
protocol = "LORA"
source = "ACME siren manual 1.0, section 4"
evidence = "manual"
[lora]
f_port = 10
[commands.sound]
frame = "01 {duration}"
[[examples]]
instruction = [{ n = "sound", v = 30 }]
expect = [{ f_port = 10, hex = "011E" }]
"#;
