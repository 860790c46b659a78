//! A definition to start from.

use crate::error::Error;

use super::load;
use super::model::Definition;

impl Definition {
    /// A definition of this id to start from, in TOML: every kind of line that most devices need,
    /// with a comment each. It loads, and its examples hold.
    ///
    /// # Errors
    ///
    /// `definition/name` for an id that is not `vendor/device` in lower case.
    ///
    /// ```
    /// use downlink::encoder::definition::Definition;
    /// use downlink::error::First;
    ///
    /// let text = Definition::starter("acme/siren-2")?;
    /// let definition = Definition::from_toml(&text, &mut First::default())?;
    /// assert_eq!(definition.id(), "acme/siren-2");
    /// # Ok::<(), downlink::Error>(())
    /// ```
    pub fn starter(id: &str) -> Result<String, Error> {
        let (vendor, device) = load::split_id(id)?;
        let title = format!("{} {}", capitalized(vendor), device.to_uppercase());
        Ok(STARTER.replace("{id}", id).replace("{title}", &title))
    }
}

fn capitalized(name: &str) -> String {
    let mut characters = name.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

const STARTER: &str = r#"format = 1
id = "{id}"
title = "{title}"
models = []                             # further models with the same downlinks
protocol = "LORA"                       # LORA, MQTT, SMS or HTTP
source = "{title} manual, version and section"
evidence = "manual"                     # manual, codec (the vendor's script) or vectors

[lora]
f_port = 1                              # the port that the device listens on

[enums.switch]
off = 0x00
on = 0x01

# The names of commands and arguments are the vendor's.

[commands]
reset = "04 FF"                         # no argument: sent with vb = true

[commands.interval]
title = "Time between uplinks"
frame = "01 {seconds:u16}"
args.seconds = { unit = "s", min = 10, max = 65535 }

[commands.relay]
title = "Switch the relay, for good or for a time"
frame = "02 {state} {minutes}"
args.state = { enum = "switch" }
args.minutes = { unit = "min", max = 255, default = 0 }

# The bytes of examples are those of the source.

[[examples]]
title = "reset"
instruction = [{ n = "reset", vb = true }]
expect = [{ f_port = 1, hex = "04FF" }]

[[examples]]
title = "an uplink every ten minutes"
instruction = [{ n = "interval", u = "min", v = 10 }]
expect = [{ f_port = 1, hex = "010258" }]

[[examples]]
title = "an interval that is too short"
instruction = [{ n = "interval", v = 9 }]
error = "encode/out-of-range"

[[examples]]
title = "on for five minutes"
instruction = [{ n = "relay/state", vs = "on" }, { n = "relay/minutes", v = 5 }]
expect = [{ f_port = 1, hex = "020105" }]
"#;
