//! The engine's protocols and ours: the service has one more.

use downlink::message::Protocol as EngineProtocol;

use crate::life::Protocol;

use super::Refusal;

/// Ours for one of the engine's.
pub(super) fn of_engine(protocol: EngineProtocol) -> Result<Protocol, Refusal> {
    match protocol {
        EngineProtocol::Lora => Ok(Protocol::Lora),
        EngineProtocol::Mqtt => Ok(Protocol::Mqtt),
        EngineProtocol::Sms => Ok(Protocol::Sms),
        EngineProtocol::Http => Ok(Protocol::Http),
        other => Err(Refusal::fault(&format!(
            "the engine has a new protocol {other}"
        ))),
    }
}

/// The engine's for one of ours.
pub(super) fn for_engine(protocol: Protocol) -> Result<EngineProtocol, Refusal> {
    match protocol {
        Protocol::Lora => Ok(EngineProtocol::Lora),
        Protocol::Mqtt => Ok(EngineProtocol::Mqtt),
        Protocol::Sms => Ok(EngineProtocol::Sms),
        Protocol::Http => Ok(EngineProtocol::Http),
        Protocol::DigitalMatter => Err(Refusal::fault("Digital Matter is not served yet")),
    }
}
