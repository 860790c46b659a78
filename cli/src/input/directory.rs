//! Which encoder a device has: from a device file, or one for all from the arguments.

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};

use downlink::directory::{Binding, Bindings, DeviceFile, Directory};
use downlink::encoder::Registry;
use downlink::error::{Code, First};

use crate::args::BindingArguments;
use crate::exit::Failure;

use super::{Source, Wanted};

/// Names the device file where no argument does.
const VARIABLE: &str = "DOWNLINK_DEVICES";
/// The device file in the working folder.
const FILE: &str = "devices.toml";

/// What is bound, read before the encoders that it names.
pub(crate) enum Bound {
    /// Every device alike.
    All(Box<Binding>),
    /// The devices of a file.
    File { file: DeviceFile, source: Source },
    /// No device.
    Nothing,
}

impl Bound {
    pub(crate) fn read(arguments: &BindingArguments) -> Result<Self, Failure> {
        if let Some(encoder) = arguments.only_encoder() {
            let binding = arguments.change(Binding::new(encoder));
            return Ok(Self::All(Box::new(binding)));
        }
        let Some(path) = device_file(arguments.devices.as_deref()) else {
            return Ok(Self::Nothing);
        };
        let source = Source::read(&path)?;
        let read = source
            .utf8()
            .and_then(|text| DeviceFile::read_toml(text, &mut First::default()));
        match read {
            Ok(file) => Ok(Self::File { file, source }),
            Err(error) => Err(Failure::refused(error, source)),
        }
    }

    /// The encoders that are needed.
    pub(crate) fn wanted(&self) -> Wanted {
        match self {
            Self::All(binding) => Wanted::One(binding.encoder().to_owned()),
            Self::File { file, .. } => {
                let encoders = file.devices.iter().map(|it| it.binding.encoder());
                Wanted::Some(encoders.map(str::to_owned).collect())
            }
            Self::Nothing => Wanted::Some(BTreeSet::new()),
        }
    }

    /// The bindings, with what the arguments say instead; their encoders have all variables.
    pub(crate) fn directory(
        self,
        arguments: &BindingArguments,
        registry: &Registry,
    ) -> Result<Box<dyn Directory + Send + Sync>, Failure> {
        match self {
            Self::All(binding) => match registry.bound(&binding) {
                Err(error) if error.code() == Code::DevicesVariable => {
                    Err(Failure::refused(error, Source::argument()))
                }
                // An encoder that is not known is told with the device that asks for it.
                _ => Ok(binding),
            },
            Self::File { file, source } => {
                let checked = registry.check_variables(&file, &mut First::default());
                checked.map_err(|error| Failure::refused(error, source))?;
                let mut bindings = Bindings::default();
                for entry in file.devices {
                    bindings.insert(entry.device, arguments.change(entry.binding));
                }
                Ok(Box::new(bindings))
            }
            Self::Nothing => Ok(Box::new(Bindings::default())),
        }
    }
}

/// The device file that is named, or the one in the working folder if it is there.
fn device_file(named: Option<&Path>) -> Option<PathBuf> {
    let from_environment = || {
        env::var_os(VARIABLE)
            .filter(|it| !it.is_empty())
            .map(PathBuf::from)
    };
    let in_folder = || Some(PathBuf::from(FILE)).filter(|it| it.exists());
    named
        .map(Path::to_owned)
        .or_else(from_environment)
        .or_else(in_folder)
}

impl BindingArguments {
    /// The id of the encoder that every device has, if the arguments say so.
    pub(crate) fn only_encoder(&self) -> Option<String> {
        let codec = || self.codec.as_ref().map(|path| path.display().to_string());
        self.encoder.clone().or_else(codec)
    }

    /// The binding with what the arguments say instead.
    fn change(&self, binding: Binding) -> Binding {
        let mut binding = binding.with_network(self.region, self.data_rate.map(i128::from));
        for variable in &self.variables {
            binding = binding.with_variable(&variable.name, &variable.value);
        }
        binding
    }
}
