//! Ids of definitions that are no longer there, and what there is instead.

use crate::document::{Codes, Document, Node};
use crate::error::{Audience, Code, Error, quote};

const RETIRED: &str = include_str!("../../catalogue/retired.toml");

const CODES: Codes = Codes {
    syntax: Code::DefinitionSyntax,
    unknown_key: Code::DefinitionUnknownKey,
    missing_key: Code::DefinitionMissingKey,
    wrong_type: Code::DefinitionType,
};

/// What became of an id.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Retired {
    /// The ids that hold for its devices now.
    pub(super) now: Vec<String>,
    /// Why there are several, and how to tell the devices apart.
    pub(super) why: String,
}

impl Retired {
    /// Refuses the id, and names what there is instead.
    pub(super) fn refuse(&self, id: &str) -> Error {
        let now: Vec<String> = self.now.iter().map(|it| format!("`{it}`")).collect();
        let now = now.join(" or ");
        let message = format!("there is no encoder `{}` any more: use {now}", quote(id));
        Error::new(Code::EncoderUnknown, message)
            .expected(now)
            .found(quote(id))
            .hint_for(Audience::Operator, &self.why)
    }
}

/// What became of this id, if it is retired.
pub(super) fn retired(id: &str) -> Result<Option<Retired>, Error> {
    let document = Document::parse(RETIRED, &CODES)?;
    let mut entries = document.root().entries();
    let found = entries.find(|(name, _)| name.text == id);
    found.map(|(_, node)| read(node)).transpose()
}

fn read(node: Node<'_>) -> Result<Retired, Error> {
    let mut table = node.table()?;
    let now = table.required("now")?.strings()?;
    let retired = Retired {
        now: now.into_iter().map(str::to_owned).collect(),
        why: table.required("why")?.string()?.to_owned(),
    };
    table.finish()?;
    Ok(retired)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::encoder::Registry;

    #[test]
    fn a_retired_id_is_none_and_names_those_that_there_are() {
        let registry = Registry::builder().builtin().unwrap().build();
        let document = Document::parse(RETIRED, &CODES).unwrap();
        let ids: Vec<&str> = document
            .root()
            .entries()
            .map(|(name, _)| name.text)
            .collect();
        assert_eq!(ids.len(), 1);
        for id in ids {
            let Retired { now, why } = retired(id).unwrap().unwrap();
            assert!(!now.is_empty() && !why.is_empty(), "{id}");
            let error = registry.get(id).err().unwrap();
            assert_eq!(error.code(), Code::EncoderUnknown);
            for other in &now {
                assert!(registry.get(other).is_ok(), "{id}: {other}");
                assert!(
                    error.diagnostic().message.contains(other.as_str()),
                    "{error}"
                );
            }
            assert_eq!(
                error.diagnostic().hint.as_deref(),
                Some(why.as_str()),
                "{id}"
            );
        }
        assert_eq!(retired("acme/valve").unwrap(), None);
    }
}
