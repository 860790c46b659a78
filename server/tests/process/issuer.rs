//! An issuer whose keys are in a file.

use std::time::{Duration, SystemTime};

use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::json;

const PEM: &[u8] = include_bytes!("../keys/ed25519.pem");
const KEY_ID: &str = "ed";

fn key() -> EncodingKey {
    EncodingKey::from_ed_pem(PEM).unwrap()
}

/// The client that [`token`] is of.
pub(crate) const CLIENT: &str = "id/7";

/// The sections that trust this issuer.
pub(crate) fn configuration() -> &'static str {
    "[[auth.issuers]]\nname = \"id\"\nissuer = \"https://id.example\"\n\
     audience = \"downlink\"\nclient_claim = \"client_id\"\njwks_file = \"jwks.json\"\n"
}

pub(crate) fn jwks() -> String {
    let mut jwk = Jwk::from_encoding_key(&key(), Algorithm::EdDSA).unwrap();
    jwk.common.key_id = Some(KEY_ID.to_owned());
    jwk.common.public_key_use = Some(PublicKeyUse::Signature);
    json!({"keys": [jwk]}).to_string()
}

/// A token for all that there is, valid for an hour.
pub(crate) fn token() -> String {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    let claims = json!({
        "iss": "https://id.example",
        "aud": "downlink",
        "exp": (now + Duration::from_hours(1)).as_secs(),
        "client_id": "7",
        "scope": "downlink.read downlink.write downlink.delete",
    });
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(KEY_ID.to_owned());
    encode(&header, &claims, &key()).unwrap()
}
