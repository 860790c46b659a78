//! The files of a package that its script requires, in the manner of `CommonJS`.
//!
//! Which files these are is read from the scripts: a `require` whose argument is one literal text.
//! A path is relative to the file that names it, may leave out `.js`, `.json` and `/index.js`, and
//! cannot leave the package. What is not there is refused only where the script asks for it, since
//! it may ask within `try`.

use regex_lite::Regex;

use super::datum::Datum;
use crate::error::{Code, Error, quote};

/// Files that a package may require.
const MOST_FILES: usize = 64;

/// `require('./a.js')`, with any quotes.
const REQUIRES: &str = r#"\brequire\s*\(\s*(?:'([^'\\\n]+)'|"([^"\\\n]+)"|`([^`\\$\n]+)`)\s*\)"#;

/// A script with the files that it requires.
#[derive(Clone, Debug)]
pub(super) struct Modules {
    /// The script itself, then the files in the order in which they are named.
    files: Vec<File>,
}

/// A file, and what it requires.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) path: String,
    pub(super) content: Content,
    pub(super) requires: Vec<(String, Required)>,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    Script(String),
    Json(String),
}

/// What a path in `require` leads to.
#[derive(Clone, Debug)]
pub(super) enum Required {
    /// To the file at this index.
    File(usize),
    /// To nothing, for this reason.
    Refused(String),
}

impl Modules {
    /// A script that has no files beside it.
    pub(super) fn alone(script: &str) -> Self {
        Self {
            files: vec![File::script("index.js", script)],
        }
    }

    /// A script of a package, with all files that it requires, and that these require.
    pub(super) fn collect<E: From<Error>>(
        path: &str,
        script: &str,
        file: &mut impl FnMut(&str) -> Result<Option<String>, E>,
    ) -> Result<Self, E> {
        let mut modules = Self {
            files: vec![File::script(path, script)],
        };
        let mut next = 0;
        while let Some(opened) = modules.files.get(next).cloned() {
            if let Content::Script(script) = &opened.content {
                let requires = modules.required_by(&opened.path, script, file)?;
                if let Some(opened) = modules.files.get_mut(next) {
                    opened.requires = requires;
                }
            }
            next += 1;
        }
        Ok(modules)
    }

    /// The script itself.
    pub(super) fn script(&self) -> &str {
        match self.files.first().map(|file| &file.content) {
            Some(Content::Script(script)) => script,
            _ => "",
        }
    }

    pub(super) fn files(&self) -> &[File] {
        &self.files
    }

    /// The files that are not the script itself.
    pub(super) fn others(&self) -> impl Iterator<Item = &File> {
        self.files.iter().skip(1)
    }

    /// The bytes of all files.
    pub(super) fn len(&self) -> usize {
        self.files
            .iter()
            .map(|file| file.content.text().len())
            .sum()
    }

    /// All texts: of a script alone that text, else with the path in front of each.
    pub(super) fn text(&self) -> String {
        if let [alone] = self.files.as_slice() {
            return alone.content.text().to_owned();
        }
        let parts = self.files.iter().map(|file| {
            let text = file.content.text();
            format!("{} {}\n{text}", file.path, text.len())
        });
        parts.collect()
    }

    fn required_by<E: From<Error>>(
        &mut self,
        path: &str,
        script: &str,
        file: &mut impl FnMut(&str) -> Result<Option<String>, E>,
    ) -> Result<Vec<(String, Required)>, E> {
        let mut requires = Vec::new();
        for request in requests(script) {
            let shown = quote(&request);
            let found = match resolved(path, &request) {
                None => Required::Refused(format!("'{shown}' is outside the package")),
                Some(wanted) => match self.open(&wanted, file)? {
                    Some(index) => Required::File(index),
                    None => Required::Refused(format!("the package has no file '{shown}'")),
                },
            };
            requires.push((request, found));
        }
        Ok(requires)
    }

