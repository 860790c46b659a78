//! Codec packages: a script with what is written beside it (TS013 §5).
//!
//! ```text
//! package.json      its name, and the script in `main`
//! metadata.json     likewise, with a description for people
//! examples.json     what goes in and what must come out
//! index.js          the script, where nothing else is said
//! ```

use std::collections::BTreeMap;

use super::datum::Datum;
use super::example::Example;
use super::{Bounds, JavaScriptCodec};
use crate::error::{Code, Error, Position, quote};

/// A package: a script, its name and its examples.
///
/// ```
/// use std::collections::BTreeMap;
/// use downlink::encoder::javascript::{Bounds, Package};
///
/// let mut files = BTreeMap::new();
/// files.insert("package.json".to_owned(), r#"{"name": "lamp", "main": "lamp.js"}"#.to_owned());
/// files.insert("lamp.js".to_owned(), "function encodeDownlink(input) {
///     return { fPort: 10, bytes: [input.data.led ? 1 : 0] };
/// }".to_owned());
/// files.insert("examples.json".to_owned(), r#"[{
///     "type": "downlink-encode",
///     "description": "light on",
///     "input": {"data": {"led": true}},
///     "output": {"fPort": 10, "bytes": [1]}
/// }]"#.to_owned());
///
/// let package = Package::from_files(&files)?;
/// let codec = package.codec("acme/lamp", Bounds::default())?;
/// for example in package.examples() {
///     example.prove(&codec)?;
/// }
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Package {
    name: Option<String>,
    script: String,
    examples: Vec<Example>,
}

impl Package {
    /// Reads the texts of a folder, by their paths in it.
    ///
    /// # Errors
    ///
    /// [`Code::CodecPackage`] if a file is not as it should be, or the script is not there.
    pub fn from_files(files: &BTreeMap<String, String>) -> Result<Self, Error> {
        let described = read(files, "package.json")?;
        let metadata = match read(files, "metadata.json")? {
            None => read(files, "metainfo.json")?,
            metadata => metadata,
        };
        let told = |name| {
            let mut members = [&described, &metadata].into_iter().flatten();
            members.find_map(|object| object.member(name)?.as_str())
        };
        let main = told("main").unwrap_or("index.js");
        let main = main.strip_prefix("./").unwrap_or(main);
        let script = files.get(main).ok_or_else(|| no_script(main))?;
        let examples = match read(files, "examples.json")? {
            Some(examples) => Example::read_all(&examples)?,
            None => Vec::new(),
        };
        Ok(Self {
            name: told("name").map(str::to_owned),
            script: script.clone(),
            examples,
        })
    }

    /// Its name, if it says one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The script.
    #[must_use]
    pub fn script(&self) -> &str {
        &self.script
    }

    /// Its examples of downlinks, in order; those of uplinks are left out.
    #[must_use]
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }

    /// The package as an encoder.
    ///
    /// # Errors
    ///
    /// As [`JavaScriptCodec::from_script`].
    pub fn codec(&self, id: impl Into<String>, bounds: Bounds) -> Result<JavaScriptCodec, Error> {
        let codec = JavaScriptCodec::with_bounds(id, &self.script, bounds)?;
        Ok(match &self.name {
            Some(name) => codec.with_title(name),
            None => codec,
        })
    }
}

fn read(files: &BTreeMap<String, String>, name: &str) -> Result<Option<Datum>, Error> {
    let Some(text) = files.get(name) else {
        return Ok(None);
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match serde_json::from_str(text) {
        Ok(value) => Ok(Some(value)),
        Err(error) => Err(Error::new(
            Code::CodecPackage,
            format!("`{name}` is not JSON: {}", quote(&error.to_string())),
        )
        .at_position(Position::Text {
            line: error.line(),
            column: error.column(),
        })),
    }
}

#[cold]
fn no_script(main: &str) -> Error {
    let main = quote(main);
    Error::new(
        Code::CodecPackage,
        format!("the package has no script `{main}`"),
    )
    .expected("a script, named by `main` in `package.json`")
}
