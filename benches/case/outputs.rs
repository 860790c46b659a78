//! A device with a hundred outputs, and requests that set them all in one payload.

use std::fmt::Write;

use super::Case;

/// Its devices are in `benches/devices.toml`.
const DEVICE: &str = "urn:dev:DEVEUI:0059AC0000000100:";

const OUTPUTS: u8 = 100;

/// Commands of two bytes each, which are joined; each fourth is of the same type.
pub fn definition() -> String {
    let mut definition = String::from(
        r#"
        format = 1
        id = "bench/outputs"
        title = "A hundred outputs"
        models = ["Bench"]
        protocol = "LORA"
        source = "made for measuring"
        evidence = "vectors"

        [lora]
        f_port = 10
        join = true

        [enums.state]
        closed = 0
        open = 1
        "#,
    );
    for output in 0..OUTPUTS {
        let (field, argument) = match output % 4 {
            0 => ("{time}", r#"time = { unit = "s", max = 250 }"#),
            1 => ("{on}", r#"on = { type = "boolean" }"#),
            2 => ("{state}", r#"state = { enum = "state" }"#),
            _ => ("{level}", "level = { max = 100 }"),
        };
        writeln!(
            definition,
            "[commands.output{output}]\nframe = \"{output:02X} {field}\"\nargs.{argument}"
        )
        .unwrap();
    }
    definition
}

/// A record for each output.
pub fn outputs() -> Case {
    let records: Vec<_> = (0..OUTPUTS).map(record).collect();
    let request = format!(
        r#"{{"instruction":[{{"bn":"{DEVICE}",{}}}],"method":{{"protocol":"LORA"}},"feedbackTimeout":"PT10M"}}"#,
        records.join("},{")
    );
    let payload = hex::encode_upper((0..OUTPUTS).flat_map(frame).collect::<Vec<_>>());
    let document = format!(
        r#"{{"message":{{"payloadHex":"{payload}","fPort":10}},"deviceId":"{DEVICE}","feedbackTimeout":"PT10M"}}"#
    );
    Case::new(request, document)
}

/// The fields of a record.
fn record(output: u8) -> String {
    let byte = byte(output);
    match output % 4 {
        0 => format!(r#""n":"output{output}","u":"s","v":{byte}"#),
        1 => format!(r#""n":"output{output}","vb":{}"#, byte == 1),
        2 => format!(
            r#""n":"output{output}","vs":"{}""#,
            if byte == 1 { "open" } else { "closed" }
        ),
        _ => format!(r#""n":"output{output}","v":{byte}"#),
    }
}

/// The command that sets an output.
fn frame(output: u8) -> [u8; 2] {
    [output, byte(output)]
}

fn byte(output: u8) -> u8 {
    match output % 4 {
        0 | 3 => output,
        _ => output / 4 % 2,
    }
}
