//! Devices as callers see them, and taking them in.

use serde::Serialize;

use crate::device::{Known, canonical};
use crate::id::Client;
use crate::life::Input;
use crate::store::Device;

use super::{Operations, Refusal};

/// A device (`GET /devices/{id}`): what is configured for it, secrets by name alone.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceView {
    id: String,
    aliases: Vec<String>,
    tags: Vec<String>,
    encoder: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoder_digest: Option<String>,
    variables: Vec<VariableView>,
}

#[derive(Clone, Debug, Serialize)]
struct VariableView {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
}

/// A page of devices.
#[derive(Clone, Debug)]
pub struct Devices {
    /// The devices.
    pub devices: Vec<DeviceView>,
    /// The last of them, if there are more.
    pub next: Option<String>,
}

impl Operations {
    /// The client's device of this name or alias, with what is configured for it.
    ///
    /// # Errors
    ///
    /// [`Refusal::DeviceUnknown`], by the same work whether another client has it or nobody.
    pub async fn known(&self, client: &Client, name: &str) -> Result<Known, Refusal> {
        let device = self.store.device(client, &canonical(name)).await?;
        let device = device.ok_or_else(|| Refusal::no_device(name))?;
        Ok(Known::read(&device, &self.sealer)?)
    }

    /// A device as its client sees it.
    ///
    /// # Errors
    ///
    /// As [`Operations::known`].
    pub async fn device(&self, client: &Client, name: &str) -> Result<DeviceView, Refusal> {
        let device = self.store.device(client, &canonical(name)).await?;
        let device = device.ok_or_else(|| Refusal::no_device(name))?;
        self.view(&device)
    }

    /// The client's devices after a name, in the order of their names.
    ///
    /// # Errors
    ///
    /// A store that cannot be reached.
    pub async fn devices(
        &self,
        client: &Client,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Devices, Refusal> {
        let after = after.map(canonical);
        let mut found = self
            .store
            .devices(client, after.as_deref(), limit.saturating_add(1))
            .await?;
        let shown = usize::try_from(limit).unwrap_or(usize::MAX);
        let is_more = found.len() > shown;
        found.truncate(shown);
        let last = found.last().map(|device| device.id.clone());
        let devices: Result<_, _> = found.iter().map(|device| self.view(device)).collect();
        Ok(Devices {
            devices: devices?,
            next: last.filter(|_| is_more),
        })
    }

    fn view(&self, device: &Device) -> Result<DeviceView, Refusal> {
        let known = Known::read(device, &self.sealer)?;
        let binding = known.binding();
        let registry = self.engine.registry();
        let encoder = registry.get(binding.encoder()).ok();
        let declared = encoder.map(|it| it.variables());
        let declared = declared.iter().flat_map(|it| it.declared());
        let secret: Vec<&str> = declared
            .filter(|it| it.is_secret)
            .map(|it| &*it.name)
            .collect();
        let variable = |(name, value): (&str, &str)| {
            let is_secret = binding.is_secret(name) || secret.contains(&name);
            VariableView {
                name: name.to_owned(),
                value: (!is_secret).then(|| value.to_owned()),
            }
        };
        Ok(DeviceView {
            id: device.id.clone(),
            aliases: device.aliases.clone(),
            tags: device.tags.clone(),
            encoder: binding.encoder().to_owned(),
            encoder_digest: encoder.map(|it| it.digest()),
            variables: binding.variables().map(variable).collect(),
        })
    }

    /// Takes devices, all or nothing, and ends what was open for those that are gone.
    ///
    /// Answers how many went.
    ///
    /// # Errors
    ///
    /// A store that cannot be reached.
    pub async fn import(&self, devices: Vec<Device>, prune: bool) -> Result<usize, Refusal> {
        let gone = self.store.import(devices, prune).await?;
        for device in &gone {
            self.evict(device).await?;
        }
        Ok(gone.len())
    }

    async fn evict(&self, device: &str) -> Result<(), Refusal> {
        for protocol in crate::life::Protocol::ALL {
            let line = crate::store::Line {
                device: device.to_owned(),
                protocol,
            };
            let open = self.store.open(&line, self.bounds.line).await?;
            for stored in open {
                self.apply(stored, &Input::DeviceGone).await?;
            }
        }
        Ok(())
    }
}
