//! A host of keys, and tokens of every kind.

mod clients;
mod keys;
mod token;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::BoxFuture;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::json;

use super::*;
use crate::clock::{ManualClock, Moment};
use crate::settings::Settings;

/// What the clock of every test shows at first.
const NOW: u64 = 1_800_000_000;

const RSA: &[u8] = include_bytes!("../../../tests/keys/rsa.pem");
const WEAK_RSA: &[u8] = include_bytes!("../../../tests/keys/weak-rsa.pem");
const EC: &[u8] = include_bytes!("../../../tests/keys/ec.pem");
const ED: &[u8] = include_bytes!("../../../tests/keys/ed25519.pem");
const OTHER_ED: &[u8] = include_bytes!("../../../tests/keys/other-ed25519.pem");

/// A host of keys that does as it is told, and counts how often it is asked.
#[derive(Default)]
struct Host {
    answer: Mutex<Option<String>>,
    asked: AtomicUsize,
}

impl Host {
    fn answers(&self, keys: &[Value]) {
        *self.answer.lock().unwrap() = Some(json!({ "keys": keys }).to_string());
    }

    fn is_down(&self) {
        *self.answer.lock().unwrap() = None;
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Host")
    }
}

impl FetchJwks for Host {
    fn fetch(&self) -> BoxFuture<'_, Result<Vec<u8>, FetchFailed>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let answer = self.answer.lock().unwrap().clone();
        let down = || FetchFailed::Unreachable("down".to_owned());
        Box::pin(async move { answer.map(String::into_bytes).ok_or_else(down) })
    }

    fn name(&self) -> String {
        "host".to_owned()
    }
}

struct World {
    callers: Callers,
    host: Arc<Host>,
    clock: Arc<ManualClock>,
}

impl World {
    /// The issuer `id`, whose keys are not fetched yet.
    fn new(keys: &[Value]) -> Self {
        let clock = Arc::new(ManualClock::at(moment(NOW)));
        let host = Arc::new(Host::default());
        host.answers(keys);
        let callers = Callers::new(clock.clone()).with_issuer(&issuer("id"), host.clone());
        Self {
            callers,
            host,
            clock,
        }
    }

    /// The issuer with one key, fetched.
    async fn with_ed() -> Self {
        let world = Self::new(&[jwk(ED, Algorithm::EdDSA, "ed")]);
        assert!(world.callers.fetch().await.is_empty());
        world
    }

    async fn show(&self, token: &str) -> Result<Caller, TokenRefused> {
        self.callers
            .authenticate(Some(&format!("Bearer {token}")))
            .await
    }

    async fn refuses(&self, token: &str) -> TokenRefused {
        self.show(token).await.unwrap_err()
    }
}

fn moment(seconds: u64) -> Moment {
    Moment::from_micros(0).plus(Duration::from_secs(seconds))
}

fn issuer(name: &str) -> settings::Issuer {
    let text = format!(
        "[[auth.issuers]]\nname = \"{name}\"\nissuer = \"https://{name}.example\"\n\
         audience = \"downlink\"\nclient_claim = \"client_id\"\njwks_file = \"unused\"\n"
    );
    let settings = Settings::read(Some(("test", &text)), std::iter::empty()).unwrap();
    settings.auth.issuers[0].clone()
}

fn signing_key(pem: &[u8], algorithm: Algorithm) -> EncodingKey {
    match algorithm {
        Algorithm::EdDSA => EncodingKey::from_ed_pem(pem),
        Algorithm::ES256 => EncodingKey::from_ec_pem(pem),
        _ => EncodingKey::from_rsa_pem(pem),
    }
    .unwrap()
}

fn jwk(pem: &[u8], algorithm: Algorithm, id: &str) -> Value {
    let mut jwk = Jwk::from_encoding_key(&signing_key(pem, algorithm), algorithm).unwrap();
    jwk.common.key_id = Some(id.to_owned());
    jwk.common.public_key_use = Some(PublicKeyUse::Signature);
    serde_json::to_value(jwk).unwrap()
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let [header, claims] = [header, claims].map(|it| URL_SAFE_NO_PAD.encode(it.to_string()));
    format!("{header}.{claims}")
}

fn sign(header: &Value, claims: &Value, pem: &[u8], algorithm: Algorithm) -> String {
    let message = unsigned(header, claims);
    let key = signing_key(pem, algorithm);
    let signature = crypto::sign(message.as_bytes(), &key, algorithm).unwrap();
    format!("{message}.{signature}")
}

fn header() -> Value {
    json!({"alg": "EdDSA", "kid": "ed", "typ": "JWT"})
}

fn claims() -> Value {
    json!({
        "iss": "https://id.example",
        "aud": "downlink",
        "exp": NOW + 60,
        "client_id": "7",
        "sub": "someone",
        "scope": "downlink.read",
    })
}

/// A good token but for these claims; null removes one.
fn with_claims(changes: &Value) -> String {
    sign(&header(), &changed(claims(), changes), ED, Algorithm::EdDSA)
}

/// A good token but for these members of the header; null removes one.
fn with_header(changes: &Value) -> String {
    sign(&changed(header(), changes), &claims(), ED, Algorithm::EdDSA)
}

fn changed(mut object: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => object.as_object_mut().unwrap().remove(name),
            value => object
                .as_object_mut()
                .unwrap()
                .insert(name.clone(), value.clone()),
        };
    }
    object
}
