//! Payload codecs in JavaScript, from folders: scripts `vendor/device.js`, and packages
//! `vendor/device/` with an `index.js` or a `package.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;

use downlink::Error;
use downlink::encoder::RegistryBuilder;
use downlink::encoder::javascript::{Bounds, JavaScriptCodec, Package};

/// Files by their path below a folder of encoders.
pub(super) type Files = BTreeMap<PathBuf, String>;

/// Whether a file may belong to a codec.
pub(super) fn is_of_codec(path: &Path) -> bool {
    let is_yaml = path.file_name().is_some_and(|it| it == "driver.yaml");
    is_yaml
        || path
            .extension()
            .is_some_and(|it| it == "js" || it == "json")
}

/// Adds the codecs that there are. One that does not load is logged and left out: folders hold many
/// that only decode.
pub(super) fn add(mut builder: RegistryBuilder, files: &Files) -> Result<RegistryBuilder, Error> {
    for place in places(files) {
        let id = place.id();
        if builder.contains(&id) {
            tracing::warn!(
                id,
                "a script has the id of another encoder, and is left out"
            );
            continue;
        }
        match place.codec(&id, files) {
            Ok(codec) => builder = builder.register(codec)?,
            Err(error) => tracing::warn!(id, %error, "a script is not an encoder, and is left out"),
        }
    }
    Ok(builder)
}

/// Where a codec is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place<'f> {
    /// A script: its folder, its name and its text.
    Script(&'f Path, &'f OsStr, &'f str),
    /// The folder of a package.
    Package(&'f Path),
}

fn places(files: &Files) -> BTreeSet<Place<'_>> {
    let found = files.iter();
    found.filter_map(|(path, text)| place(path, text)).collect()
}

fn place<'f>(path: &'f Path, text: &'f str) -> Option<Place<'f>> {
    let (folder, name) = (path.parent()?, path.file_name()?);
    match path.iter().count() {
        2 if path.extension()? == "js" => Some(Place::Script(folder, name, text)),
        3 if name == "index.js" || name == "package.json" => Some(Place::Package(folder)),
        _ => None,
    }
}

impl Place<'_> {
    /// The vendor and the device.
    fn id(&self) -> String {
        let path = match self {
            Self::Script(folder, name, _) => folder.join(name).with_extension(""),
            Self::Package(folder) => folder.to_path_buf(),
        };
        let names = path.iter().map(|name| name.to_string_lossy());
        names.collect::<Vec<_>>().join("/")
    }

    fn codec(&self, id: &str, files: &Files) -> Result<JavaScriptCodec, Error> {
        let file =
            |folder: &Path, name: &str| Ok::<_, Error>(files.get(&folder.join(name)).cloned());
        let package = match self {
            Self::Package(folder) => Package::read(|name| file(folder, name))?,
            Self::Script(folder, name, text) => {
                let name = name.to_string_lossy();
                Package::read_script(&name, text, |name| file(folder, name))?
            }
        };
        package.codec(id, bounds())
    }
}

/// As many runtimes as there are threads that encode.
fn bounds() -> Bounds {
    Bounds {
        runtimes: thread::available_parallelism().map_or(1, NonZero::get),
        ..Bounds::default()
    }
}
