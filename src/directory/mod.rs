//! Directories: which encoder a device has, and what else is known of it.

mod bound;
mod extras;
mod file;
mod key;
mod variable;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::error::{Audience, Code, Error, First};
use crate::instruction::{DeviceId, FeedbackTimeout};
use crate::message::lora::{DataRate, PayloadLimit, Region};
pub use bound::Bound;
pub use extras::{Extra, Extras};
pub use file::{DeviceEntry, DeviceFile};
pub(crate) use key::EncoderKey;
use variable::Variable;

/// What is configured for a device: its encoder, its variables, and what its network carries.
///
/// ```
/// use downlink::directory::Binding;
/// use downlink::message::lora::Region;
///
/// let binding = Binding::new("milesight/ws52x").with_region(Region::Eu868).with_data_rate(0);
/// assert_eq!(binding.payload_limit()?.bytes(), 51);
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Binding {
    encoder: String,
    encoder_hash: u64,
    variables: BTreeMap<String, Variable>,
    region: Option<Region>,
    data_rate: Option<i128>,
    max_payload: Option<i128>,
    feedback_timeout: Option<FeedbackTimeout>,
    base_only_record: bool,
    types: BTreeMap<String, NumberType>,
}

/// How a device that reads SenML takes a number; it refuses the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NumberType {
    /// An integer.
    Integer,
    /// A float.
    Float,
}

impl Binding {
    /// Binds to the encoder of this id; nothing else is known.
    #[must_use]
    pub fn new(encoder: impl Into<String>) -> Self {
        let encoder = encoder.into();
        Self {
            encoder_hash: EncoderKey::new(&encoder).hash,
            encoder,
            variables: BTreeMap::new(),
            region: None,
            data_rate: None,
            max_payload: None,
            feedback_timeout: None,
            base_only_record: false,
            types: BTreeMap::new(),
        }
    }

