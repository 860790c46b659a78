//! The table of all codes: one line a code, and nothing else knows their texts.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Whose fault an error is; the only thing that an HTTP layer maps.
///
/// The gravest comes first: of several findings, the first kind decides what an answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// The request itself is too large: 413.
    TooLarge,
    /// The request cannot be read as what it claims to be: 400.
    Malformed,
    /// The device or its encoder is not known: 404.
    NotFound,
    /// The request is sound, but this device cannot do it: 422.
    Rejected,
    /// The library contradicts itself; no input is to blame: 500.
    Internal,
    /// The configuration is wrong: 500.
    Setup,
}

impl Kind {
    /// The HTTP status code for it (RFC 9110 §15).
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::TooLarge => 413,
            Self::Malformed => 400,
            Self::NotFound => 404,
            Self::Rejected => 422,
            Self::Internal | Self::Setup => 500,
        }
    }
}

/// Makes the enum, its texts and the list of all from one table.
macro_rules! codes {
    ($($kind:ident { $($variant:ident $text:literal $title:literal,)+ })+) => {
        /// The stable name of a fault.
        ///
        /// Codes are added, never renamed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = concat!("`", $text, "`: ", $title)] $variant,)+)+
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$($(Self::$variant,)+)+];

            /// The code as a program reads it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $($(Self::$variant => $text,)+)+ }
            }

            /// The fixed sentence of the code.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $($(Self::$variant => $title,)+)+ }
            }

            /// Whose fault it is.
            #[must_use]
            pub fn kind(self) -> Kind {
                match self { $($(Self::$variant)|+ => Kind::$kind,)+ }
            }
        }
    };
}

