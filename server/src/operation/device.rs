//! Devices as callers see them, and taking them in.

use std::collections::BTreeMap;

use downlink::directory::Binding;
use downlink::encoder::Encoder;
use downlink::instruction::FeedbackTimeout;
use downlink::message::Protocol;
use downlink::message::lora::Region;
use serde::Serialize;

use crate::device::{Known, canonical};
use crate::id::Client;
use crate::life::Input;
use crate::store::{Device, StoreError};

use super::{Operations, Refusal};

/// A device in the list of them.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceSummary {
    id: String,
    aliases: Vec<String>,
    tags: Vec<String>,
    encoder: String,
    protocols: Vec<Protocol>,
}

/// A device with what is configured for it; of variables that are secret the names alone.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceView {
    #[serde(flatten)]
    summary: DeviceSummary,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_rate: Option<i128>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_payload: Option<i128>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feedback_timeout: Option<FeedbackTimeout>,
    variables: BTreeMap<String, String>,
    secret_variables: Vec<String>,
}

/// Why an import was not carried through.
#[derive(Debug, thiserror::Error)]
pub enum NotImported {
    /// Nothing was imported.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// All was imported, and a device that is gone still has open downlinks.
    #[error("the devices are imported, but the open downlinks of `{device}` were not ended")]
    NotEvicted {
        /// The device.
        device: String,
        /// Why not.
        refusal: Refusal,
    },
}

/// A page of devices.
#[derive(Clone, Debug)]
pub struct Devices {
    /// The devices.
    pub devices: Vec<DeviceSummary>,
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
        let device = self.stored(client, name).await?;
        Ok(Known::read(&device, &self.sealer)?)
    }

    /// The device of this canonical name, whoever has it: for the work on its line and for its own
    /// calls, never for a caller's request.
    pub(crate) async fn known_to_any(&self, name: &str) -> Result<Option<Known>, Refusal> {
        let device = self.store.any_device(name).await?;
        let known = device.map(|device| Known::read(&device, &self.sealer));
        Ok(known.transpose()?)
    }

    async fn stored(&self, client: &Client, name: &str) -> Result<Device, Refusal> {
        let device = self.store.device(client, &canonical(name)).await?;
        device.ok_or_else(|| Refusal::no_device(name))
    }

    /// A device as its client sees it.
    ///
    /// # Errors
    ///
    /// As [`Operations::known`].
    pub async fn device(&self, client: &Client, name: &str) -> Result<DeviceView, Refusal> {
        self.view(&self.stored(client, name).await?)
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
        let devices: Result<_, _> = found.iter().map(|it| self.summary(it)).collect();
        Ok(Devices {
            devices: devices?,
            next: last.filter(|_| is_more),
        })
    }

    fn summary(&self, device: &Device) -> Result<DeviceSummary, Refusal> {
        let known = Known::read(device, &self.sealer)?;
        let id = known.binding().encoder();
        let registry = self.engine.registry();
        let encoder = registry.get(id).ok();
        Ok(DeviceSummary::of(device, &known, encoder))
    }

    fn view(&self, device: &Device) -> Result<DeviceView, Refusal> {
        let known = Known::read(device, &self.sealer)?;
        let binding = known.binding();
        let registry = self.engine.registry();
        let encoder = registry.get(binding.encoder()).ok();
        let (secret, open): (Vec<_>, Vec<_>) = binding
            .variables()
            .partition(|(name, _)| is_secret(binding, encoder, name));
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Ok(DeviceView {
            summary: DeviceSummary::of(device, &known, encoder),
            digest: encoder.map(Encoder::digest),
            region: binding.region(),
            data_rate: binding.data_rate(),
            max_payload: binding.max_payload(),
            feedback_timeout: binding.feedback_timeout(),
            variables: open.into_iter().map(owned).collect(),
            secret_variables: secret.iter().map(|(name, _)| (*name).to_owned()).collect(),
        })
    }

    /// Takes devices, all or nothing, and ends what was open for those that are gone.
    ///
    /// Answers how many went.
    ///
    /// # Errors
    ///
    /// Why they were not taken, or why what was open for one that is gone was not ended.
    pub async fn import(&self, devices: Vec<Device>, prune: bool) -> Result<usize, NotImported> {
        let gone = self.store.import(devices, prune).await?;
        for device in &gone {
            let evicted = self.evict(device).await;
            evicted.map_err(|refusal| NotImported::NotEvicted {
                device: device.clone(),
                refusal,
            })?;
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

impl DeviceSummary {
    fn of(device: &Device, known: &Known, encoder: Option<&dyn Encoder>) -> Self {
        Self {
            id: device.id.clone(),
            aliases: device.aliases.clone(),
            tags: device.tags.clone(),
            encoder: known.binding().encoder().to_owned(),
            protocols: encoder.map_or_else(Vec::new, |it| it.protocols().to_vec()),
        }
    }
}

/// Whether a variable may not be shown. Which ones an encoder declares secret, nobody knows while
/// it is not loaded.
fn is_secret(binding: &Binding, encoder: Option<&dyn Encoder>, name: &str) -> bool {
    let Some(encoder) = encoder else {
        return true;
    };
    let variables = encoder.variables();
    let mut declared = variables.declared().iter();
    binding.is_secret(name) || declared.any(|it| it.is_secret && it.name == name)
}
