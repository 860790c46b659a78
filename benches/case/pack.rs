//! Packs of measurements.

use std::fmt::Write;

/// A pack in JSON with so many records of one device, a second apart, as compact as can be.
pub fn pack(records: usize) -> String {
    let mut pack = String::from(r#"[{"bn":"urn:dev:DEVEUI:0059AC0000152A2B:","bt":1700000000,"#);
    for record in 0..records {
        let tenths = record % 300 + 1;
        let separator = if record == 0 { "" } else { ",{" };
        write!(
            pack,
            r#"{separator}"n":"temperature","u":"Cel","v":{}.{},"t":{record}}}"#,
            tenths / 10,
            tenths % 10,
        )
        .unwrap();
    }
    pack + "]"
}
