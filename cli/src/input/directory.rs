//! Which encoder a device has: from a device file, or one for all from the arguments.

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};

use downlink::directory::{Binding, Bindings, Directory};

use crate::args::BindingArguments;
use crate::exit::Failure;

use super::{Source, Wanted};

/// Names the device file where no argument does.
const VARIABLE: &str = "DOWNLINK_DEVICES";
/// The device file in the working folder.
const FILE: &str = "devices.toml";

/// The bindings, with what the arguments say instead; and the encoders that they name.
pub(crate) fn directory(
    arguments: &BindingArguments,
) -> Result<(Box<dyn Directory + Send + Sync>, Wanted), Failure> {
    if let Some(encoder) = arguments.only_encoder() {
        let binding = arguments.change(Binding::new(&encoder));
        return Ok((Box::new(binding), Wanted::One(encoder)));
    }
    let Some(path) = device_file(arguments.devices.as_deref()) else {
        let nothing = Wanted::Some(BTreeSet::new());
        return Ok((Box::new(Bindings::default()), nothing));
    };
    let source = Source::read(&path)?;
    let read = source.utf8().and_then(Bindings::from_toml);
    let bindings = read.map_err(|error| Failure::refused(error, source))?;
    let encoders = bindings
        .iter()
        .map(|(_, binding)| binding.encoder().to_owned());
    let wanted = Wanted::Some(encoders.collect());
    if arguments.is_empty() {
        return Ok((Box::new(bindings), wanted));
    }
    let mut changed = Bindings::default();
    for (device, binding) in bindings.iter() {
        changed.insert(device, arguments.change(binding.clone()));
    }
    Ok((Box::new(changed), wanted))
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

    /// Whether no binding is changed.
    fn is_empty(&self) -> bool {
        self.variables.is_empty() && self.region.is_none() && self.data_rate.is_none()
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
