//! Codec packages: a script with what is written beside it (TS013 §5).
//!
//! ```text
//! package.json      its name, and the script in `main`
//! metadata.json     likewise, with a description for people
//! examples.json     what goes in and what must come out
//! driver.yaml       `ThingPark` only: in `signature`, how the functions are called
//! index.js, main.js the script, where nothing else is said
//! ```
//!
//! The script may require further files of the folder.

use super::datum::Datum;
use super::entry::Entry;
use super::example::Example;
use super::modules::Modules;
use super::{Bounds, JavaScriptCodec, JavaScriptDecoder};
use crate::error::{Code, Error, quote};

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
/// let package = Package::read(|name| Ok::<_, downlink::Error>(files.get(name).cloned()))?;
/// let codec = package.codec("acme/lamp", Bounds::default())?;
/// for example in package.examples().map_err(Clone::clone)? {
///     example.prove(&codec, None)?;
/// }
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Package {
    name: Option<String>,
    entry: Option<Entry>,
    modules: Modules,
    examples: Result<Vec<Example>, Error>,
}

impl Package {
    /// Reads a folder; `file` gives the text of a file by its path in it, or nothing if it is not there.
    ///
    /// # Errors
    ///
    /// [`Code::CodecPackage`] if a file is not as it should be, or the script is not there; what
    /// `file` fails with.
    pub fn read<E: From<Error>>(
        mut file: impl FnMut(&str) -> Result<Option<String>, E>,
    ) -> Result<Self, E> {
        let described = json(&mut file, "package.json")?;
        let metadata = match json(&mut file, "metadata.json")? {
            None => json(&mut file, "metainfo.json")?,
            metadata => metadata,
        };
        let told = |name| {
            let mut members = [&described, &metadata].into_iter().flatten();
            members.find_map(|object| object.member(name)?.as_str())
        };
        let entry = match file("driver.yaml")? {
            Some(driver) => signed(&driver)?,
            None => None,
        };
        let (path, script) = script(&mut file, told("main"))?;
        Ok(Self {
            name: told("name").map(str::to_owned),
            entry,
            modules: Modules::collect(&path, &script, &mut file)?,
            examples: examples(&mut file)?,
        })
    }

    /// Reads a script that is named, with what it requires of its folder; `file` gives the text of a
    /// file there, or nothing.
    ///
    /// What describes a package is not read, but for `driver.yaml` and `examples.json`.
    ///
    /// # Errors
    ///
    /// As [`Package::read`].
    pub fn read_script<E: From<Error>>(
        path: &str,
        script: &str,
        mut file: impl FnMut(&str) -> Result<Option<String>, E>,
    ) -> Result<Self, E> {
        let entry = match file("driver.yaml")? {
            Some(driver) => signed(&driver)?,
            None => None,
        };
        Ok(Self {
            name: None,
            entry,
            modules: Modules::collect(path, script, &mut file)?,
            examples: examples(&mut file)?,
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
        self.modules.script()
    }

    /// Its examples of downlinks, in order; those of uplinks are left out.
    ///
    /// # Errors
    ///
    /// [`Code::CodecPackage`] if `examples.json` is not a valid list of examples. Nothing but the
    /// examples depends on it.
    pub fn examples(&self) -> Result<&[Example], &Error> {
        self.examples.as_deref()
    }

    /// The package as a decoder, whether it encodes or not.
    ///
    /// # Errors
    ///
    /// As [`JavaScriptDecoder::from_script`].
    pub fn decoder(&self, bounds: Bounds) -> Result<JavaScriptDecoder, Error> {
        JavaScriptDecoder::of(self.modules.clone(), bounds)
    }

    /// The package as an encoder.
    ///
    /// # Errors
    ///
    /// As [`JavaScriptCodec::from_script`].
    pub fn codec(&self, id: impl Into<String>, bounds: Bounds) -> Result<JavaScriptCodec, Error> {
        let codec = JavaScriptCodec::called(id, self.modules.clone(), self.entry, bounds)?;
        Ok(match &self.name {
            Some(name) => codec.with_title(name),
            None => codec,
        })
    }
}

/// The examples, or what is wrong with them.
fn examples<E: From<Error>>(
    file: &mut impl FnMut(&str) -> Result<Option<String>, E>,
) -> Result<Result<Vec<Example>, Error>, E> {
    Ok(match file("examples.json")? {
        Some(text) => parsed("examples.json", &text).and_then(|it| Example::read_all(&it)),
        None => Ok(Vec::new()),
    })
}

/// The script that is named, or one with a usual name; with its path.
fn script<E: From<Error>>(
    file: &mut impl FnMut(&str) -> Result<Option<String>, E>,
    main: Option<&str>,
) -> Result<(String, String), E> {
    const USUAL: [&str; 2] = ["index.js", "main.js"];
    let Some(main) = main.filter(|main| !main.trim().is_empty()) else {
        for name in USUAL {
            if let Some(script) = file(name)? {
                return Ok((name.to_owned(), script));
            }
        }
        return Err(no_script(&USUAL.join("` or `")).into());
    };
    let path = main.replace('\\', "/");
    let path = path.trim().trim_start_matches("./");
    if path.starts_with('/') || path.split('/').any(|part| part == "..") {
        return Err(outside(main).into());
    }
    let script = file(path)?.ok_or_else(|| no_script(main))?;
    Ok((path.to_owned(), script))
}

fn json<E: From<Error>>(
    file: &mut impl FnMut(&str) -> Result<Option<String>, E>,
    name: &str,
) -> Result<Option<Datum>, E> {
    let text = file(name)?;
    Ok(text.map(|text| parsed(name, &text)).transpose()?)
}

fn parsed(name: &str, text: &str) -> Result<Datum, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    Datum::from_json(text).map_err(|fault| malformed(name, text, &fault))
}

/// How `ThingPark` calls the functions, if not as TS013 does.
fn signed(driver: &str) -> Result<Option<Entry>, Error> {
    let line = driver
        .lines()
        .find_map(|line| line.strip_prefix("signature:"));
    let value = line.map_or("", |line| line.split('#').next().unwrap_or(line));
    match value.trim().trim_matches(['"', '\'']) {
        "" | "lora-alliance" => Ok(None),
        "actility" => Ok(Some(Entry::OfData)),
        "ttn" => Ok(Some(Entry::THINGS_STACK_V2)),
        "chirpstack" => Ok(Some(Entry::CHIRPSTACK_V3)),
        other => Err(no_signature(other)),
    }
}

#[cold]
pub(super) fn malformed(name: &str, text: &str, fault: &Error) -> Error {
    let fault = fault.diagnostic();
    let message = format!("`{}` is not valid: {}", quote(name), fault.message);
    let error = Error::new(Code::CodecPackage, message);
    match fault.position {
        Some(position) => error.at_position(position).located_in(text),
        None => error,
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

#[cold]
fn outside(main: &str) -> Error {
    let main = quote(main);
    Error::new(
        Code::CodecPackage,
        format!("the script `{main}` is not in the package"),
    )
    .expected("a path in the folder")
    .found(main)
}

#[cold]
fn no_signature(found: &str) -> Error {
    let found = quote(found);
    Error::new(
        Code::CodecPackage,
        format!("the signature in `driver.yaml` is `{found}`"),
    )
    .expected("`lora-alliance`, `actility`, `ttn` or `chirpstack`")
    .found(found)
}
