//! Objects of a request that are read whole before their members are looked at.

use crate::error::{Code, Error, Sink, quote};
use crate::json::{Kind, Scanner};

use super::member::{self, Name, Value};

/// An object, its members in the order in which they were written.
pub(super) struct Object<'a> {
    pointer: String,
    start: usize,
    members: Vec<(Name<'a>, Member<'a>)>,
}

/// What a member holds.
pub(super) enum Member<'a> {
    /// Anything but an object.
    Value(Value<'a>),
    /// An object.
    Object(Object<'a>),
}

impl<'a> Object<'a> {
    /// Reads the object at which the scanner stands; the scanner bounds how deep it goes.
    pub(super) fn read(
        scanner: &mut Scanner<'a>,
        pointer: String,
        sink: &mut dyn Sink,
    ) -> Result<Self, Error> {
        let start = scanner.offset();
        let mut object = Self {
            pointer,
            start,
            members: Vec::new(),
        };
        let mut members = scanner.object()?;
        while let Some(name) = member::next(scanner, &mut members)? {
            if object.members.iter().any(|(it, _)| it.text == name.text) {
                sink.error(member::duplicate(&object.pointer, &name))?;
            }
            let below = member::pointer(&object.pointer, &name.text);
            let member = match scanner.kind()? {
                Kind::Object => Member::Object(Self::read(scanner, below, sink)?),
                _ => Member::Value(Value::read(scanner)?),
            };
            object.members.push((name, member));
        }
        Ok(object)
    }

    /// Refuses every member that is not one of `known`.
    pub(super) fn refuse_unknown(
        &self,
        known: &[&str],
        read_only: &[&str],
        sink: &mut dyn Sink,
    ) -> Result<(), Error> {
        let unknown = |(name, _): &&(Name<'a>, Member<'a>)| !known.contains(&&*name.text);
        for (name, _) in self.members.iter().filter(unknown) {
            sink.error(self.unknown(name, known, read_only))?;
        }
        Ok(())
    }

    #[cold]
    fn unknown(&self, name: &Name<'_>, known: &[&str], read_only: &[&str]) -> Error {
        let shown = quote(&name.text);
        let error = if read_only.contains(&&*name.text) {
            Error::new(
                Code::RequestReadOnly,
                format!("`{shown}` is a response-only field"),
            )
            .hint("remove it")
        } else {
            let message = format!("{} has no field `{shown}`", self.name());
            Error::new(Code::RequestUnknownField, message)
                .suggest_key(&name.text, known.iter().copied())
        };
        error
            .expected(known.join(", "))
            .found(shown)
            .at_pointer(member::pointer(&self.pointer, &name.text))
            .at_offset(name.at())
    }

    fn name(&self) -> String {
        match self.pointer.trim_start_matches('/') {
            "" => "the request".to_owned(),
            name => format!("`{name}`"),
        }
    }

    fn get(&self, field: &str) -> Option<&Member<'a>> {
        let mut members = self.members.iter();
        members
            .find(|(name, _)| name.text == field)
            .map(|(_, member)| member)
    }

    /// What `read` makes of a field, if the object has it.
    pub(super) fn optional<T>(
        &self,
        field: &str,
        read: impl FnOnce(&Value<'a>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        match self.get(field) {
            None => Ok(None),
            Some(Member::Object(object)) => Err(object.instead_of_a_value(field)),
            Some(Member::Value(value)) => match read(value) {
                Ok(found) => Ok(Some(found)),
                Err(error) => Err(value.place(error, &member::pointer(&self.pointer, field))),
            },
        }
    }

    /// What `read` makes of a field that must be there.
    pub(super) fn required<T>(
        &self,
        field: &str,
        read: impl FnOnce(&Value<'a>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let found = self.optional(field, read)?;
        found.ok_or_else(|| self.missing(field))
    }

    /// An object in a field, if there is one.
    pub(super) fn object(&self, field: &str) -> Result<Option<&Self>, Error> {
        match self.get(field) {
            None => Ok(None),
            Some(Member::Object(object)) => Ok(Some(object)),
            Some(Member::Value(value)) => {
                let error = value.wrong_type(field, "an object");
                Err(value.place(error, &member::pointer(&self.pointer, field)))
            }
        }
    }

    /// The error for a required field that is absent.
    pub(super) fn missing(&self, field: &str) -> Error {
        member::missing(&self.pointer, field, self.start)
    }

    /// The members and their texts; of one that is not a text, the error.
    pub(super) fn texts(&self) -> impl Iterator<Item = Result<(&str, String), Error>> {
        self.members.iter().map(|(name, member)| match member {
            Member::Object(object) => Err(object.instead_of_a_value(&name.text)),
            Member::Value(value) => match value.string(&name.text) {
                Ok(text) => Ok((&*name.text, text.into_owned())),
                Err(error) => Err(value.place(error, &member::pointer(&self.pointer, &name.text))),
            },
        })
    }

    /// Places an error at the whole object.
    pub(super) fn place(&self, error: Error) -> Error {
        error.at_pointer(&*self.pointer).at_offset(self.start)
    }

    #[cold]
    fn instead_of_a_value(&self, field: &str) -> Error {
        let shown = quote(field);
        self.place(
            Error::new(
                Code::RequestType,
                format!("`{shown}` is an object, expected a single value"),
            )
            .expected("a single value")
            .found("an object"),
        )
    }
}