codes! {
    Malformed {
        JsonSyntax "json/syntax" "The text is not JSON.",
        JsonDuplicate "json/duplicate" "An object has a duplicate member.",
        CborSyntax "cbor/syntax" "The bytes are not CBOR.",
        TextUtf8 "text/utf8" "The text is not UTF-8.",

        SenmlRoot "senml/root" "A pack is an array of records.",
        SenmlEmptyPack "senml/empty-pack" "A pack has at least one record with a value.",
        SenmlType "senml/type" "A label has a value of the wrong type.",
        SenmlDuplicateLabel "senml/duplicate-label" "A record has a duplicate label.",
        SenmlUnknownLabel "senml/unknown-label" "A record has a label that is not registered.",
        SenmlMustUnderstand "senml/must-understand" "A label that must be understood is not known.",
        SenmlVersion "senml/version" "The version is not understood.",
        SenmlMixedVersion "senml/mixed-version" "All records of a pack have one version.",
        SenmlNoValue "senml/no-value" "A record has neither a value nor a sum.",
        SenmlManyValues "senml/many-values" "A record has more than one value.",
        SenmlNameMissing "senml/name-missing" "A record has no name.",
        SenmlNameCharacter "senml/name-character" "A name contains a character that is not allowed.",
        SenmlNumber "senml/number" "SenML does not allow this number.",
        SenmlDataValue "senml/data-value" "A data value is not base64url.",
        SenmlTime "senml/time" "A time cannot be resolved.",
        SenmlUnit "senml/unit" "A unit must not be sent.",
        SenmlIndex "senml/index" "A ThingsML index is not known.",
        SenmlContentFormat "senml/content-format" "A content format is not well formed.",
        SenmlObjectLink "senml/object-link" "An object link is not well formed.",
        SenmlOrder "senml/order" "Two records have one name and one time.",
        SenmlFetch "senml/fetch" "A FETCH pack names records and nothing else.",
        SenmlPatch "senml/patch" "A PATCH pack does not say what to change.",
        SenmlFraming "senml/framing" "The pack is not framed as its media type requires.",

        RequestMissingField "request/missing-field" "The request is missing a required field.",
        RequestUnknownField "request/unknown-field" "The request has a field that is not known.",
        RequestReadOnly "request/read-only" "The request has a response-only field.",
        RequestType "request/type" "A field of the request has the wrong type.",
        RequestRange "request/range" "A field of the request is outside its range.",
        RequestUnknownProtocol "request/unknown-protocol" "The protocol is not known.",
        RequestDuration "request/duration" "The duration is not well formed.",
        RequestFeedbackTimeout "request/feedback-timeout" "The feedback timeout is too short.",

        InstructionNoDevice "instruction/no-device" "The instruction names no device.",
        InstructionTwoDevices "instruction/two-devices" "The instruction names two devices.",
        InstructionDeviceId "instruction/device-id" "The device identifier is not well formed.",
        InstructionNoCommand "instruction/no-command" "The instruction has no command.",
        InstructionUnknownLabel "instruction/unknown-label" "A record has a label that is not valid.",
        InstructionUnsupportedLabel "instruction/unsupported-label" "A record has a label that has no meaning for a device.",
        InstructionTime "instruction/time" "A command cannot be scheduled for another time.",
        InstructionName "instruction/name" "A name is not a command.",
    }
    NotFound {
        DeviceUnknown "device/unknown" "The device has no binding.",
        EncoderUnknown "encoder/unknown" "The encoder is not known.",
    }
    Rejected {
        EncodeUnsupportedProtocol "encode/unsupported-protocol" "The encoder does not support this protocol.",
        EncodeUnknownCommand "encode/unknown-command" "The device has no such command.",
        EncodeUnknownArgument "encode/unknown-argument" "The command has no such argument.",
        EncodeMissingArgument "encode/missing-argument" "The command is missing an argument.",
        EncodeDuplicateArgument "encode/duplicate-argument" "The command has a duplicate argument.",
        EncodeDuplicateCommand "encode/duplicate-command" "The instruction has a duplicate command.",
        EncodeType "encode/type" "An argument has a value of the wrong type.",
        EncodeOutOfRange "encode/out-of-range" "An argument is outside its range.",
        EncodeNotExact "encode/not-exact" "An argument is more precise than the device accepts.",
        EncodeRounded "encode/rounded" "An argument was rounded to the precision of the device.",
        EncodeUnknownEnum "encode/unknown-enum" "An argument is not one of the values that the device knows.",
        EncodeNoEffect "encode/no-effect" "An argument has no effect beside the values of others.",
        EncodeUnit "encode/unit" "A unit cannot be converted to that of the argument.",
        EncodeUnitIgnored "encode/unit-ignored" "A unit has no meaning for this argument.",
        EncodeLength "encode/length" "An argument is too long or too short.",
        EncodeItems "encode/items" "A list has too many or too few items.",
        EncodeSeparator "encode/separator" "A text contains a character that would end it.",
        EncodeCharacter "encode/character" "A text contains a character that cannot be sent.",
        EncodePortMissing "encode/port-missing" "No port is known for the downlink.",
        EncodePortRange "encode/port-range" "The port is not an application port.",
        EncodePortConflict "encode/port-conflict" "The request asks for a port that the device does not have.",
        EncodeTopic "encode/topic" "The topic name is not allowed.",
        EncodeTopicConflict "encode/topic-conflict" "The request asks for another topic or content type than the device has.",
        EncodeVariableMissing "encode/variable-missing" "A variable of the device has no value.",
        EncodeVariable "encode/variable" "A variable of the device does not match its pattern.",
        EncodeHeader "encode/header" "A header field is not well formed.",
        EncodeContentType "encode/content-type" "The content type is not well formed.",
        EncodeRefused "encode/refused" "The encoder refuses the instruction.",
        DecodeNoReading "decode/no-reading" "The payload matches no command of the device.",
        DecodeAmbiguous "decode/ambiguous" "The payload matches more than one command of the device.",
        DecodePort "decode/port" "The device listens on another port.",
        ExportProtocol "export/protocol" "Scripts are only for LoRaWAN.",
        ExportExactness "export/exactness" "Scripts cannot represent the values of an argument exactly.",
        ExportLanguage "export/language" "A script cannot express what the definition says.",
        LimitPayload "limit/payload" "The payload is longer than the network can carry.",
        LimitSegments "limit/segments" "The text needs more SMS segments than allowed.",
        LimitParts "limit/parts" "The instruction produces too many messages.",
        CodecException "codec/exception" "The script threw an exception.",
        CodecTimeout "codec/timeout" "The script runs too long.",
        CodecMemory "codec/memory" "The script uses too much memory.",
        CodecStack "codec/stack" "The script recurses too deeply.",
        CodecOutput "codec/output" "The script does not return a downlink.",
        CodecRefused "codec/refused" "The script refuses the instruction.",
        CodecClock "codec/clock" "The script asks for the time or for random numbers, which it was not given.",
        CodecLocale "codec/locale" "The script asks for a locale or a time zone, which scripts do not have.",
        CodecWarning "codec/warning" "The script returned a warning.",
        CodecReadBack "codec/read-back" "The script decodes its own bytes to something else.",
    }
    TooLarge {
        LimitRequest "limit/request" "The request is too large.",
        LimitRecords "limit/records" "The pack has too many records.",
        LimitString "limit/string" "A text is too long.",
        LimitNesting "limit/nesting" "The input is nested too deeply.",
    }
    Setup {
        DefinitionSyntax "definition/syntax" "The definition is not TOML.",
        DefinitionUnknownKey "definition/unknown-key" "The definition has an unknown key.",
        DefinitionMissingKey "definition/missing-key" "The definition is missing a key.",
        DefinitionType "definition/type" "A key of the definition has the wrong type.",
        DefinitionValue "definition/value" "A key of the definition has a value that is not allowed.",
        DefinitionFrame "definition/frame" "A frame is not well formed.",
        DefinitionName "definition/name" "A name is not valid in a definition.",
        DefinitionUndeclared "definition/undeclared" "Something is used that is not declared.",
        DefinitionUnused "definition/unused" "An argument is declared that the command does not use.",
        DefinitionWidth "definition/width" "A value does not fit its place on the wire.",
        DefinitionOpenEnded "definition/open-ended" "More than one item of a frame is open-ended.",
        DefinitionExample "definition/example" "A command has no example.",
        DefinitionAmbiguous "definition/ambiguous" "Two commands can have the same payload.",
        DefinitionLimit "definition/limit" "The definition is too large.",
        RegistryDuplicate "registry/duplicate" "Two encoders have one id.",
        RegistryExample "registry/example" "An example of a definition fails.",
        CodecSyntax "codec/syntax" "The script does not load.",
        CodecScriptSize "codec/script-size" "The script is too long.",
        CodecFeature "codec/feature" "The script needs the feature `js`, which is off.",
        CodecForm "codec/form" "The script has no function that encodes.",
        CodecExample "codec/example" "An example of a codec package fails.",
        CodecPackage "codec/package" "The codec package is not well formed.",
        DevicesFile "devices/file" "The device file is not well formed.",
        DevicesRegion "devices/region" "The LoRaWAN region is not known.",
        DevicesDataRate "devices/data-rate" "The region has no such downlink data rate.",
        DevicesMaxPayload "devices/max-payload" "The maximum payload is outside the limits of LoRaWAN.",
        DevicesVariable "devices/variable" "The encoder has no variable of this name.",
    }
    Internal {
        InternalInvariant "internal/invariant" "An invariant of the library is broken.",
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let code = Self::ALL.iter().find(|code| code.as_str() == text);
        code.copied()
            .ok_or_else(|| de::Error::custom(format!("`{}` is not a code", super::quote(&text))))
    }
}

#[cfg(test)]
mod tests {
    use super::Code;
    use std::collections::BTreeSet;

    #[test]
    fn codes_differ_and_are_well_formed() {
        let texts: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), Code::ALL.len());
        for text in texts {
            let (room, name) = text.split_once('/').expect("a room and a name");
            for part in [room, name] {
                assert!(
                    part.chars()
                        .all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-')),
                    "{text}"
                );
            }
        }
    }
}