    /// Gives a variable of the device its value; one that is a secret stays one.
    #[must_use]
    pub fn with_variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let variable = self.variables.entry(name.into()).or_default();
        variable.value = value.into();
        self
    }

    /// Gives a variable of the device a value that is shown nowhere, whether or not the definition
    /// says that it is a secret.
    ///
    /// ```
    /// use downlink::directory::Binding;
    ///
    /// let binding = Binding::new("acme/v1").with_secret_variable("password", "hunter2");
    /// assert_eq!(binding.variable("password"), Some("hunter2"));
    /// assert!(!format!("{binding:?}").contains("hunter2"));
    /// ```
    #[must_use]
    pub fn with_secret_variable(
        mut self,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        let variable = Variable::secret(value.into());
        self.variables.insert(name.into(), variable);
        self
    }

    /// Says in which region the device is.
    #[must_use]
    pub fn with_region(mut self, region: Region) -> Self {
        self.region = Some(region);
        self
    }

    /// Says at which data rate downlinks go out; it needs a region.
    #[must_use]
    pub fn with_data_rate(mut self, data_rate: impl Into<i128>) -> Self {
        self.data_rate = Some(data_rate.into());
        self
    }

    /// Says anew where the device is and at which data rate downlinks go out.
    ///
    /// What is `None` stays; but another region has other data rates, so that the old one is
    /// forgotten, and so is a maximum payload, which would stand above both.
    ///
    /// ```
    /// use downlink::directory::Binding;
    /// use downlink::message::lora::Region;
    ///
    /// let binding = Binding::new("generic/raw").with_max_payload(222);
    /// let slow = binding.with_network(Some(Region::Eu868), Some(0));
    /// assert_eq!((slow.region(), slow.data_rate()), (Some(Region::Eu868), Some(0)));
    /// assert_eq!((slow.max_payload(), slow.payload_limit()?.bytes()), (None, 51));
    /// # Ok::<(), downlink::Error>(())
    /// ```
    #[must_use]
    pub fn with_network(mut self, region: Option<Region>, data_rate: Option<i128>) -> Self {
        if region.is_none() && data_rate.is_none() {
            return self;
        }
        self.max_payload = None;
        if region.is_some() && region != self.region {
            self.region = region;
            self.data_rate = None;
        }
        self.data_rate = data_rate.or(self.data_rate);
        self
    }

    /// Says how many bytes a payload may have, instead of region and data rate.
    #[must_use]
    pub fn with_max_payload(mut self, bytes: impl Into<i128>) -> Self {
        self.max_payload = Some(bytes.into());
        self
    }

    /// Says how long feedback may take where the request does not.
    #[must_use]
    pub fn with_feedback_timeout(mut self, timeout: FeedbackTimeout) -> Self {
        self.feedback_timeout = Some(timeout);
        self
    }

    /// Has `generic/senml-json` put the base name into a record of its own, as older devices of
    /// KPN Things read it (RFC 8428 §5.1.7).
    #[must_use]
    pub fn with_base_only_record(mut self) -> Self {
        self.base_only_record = true;
        self
    }

    /// Says how the device takes the number of this name, where it reads SenML.
    #[must_use]
    pub fn with_number_type(mut self, name: impl Into<String>, number_type: NumberType) -> Self {
        self.types.insert(name.into(), number_type);
        self
    }

    /// The id of the encoder.
    #[must_use]
    pub fn encoder(&self) -> &str {
        &self.encoder
    }

    pub(crate) fn encoder_key(&self) -> EncoderKey<'_> {
        EncoderKey {
            id: &self.encoder,
            hash: self.encoder_hash,
        }
    }

    /// The value of a variable.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(|it| it.value.as_str())
    }

    /// Whether the value of a variable is shown nowhere.
    #[must_use]
    pub fn is_secret(&self, name: &str) -> bool {
        self.variables.get(name).is_some_and(|it| it.is_secret)
    }

    /// The variables and their values, in the order of their names.
    #[must_use]
    pub fn variables(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        let variables = self.variables.iter();
        variables.map(|(name, variable)| (name.as_str(), variable.value.as_str()))
    }

    /// The region of the device's network.
    #[must_use]
    pub fn region(&self) -> Option<Region> {
        self.region
    }

    /// The data rate of downlinks, which [`Self::payload_limit`] checks against the region.
    #[must_use]
    pub fn data_rate(&self) -> Option<i128> {
        self.data_rate
    }

    /// The number of bytes that a payload may have, where it was set; [`Self::payload_limit`]
    /// checks it, and derives it from region and data rate otherwise.
    #[must_use]
    pub fn max_payload(&self) -> Option<i128> {
        self.max_payload
    }

    /// How long feedback may take where the request does not say.
    #[must_use]
    pub fn feedback_timeout(&self) -> Option<FeedbackTimeout> {
        self.feedback_timeout
    }

    /// How the device takes the number of this name; as it was written, if nothing is said.
    #[must_use]
    pub fn number_type(&self, name: &str) -> Option<NumberType> {
        self.types.get(name).copied()
    }

    /// Whether the base name stands in a record of its own.
    #[must_use]
    pub fn has_base_only_record(&self) -> bool {
        self.base_only_record
    }

    /// How many bytes a LoRaWAN payload may have, and why.
    ///
    /// # Errors
    ///
    /// A data rate that the region does not have for downlinks, or a length that none carries.
    pub fn payload_limit(&self) -> Result<PayloadLimit, Error> {
        match (self.max_payload, self.region, self.data_rate) {
            (Some(bytes), _, _) => PayloadLimit::explicit(bytes),
            (None, Some(region), Some(rate)) => {
                PayloadLimit::for_data_rate(region, DataRate::new(rate)?)
            }
            (None, Some(region), None) => Ok(PayloadLimit::for_region(region)),
            (None, None, None) => Ok(PayloadLimit::unknown()),
            (None, None, Some(_)) => Err(Error::new(
                Code::DevicesDataRate,
                "a data rate needs a region",
            )
            .expected("a region and a data rate")),
        }
    }
}

/// Tells what is configured for a device.
pub trait Directory {
    /// The binding of a device.
    ///
    /// # Errors
    ///
    /// [`Code::DeviceUnknown`] for a device that has none; it is never guessed.
    fn binding(&self, device: DeviceId) -> Result<Bound<'_>, Error>;
}

/// A binding for every device: for trying an encoder without a directory.
impl Directory for Binding {
    fn binding(&self, _: DeviceId) -> Result<Bound<'_>, Error> {
        Ok(Bound::Lent(self))
    }
}

/// Bindings in memory.
///
/// Finding one takes as long among many as among few. Devices that are bound in the same way share
/// their binding.
#[derive(Clone, Debug, Default)]
pub struct Bindings {
    devices: Devices,
    shared: HashSet<Arc<Binding>, FixedState>,
}

/// The binding of each device. Most are end devices of LoRaWAN, whose keys are short: among many,
/// what is looked through should fit the processor's cache.
#[derive(Clone, Debug, Default)]
struct Devices {
    dev_euis: HashMap<u64, Arc<Binding>, FixedState>,
    others: HashMap<DeviceId, Arc<Binding>, FixedState>,
}

impl Devices {
    #[inline]
    fn get(&self, device: DeviceId) -> Option<&Binding> {
        let found = match device {
            DeviceId::DevEui(eui) => self.dev_euis.get(&eui),
            other => self.others.get(&other),
        };
        found.map(AsRef::as_ref)
    }

