//! A definition as a payload codec in JavaScript: for network servers that run scripts.
//!
//! A script is a small runtime, the same for all, and the definition as a table for it.

mod argument;
mod example;
mod table;

use crate::error::{Code, Error};
use crate::message::Protocol;

use super::model::Definition;
use table::Table;

impl Definition {
    /// The definition as a self-contained script with `encodeDownlink` (LoRa Alliance TS013), in
    /// ECMAScript 5, for network servers that run scripts.
    ///
    /// The script gives the bytes and the port that encoding gives, or `errors` that begin with the
    /// code that encoding gives. `input.data` is `{command: value}` or `{command: {argument: value}}`,
    /// a list an array, a repeated group an array of objects; commands go in the order of the
    /// members. Numbers are in the units of the arguments. One call gives one message: what would
    /// make several is refused, as are numbers with more than thirty decimals.
    ///
    /// # Errors
    ///
    /// `export/protocol` for another protocol than LoRaWAN, `export/exactness` where the numbers of a
    /// script cannot tell the values of an argument apart, `export/language` for what scripts cannot
    /// say: variables, JSON, and texts with fractions or data in them.
    ///
    /// ```
    /// use downlink::encoder::Registry;
    /// use downlink::encoder::definition::Definition;
    ///
    /// let registry = Registry::builder().builtin()?.build();
    /// let definition = Definition::of(registry.get("dragino/lt-22222-l")?).expect("a definition");
    /// assert!(definition.to_script()?.contains("function encodeDownlink(input)"));
    /// # Ok::<(), downlink::Error>(())
    /// ```
    pub fn to_script(&self) -> Result<String, Error> {
        let table = Table::of(self)?;
        let mut script = HEADER.to_owned();
        script.push_str("var DEFINITION = ");
        script.push_str(&table.to_javascript());
        script.push_str(";\n\nvar downlink = (function () {\n'use strict';\n\n");
        script.push_str(&RUNTIME.join("\n"));
        script.push_str(FOOTER);
        Ok(script)
    }
}

const HEADER: &str = "\
// A payload codec made from a definition of downlinks; change the definition, not this script.
// input.data is {command: value} or {command: {argument: value}}; commands go in the order of the
// members. Where a network server keeps no order, send one command at a time.
";

/// Fragments of one function, each using those in front of it.
const RUNTIME: [&str; 7] = [
    include_str!("runtime/refusal.js"),
    include_str!("runtime/number.js"),
    include_str!("runtime/bytes.js"),
    include_str!("runtime/argument.js"),
    include_str!("runtime/binder.js"),
    include_str!("runtime/frame.js"),
    include_str!("runtime/message.js"),
];

const FOOTER: &str = "
return { encode: encoded };
}());

function encodeDownlink(input) {
    return downlink.encode(DEFINITION, input);
}
";

#[cold]
fn other_protocol(definition: &Definition) -> Error {
    let (id, protocol) = (&definition.id, definition.protocol);
    Error::new(
        Code::ExportProtocol,
        format!("`{id}` is for {protocol}, and scripts encode only for LoRaWAN"),
    )
    .expected(Protocol::Lora.as_str())
    .found(protocol.as_str())
}

/// What of the language scripts do not have.
#[cold]
fn unsayable(what: &str, hint: &str) -> Error {
    Error::new(
        Code::ExportLanguage,
        format!("{what}, which a script cannot express"),
    )
    .hint(hint)
}
