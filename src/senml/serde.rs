//! Packs within other documents, by way of `serde_json`.
//!
//! A number is exact only in its text, so a pack is handed over and taken as the JSON text that it
//! is. That works with `serde_json` and with no other format.

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::pack::Pack;

/// Writes [`Pack::to_json`].
impl Serialize for Pack<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = RawValue::from_string(self.to_json()).map_err(S::Error::custom)?;
        text.serialize(serializer)
    }
}

/// Reads as [`Pack::from_json`] does: by the letter, and up to the first error.
impl<'de> Deserialize<'de> for Pack<'static> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let pack = Pack::from_json(text.get().as_bytes()).map_err(D::Error::custom)?;
        Ok(pack.into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_in_a_document_keeps_its_digits() {
        #[derive(Deserialize, Serialize)]
        struct Document {
            instruction: Pack<'static>,
        }
        let text = r#"{"instruction":[{"n":"a","v":0.12345678901234567891,"u":"\u0056"}]}"#;
        let document: Document = serde_json::from_str(text).expect("a pack");
        let written = serde_json::to_string(&document).expect("written");
        assert_eq!(written, text.replace("\\u0056", "V"));
    }

    #[test]
    fn what_is_no_pack_is_refused() {
        let error = serde_json::from_str::<Pack<'static>>("[]").expect_err("refused");
        assert!(error.to_string().contains("the pack is empty"), "{error}");
    }
}
