//! Reading a device file into what the store keeps.

use std::collections::BTreeMap;

use downlink::directory::DeviceFile;
use downlink::encoder::Registry;
use downlink::error::{All, Diagnostic, Error};

use crate::id::Client;
use crate::seal::Sealer;
use crate::store::Device;

use super::DeviceSettings;

/// The devices of a file, ready to be stored.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// The devices.
    pub devices: Vec<Device>,
}

/// Reads a device file whole.
///
/// A device without `client` belongs to `usual`; where there is no usual client, it is refused. So is
/// a device whose encoder is not there, or does not have a variable that it names.
///
/// # Errors
///
/// Every fault of the file, with its line and column.
pub fn read_file(
    text: &str,
    usual: Option<&Client>,
    sealer: &Sealer,
    registry: &Registry,
) -> Result<Imported, Vec<Diagnostic>> {
    let mut faults = All::default();
    let read = DeviceFile::read_toml(text, &mut faults);
    let file = match read {
        Ok(file) => file,
        Err(error) => {
            faults.errors.push(error);
            return Err(told(faults));
        }
    };
    let checked = registry.check_variables(&file, &mut faults);
    checked.map_err(|error| vec![error.into_diagnostic()])?;
    let mut entries = Entries::of(text).map_err(|error| vec![error.into_diagnostic()])?;
    let mut imported = Imported::default();
    for entry in &file.devices {
        if let Err(error) = registry.get(entry.binding.encoder()) {
            faults.errors.push(error.at_position(entry.position));
        }
        let settings = DeviceSettings::read(&entry.extras, &mut faults);
        let settings = settings.map_err(|error| vec![error.into_diagnostic()])?;
        let client = settings.client.as_deref().map(Client::new);
        let Some(client) = client.or_else(|| usual.cloned()) else {
            let error = Error::new(
                downlink::error::Code::DevicesFile,
                format!("the device `{}` has no key `client`", entry.device),
            );
            faults
                .errors
                .push(error.expected("a key `client`").at_position(entry.position));
            continue;
        };
        // Nothing is taken of a file with a fault, but all its faults are looked for.
        if !faults.errors.is_empty() {
            continue;
        }
        let name = entry.device.to_string();
        let own = entries.take(&name);
        let own = own.map_err(|error| vec![error.into_diagnostic()])?;
        imported.devices.push(Device {
            client,
            id: name.clone(),
            aliases: settings.aliases,
            tags: settings.tags,
            encoder: entry.binding.encoder().to_owned(),
            entry: super::sealed(sealer, &name, &own),
        });
    }
    if faults.errors.is_empty() {
        return Ok(imported);
    }
    Err(told(faults))
}

fn told(faults: All) -> Vec<Diagnostic> {
    faults
        .errors
        .into_iter()
        .map(Error::into_diagnostic)
        .collect()
}

/// What the file says of each device, as a device file of that device alone.
struct Entries {
    defaults: Option<toml::Value>,
    devices: BTreeMap<String, toml::Value>,
}

impl Entries {
    /// Of a file that the engine has read.
    fn of(text: &str) -> Result<Self, Error> {
        let unread = |_| Error::invariant("a device file that was read is not TOML");
        let mut file: toml::Table = text.parse().map_err(unread)?;
        let devices = match file.remove("devices") {
            Some(toml::Value::Table(devices)) => devices,
            _ => toml::Table::new(),
        };
        let named =
            |(name, entry): (String, toml::Value)| (super::settings::canonical(&name), entry);
        Ok(Self {
            defaults: file.remove("defaults"),
            devices: devices.into_iter().map(named).collect(),
        })
    }

    fn take(&mut self, device: &str) -> Result<String, Error> {
        let entry = self.devices.remove(device);
        let entry = entry.ok_or_else(|| Error::invariant("a device is not in its own file"))?;
        let devices = toml::Table::from_iter([(device.to_owned(), entry)]);
        let mut file = toml::Table::new();
        if let Some(defaults) = &self.defaults {
            file.insert("defaults".to_owned(), defaults.clone());
        }
        file.insert("devices".to_owned(), toml::Value::Table(devices));
        toml::to_string(&file).map_err(|_| Error::invariant("a device cannot be written as TOML"))
    }
}