    /// The index of a file, which is read if it was not before.
    fn open<E: From<Error>>(
        &mut self,
        wanted: &str,
        file: &mut impl FnMut(&str) -> Result<Option<String>, E>,
    ) -> Result<Option<usize>, E> {
        for path in candidates(wanted) {
            let known = self.files.iter().position(|file| file.path == path);
            if known.is_some() {
                return Ok(known);
            }
            if let Some(text) = file(&path)? {
                if self.files.len() > MOST_FILES {
                    return Err(too_many().into());
                }
                self.files.push(File::read(path, &text)?);
                return Ok(Some(self.files.len() - 1));
            }
        }
        Ok(None)
    }
}

impl File {
    fn script(path: &str, script: &str) -> Self {
        Self {
            path: path.to_owned(),
            content: Content::Script(cleaned(script)),
            requires: Vec::new(),
        }
    }

    fn read(path: String, text: &str) -> Result<Self, Error> {
        if !is_json(&path) {
            return Ok(Self::script(&path, text));
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Datum::from_json(text).map_err(|fault| super::package::malformed(&path, text, &fault))?;
        Ok(Self {
            path,
            content: Content::Json(text.to_owned()),
            requires: Vec::new(),
        })
    }
}

impl Content {
    fn text(&self) -> &str {
        match self {
            Self::Script(text) | Self::Json(text) => text,
        }
    }
}

/// Without a byte order mark and a line for the shell; lines keep their numbers.
fn cleaned(source: &str) -> String {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    match source.strip_prefix("#!") {
        Some(rest) => format!("//{rest}"),
        None => source.to_owned(),
    }
}

/// The paths that a script requires, each once; names of modules are left out.
fn requests(script: &str) -> Vec<String> {
    let Ok(requires) = Regex::new(REQUIRES) else {
        return Vec::new();
    };
    let mut requests: Vec<String> = requires
        .captures_iter(script)
        .filter_map(|found| (1..=3).find_map(|group| found.get(group)))
        .map(|request| request.as_str().to_owned())
        .filter(|request| request.starts_with(['.', '/']))
        .collect();
    requests.sort();
    requests.dedup();
    requests
}

/// The path in the package; nothing if it leads out of it.
fn resolved(from: &str, request: &str) -> Option<String> {
    if request.starts_with('/') || request.contains(['\\', ':', '\0']) {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in request.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The files that a path may mean, the first one first.
fn candidates(wanted: &str) -> Vec<String> {
    if matches!(extension(wanted), Some("js" | "cjs" | "json")) {
        return vec![wanted.to_owned()];
    }
    let index = if wanted.is_empty() {
        "index.js".to_owned()
    } else {
        format!("{wanted}/index.js")
    };
    vec![format!("{wanted}.js"), format!("{wanted}.json"), index]
}

fn is_json(path: &str) -> bool {
    extension(path) == Some("json")
}

fn extension(path: &str) -> Option<&str> {
    path.rsplit_once('.').map(|(_, extension)| extension)
}

#[cold]
fn too_many() -> Error {
    Error::new(
        Code::CodecPackage,
        format!("the package requires more than {MOST_FILES} files"),
    )
    .expected(format!("at most {MOST_FILES} files"))
    .hint("bundle the package into one script")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_cannot_leave_the_package() {
        for (from, request, expected) in [
            ("index.js", "./a", Some("a")),
            ("src/index.js", "./a.js", Some("src/a.js")),
            ("src/index.js", "../a.js", Some("a.js")),
            ("src/index.js", "..", Some("")),
            ("index.js", ".//x/./../a", Some("a")),
            ("index.js", "../a", None),
            ("src/index.js", "../../a", None),
            ("index.js", "./x/../../a", None),
            ("index.js", "/etc/passwd", None),
            ("index.js", "./..\\a", None),
            ("index.js", "./c:/a", None),
        ] {
            assert_eq!(resolved(from, request).as_deref(), expected, "{request}");
        }
    }

    #[test]
    fn only_literal_paths_are_files() {
        let script = "require('./a'); require( \"../b.js\" ); require(`./c`); require('buffer');
            require('./' + d); require(`./${e}`); prerequire('./f')";
        assert_eq!(requests(script), ["../b.js", "./a", "./c"]);
    }
}