    fn insert(&mut self, device: DeviceId, binding: Arc<Binding>) -> Option<Arc<Binding>> {
        match device {
            DeviceId::DevEui(eui) => self.dev_euis.insert(eui, binding),
            other => self.others.insert(other, binding),
        }
    }

    /// All, in no order.
    fn iter(&self) -> impl Iterator<Item = (DeviceId, &Binding)> {
        let dev_euis = self.dev_euis.iter();
        let dev_euis = dev_euis.map(|(eui, binding)| (DeviceId::DevEui(*eui), binding.as_ref()));
        let others = self.others.iter();
        dev_euis.chain(others.map(|(device, binding)| (*device, binding.as_ref())))
    }
}

impl Bindings {
    /// Reads a device file.
    ///
    /// ```
    /// use downlink::directory::{Bindings, Directory};
    ///
    /// let bindings = Bindings::from_toml(r#"
    ///     [devices."urn:dev:DEVEUI:0059AC0000152A2B:"]
    ///     encoder = "dragino/lt-22222-l"
    ///     region = "EU868"
    /// "#)?;
    /// let device = "deveui:0059ac0000152a2b".parse()?;
    /// assert_eq!(bindings.binding(device)?.encoder(), "dragino/lt-22222-l");
    /// # Ok::<(), downlink::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The first fault of the file, with line and column; [`DeviceFile`] finds them all, and has
    /// what is said to a service.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        let file = DeviceFile::read_toml(text, &mut First::default())?;
        let mut bindings = Self::default();
        for entry in file.devices {
            bindings.insert(entry.device, entry.binding);
        }
        Ok(bindings)
    }

    /// Binds a device; the binding that it had is given back.
    pub fn insert(&mut self, device: DeviceId, binding: Binding) -> Option<Binding> {
        let binding = self.share(binding);
        let former = self.devices.insert(device, binding)?;
        let has_others = Arc::strong_count(&former) > 2;
        if !has_others {
            self.shared.remove(&former);
        }
        Some(Arc::unwrap_or_clone(former))
    }

    /// The same binding as the one of another device, if one has it.
    fn share(&mut self, binding: Binding) -> Arc<Binding> {
        if let Some(known) = self.shared.get(&binding) {
            return Arc::clone(known);
        }
        let binding = Arc::new(binding);
        self.shared.insert(Arc::clone(&binding));
        binding
    }

    /// The devices and their bindings, in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (DeviceId, &Binding)> {
        let mut all: Vec<_> = self.devices.iter().collect();
        all.sort_by_key(|(device, _)| *device);
        all.into_iter()
    }
}

/// Whether both bind the same devices in the same way.
impl PartialEq for Bindings {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Bindings {}

impl Directory for Bindings {
    #[inline]
    fn binding(&self, device: DeviceId) -> Result<Bound<'_>, Error> {
        let binding = self.devices.get(device);
        let binding = binding.ok_or_else(|| unknown_device(device))?;
        Ok(Bound::Lent(binding))
    }
}

/// Names no other device and counts none: whose they are is not known here.
#[cold]
fn unknown_device(device: DeviceId) -> Error {
    let name = device.to_string();
    Error::new(
        Code::DeviceUnknown,
        format!("the device `{name}` has no binding"),
    )
    .expected("a device with a binding")
    .found(name)
    .hint_for(
        Audience::Operator,
        "add the device to the device file, or name an encoder",
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn devices_share_bindings_and_none_outlives_its_devices() {
        let mut bindings = Bindings::default();
        let mut model = BTreeMap::new();
        for step in 0..1_000 {
            let device = match step % 2 {
                0 => DeviceId::DevEui(step * 7 % 23),
                _ => DeviceId::Uuid((step * 7 % 23).into()),
            };
            let binding = Binding::new(format!("acme/v{}", step * step % 11));
            let former = bindings.insert(device, binding.clone());
            assert_eq!(former, model.insert(device, binding));
            let known = model.iter().map(|(device, binding)| (*device, binding));
            assert!(bindings.iter().eq(known));
            let distinct: HashSet<&Binding> = model.values().collect();
            assert_eq!(bindings.shared.len(), distinct.len());
        }
    }

    #[test]
    fn an_unknown_device_is_refused_the_same_whatever_devices_there_are() {
        let unknown = DeviceId::DevEui(23);
        let mut bindings = Bindings::default();
        let alone = bindings.binding(unknown).unwrap_err();
        assert_eq!(alone.code(), Code::DeviceUnknown);
        for eui in [22, 24, 0x123] {
            bindings.insert(DeviceId::DevEui(eui), Binding::new("acme/v1"));
            assert_eq!(bindings.binding(unknown).unwrap_err(), alone);
        }
    }
}
