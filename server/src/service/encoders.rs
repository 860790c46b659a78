//! Encoders from the catalogue and from folders, followed while they change.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use downlink::Error;
use downlink::encoder::{RefusedDefinition, Registry, SharedRegistry};

use crate::operation::Operations;
use crate::settings::Encoders;
use crate::store::Bound;

use super::build::StartError;
use super::codecs;

/// How often folders are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// Folders of definitions and scripts, and what they held when last looked at.
#[derive(Clone, Debug)]
pub struct Folders {
    settings: Encoders,
    shared: SharedRegistry,
    seen: Found,
}

/// What is in the folders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Found {
    /// Definitions, by their paths.
    definitions: BTreeMap<String, String>,
    /// Files of scripts, for each folder.
    scripts: Vec<codecs::Files>,
}

/// Why encoders cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum NotLoaded {
    /// A folder or a file cannot be read.
    #[error("definitions in `{}` cannot be read: {error}", path.display())]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The catalogue.
    #[error("the catalogue cannot be loaded: {0}")]
    Catalogue(#[from] Error),
    /// Definitions that are not sound.
    #[error("{}", told(_0))]
    Refused(Vec<RefusedDefinition>),
}

fn told(refused: &[RefusedDefinition]) -> String {
    let findings = refused.iter().flat_map(|definition| {
        let name = &definition.name;
        definition
            .findings
            .iter()
            .map(move |it| format!("{name}: {it}"))
    });
    findings.collect::<Vec<_>>().join("\n")
}

impl Folders {
    /// Loads the catalogue and the folders of the settings.
    ///
    /// # Errors
    ///
    /// A folder that cannot be read, or a definition that is not sound.
    pub fn load(settings: &Encoders) -> Result<Self, NotLoaded> {
        let mut folders = Self {
            settings: settings.clone(),
            shared: SharedRegistry::new(Registry::builder().builtin()?.build()),
            seen: Found::default(),
        };
        if let Some(registry) = folders.read()? {
            folders.shared.put(registry);
        }
        Ok(folders)
    }

    /// The encoders of the moment.
    #[must_use]
    pub fn shared(&self) -> SharedRegistry {
        self.shared.clone()
    }

    /// Reads them anew, if they changed.
    fn read(&mut self) -> Result<Option<Registry>, NotLoaded> {
        let mut found = Found::default();
        for folder in &self.settings.folders {
            let mut scripts = codecs::Files::new();
            let mut walk = Walk {
                root: folder,
                takes_scripts: self.settings.javascript,
                definitions: &mut found.definitions,
                scripts: &mut scripts,
            };
            walk.read(folder)?;
            found.scripts.push(scripts);
        }
        if found == self.seen {
            return Ok(None);
        }
        let registry = registry(&found);
        self.seen = found;
        registry.map(Some)
    }
}

fn registry(found: &Found) -> Result<Registry, NotLoaded> {
    let builder = Registry::builder().builtin()?;
    let mut builder = builder
        .definitions(&found.definitions)
        .map_err(NotLoaded::Refused)?;
    for files in &found.scripts {
        builder = codecs::add(builder, files)?;
    }
    Ok(builder.build())
}

/// Reads what is below a folder.
struct Walk<'w> {
    root: &'w Path,
    takes_scripts: bool,
    definitions: &'w mut BTreeMap<String, String>,
    scripts: &'w mut codecs::Files,
}

impl Walk<'_> {
    fn read(&mut self, folder: &Path) -> Result<(), NotLoaded> {
        for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
            let path = entry.map_err(unreadable(folder))?.path();
            if path.is_dir() {
                self.read(&path)?;
            } else if path.extension().is_some_and(|it| it == "toml") {
                let text = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
                self.definitions.insert(path.display().to_string(), text);
            } else if self.takes_scripts && codecs::is_of_codec(&path) {
                self.read_script(&path)?;
            }
        }
        Ok(())
    }

    fn read_script(&mut self, path: &Path) -> Result<(), NotLoaded> {
        let text = std::fs::read_to_string(path).map_err(unreadable(path))?;
        if let Ok(name) = path.strip_prefix(self.root) {
            self.scripts.insert(name.to_owned(), text);
        }
        Ok(())
    }
}

fn unreadable(path: &Path) -> impl Fn(std::io::Error) -> NotLoaded + use<> {
    let path = path.to_owned();
    move |error| NotLoaded::Unreadable {
        path: path.clone(),
        error,
    }
}

/// Looks at the folders again and again. Does not end by itself.
pub(super) async fn follow(operations: Arc<Operations>, mut folders: Folders) {
    if folders.settings.folders.is_empty() {
        return;
    }
    loop {
        let now = operations.clock.now();
        operations.clock.sleep_until(now.plus(LOOK)).await;
        let looked = tokio::task::spawn_blocking(move || {
            let read = folders.read();
            (folders, read)
        });
        let read;
        (folders, read) = match looked.await {
            Ok(looked) => looked,
            Err(error) => {
                tracing::error!(%error, "folders of definitions are followed no more");
                return;
            }
        };
        match read {
            Ok(Some(registry)) => replace(&operations, &folders.shared, registry).await,
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "encoders were not reloaded; the old ones stay"),
        }
    }
}

/// Puts encoders in force, unless a device needs one that is not among them.
async fn replace(operations: &Operations, shared: &SharedRegistry, registry: Registry) {
    match operations.missing_encoders(&registry).await {
        Ok(missing) if missing.is_empty() => {
            shared.put(registry);
            tracing::info!("encoders were reloaded");
        }
        Ok(missing) => {
            let missing = listed(&missing);
            tracing::error!(
                missing,
                "encoders were not reloaded: devices are bound to some that are gone"
            );
        }
        Err(refusal) => {
            tracing::error!(?refusal, "encoders were not reloaded; the old ones stay");
        }
    }
}

/// Says of devices whose encoder is not there that nothing can be sent to them.
pub(super) async fn check(operations: &Operations) -> Result<(), StartError> {
    let registry = operations.engine.registry();
    let missing = operations.missing_encoders(&registry).await;
    let missing = missing.map_err(|refusal| StartError::Other(format!("{refusal:?}")))?;
    if !missing.is_empty() {
        let missing = listed(&missing);
        tracing::error!(missing, "devices are bound to encoders that are not there");
    }
    Ok(())
}

fn listed(missing: &[Bound]) -> String {
    let lines = missing.iter().map(|bound| {
        let Bound {
            encoder,
            devices,
            first,
        } = bound;
        format!("{encoder} ({devices} devices, the first is {first})")
    });
    lines.collect::<Vec<_>>().join(", ")
}
