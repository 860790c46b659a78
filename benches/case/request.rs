//! Requests for shipped definitions, of two records each.

use serde_json::Value;

/// A request in bodies that mean the same, and the documents that it becomes.
pub struct Case {
    /// As it was written; with the keys in reverse order; with white space.
    pub bodies: [String; 3],
    pub documents: String,
}

impl Case {
    pub fn new(written: String, documents: impl Into<String>) -> Self {
        let value: Value = serde_json::from_str(&written).unwrap();
        Self {
            bodies: [written, reversed(&value), format!("{value:#}")],
            documents: documents.into(),
        }
    }
}

/// For a `MClimate` Vicki, in 243 bytes.
pub fn lora() -> Case {
    let request = concat!(
        r#"{"externalReference":"7","instruction":["#,
        r#"{"bn":"urn:dev:DEVEUI:0059AC0000152A2B:","n":"setKeepAlive","u":"s","v":600},"#,
        r#"{"n":"setChildLock","vb":true}],"method":{"protocol":"LORA","fPort":1},"#,
        r#""retryLimit":2,"feedbackTimeout":"PT10M","dryRun":true}"#,
    );
    assert_eq!(request.len(), 243);
    let document = concat!(
        r#"{"message":{"payloadHex":"020A0701","fPort":1},"retryLimit":2,"#,
        r#""deviceId":"urn:dev:DEVEUI:0059AC0000152A2B:","#,
        r#""feedbackTimeout":"PT10M","dryRun":true}"#,
    );
    Case::new(request.into(), document)
}

/// For a Shelly switch, which takes JSON.
pub fn mqtt() -> Case {
    let request = concat!(
        r#"{"externalReference":"7","instruction":["#,
        r#"{"bn":"urn:dev:DVNUUID:3f0c7a52-6d1e-4b8a-9c35-0e7d2f4a6b81:","#,
        r#""n":"Switch.Set/on","vb":true},{"n":"Switch.Set/toggle_after","u":"s","v":300}],"#,
        r#""method":{"protocol":"MQTT"},"feedbackTimeout":"PT10M","dryRun":true}"#,
    );
    let document = concat!(
        r#"{"message":{"type":"text","payload":"{\"id\":1,\"src\":\"downlink\","#,
        r#"\"method\":\"Switch.Set\",\"params\":{\"id\":0,\"on\":true,\"toggle_after\":300}}","#,
        r#""topic":"shellyplus1-a8032abe54dc/rpc","contentType":"application/json"},"#,
        r#""deviceId":"urn:dev:DVNUUID:3f0c7a52-6d1e-4b8a-9c35-0e7d2f4a6b81:","#,
        r#""feedbackTimeout":"PT10M","dryRun":true}"#,
    );
    Case::new(request.into(), document)
}

/// For a Teltonika tracker.
pub fn sms() -> Case {
    let request = concat!(
        r#"{"externalReference":"7","instruction":["#,
        r#"{"bn":"urn:dev:IMEI:350000000000008:","n":"setparam/id","v":10050},"#,
        r#"{"n":"setparam/value","vs":"60"}],"method":{"protocol":"SMS"},"#,
        r#""retryLimit":2,"feedbackTimeout":"PT10M","dryRun":true}"#,
    );
    let document = concat!(
        r#"{"message":{"text":"login pass setparam 10050:60"},"#,
        r#""deviceId":"urn:dev:IMEI:350000000000008:","retryLimit":2,"#,
        r#""feedbackTimeout":"PT10M","dryRun":true}"#,
    );
    Case::new(request.into(), document)
}

/// For a device with KPN's library, which takes SenML as text.
pub fn http() -> Case {
    let request = concat!(
        r#"{"externalReference":"7","instruction":["#,
        r#"{"bn":"urn:dev:IMEI:350000000000006:","n":"firmware/url","#,
        r#""vs":"https://firmware.example.com/f/v1/7a0c9d4e"},"#,
        r#"{"n":"firmware/token","vs":"eyJhbGciOiJIUzI1NiJ9.c2lnbmF0dXJl"}],"#,
        r#""method":{"protocol":"HTTP"},"feedbackTimeout":"PT10M","dryRun":true}"#,
    );
    let document = concat!(
        r#"{"message":{"type":"text","body":"[{\"bn\":\"urn:dev:IMEI:350000000000006:\"},"#,
        r#"{\"n\":\"url\",\"vs\":\"https://firmware.example.com/f/v1/7a0c9d4e\"},"#,
        r#"{\"n\":\"token\",\"vs\":\"eyJhbGciOiJIUzI1NiJ9.c2lnbmF0dXJl\"}]","#,
        r#""headers":{"Content-Type":"text/plain"}},"#,
        r#""deviceId":"urn:dev:IMEI:350000000000006:","#,
        r#""feedbackTimeout":"PT10M","dryRun":true}"#,
    );
    Case::new(request.into(), document)
}

/// The same JSON, with the keys of every object in the reverse order.
fn reversed(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let member = |(key, value)| format!("{}:{}", Value::from(key), reversed(value));
            let members = members.iter().rev();
            let members: Vec<_> = members
                .map(|(key, value)| member((key.as_str(), value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(reversed).collect();
            format!("[{}]", items.join(","))
        }
        scalar => scalar.to_string(),
    }
}
