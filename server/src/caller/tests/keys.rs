//! Where keys come from, and which of them are taken.

use futures::FutureExt;

use super::*;

#[tokio::test]
async fn an_unknown_key_is_fetched_once_in_30_seconds() {
    let world = World::with_ed().await;
    let unknown = with_header(&json!({"kid": "new"}));
    assert_eq!(world.host.asked(), 1);
    for _ in 0..3 {
        assert_eq!(world.refuses(&unknown).await, TokenRefused::Key);
    }
    assert_eq!(world.host.asked(), 2);
    world.clock.advance(Duration::from_secs(30));
    assert_eq!(world.refuses(&unknown).await, TokenRefused::Key);
    assert_eq!(world.host.asked(), 3);
    assert!(world.show(&with_claims(&json!({}))).await.is_ok());
    assert_eq!(world.host.asked(), 3);
}

#[tokio::test]
async fn a_key_that_was_just_made_is_known_at_once_and_one_that_is_gone_no_longer() {
    let world = World::with_ed().await;
    let old = with_claims(&json!({}));
    let new = sign(
        &json!({"alg": "EdDSA", "kid": "new"}),
        &claims(),
        OTHER_ED,
        Algorithm::EdDSA,
    );
    world
        .host
        .answers(&[jwk(OTHER_ED, Algorithm::EdDSA, "new")]);
    assert!(world.show(&new).await.is_ok());
    assert_eq!(world.refuses(&old).await, TokenRefused::Key);
}

#[tokio::test]
async fn the_last_good_keys_stay_while_their_host_is_down_or_answers_nonsense() {
    let world = World::with_ed().await;
    let good = with_claims(&json!({}));
    world.host.is_down();
    assert_eq!(world.callers.fetch().await.len(), 1);
    assert!(world.show(&good).await.is_ok());
    for nonsense in [
        "",
        "[]",
        "{}",
        "{\"keys\":{}}",
        "{\"keys\":[]}",
        "{\"keys\":[{\"kty\":\"x\"}]}",
    ] {
        *world.host.answer.lock().unwrap() = Some(nonsense.to_owned());
        let failed = world.callers.fetch().await;
        assert!(matches!(failed.as_slice(), [(name, FetchFailed::Broken(_))] if name == "id"));
        assert!(world.show(&good).await.is_ok(), "{nonsense}");
    }
    assert_eq!(world.host.asked(), 8);
}

#[tokio::test]
async fn an_issuer_without_keys_is_tried_again_as_its_tokens_come() {
    let world = World::new(&[]);
    let good = with_claims(&json!({}));
    world.callers.fetch().await;
    assert_eq!(world.refuses(&good).await, TokenRefused::NoKeys);
    world.host.answers(&[jwk(ED, Algorithm::EdDSA, "ed")]);
    assert_eq!(world.refuses(&good).await, TokenRefused::NoKeys);
    world.clock.advance(Duration::from_secs(30));
    assert!(world.show(&good).await.is_ok());
}

#[tokio::test]
async fn keys_are_fetched_again_and_again() {
    let world = World::with_ed().await;
    let every = Duration::from_mins(10);
    let mut refresh = std::pin::pin!(world.callers.refresh(every));
    for asked in 1..4 {
        assert!(refresh.as_mut().now_or_never().is_none());
        assert_eq!(world.host.asked(), asked);
        world.clock.advance(every);
    }
}

#[tokio::test]
async fn a_host_that_does_not_answer_is_waited_for_five_seconds() {
    #[derive(Debug)]
    struct Silent;
    impl FetchJwks for Silent {
        fn fetch(&self) -> BoxFuture<'_, Result<Vec<u8>, FetchFailed>> {
            Box::pin(std::future::pending())
        }
        fn name(&self) -> String {
            "silent".to_owned()
        }
    }
    let clock = ManualClock::at(moment(NOW));
    let keys = Keys::of(Arc::new(Silent));
    let mut fetch = std::pin::pin!(keys.fetch(&clock));
    assert!(fetch.as_mut().now_or_never().is_none());
    clock.advance(Duration::from_secs(5));
    assert!(matches!(fetch.await, Err(FetchFailed::Late)));
}

#[tokio::test]
async fn a_token_without_a_key_id_is_for_the_only_key() {
    let without = with_header(&json!({"kid": null}));
    let world = World::with_ed().await;
    assert!(world.show(&without).await.is_ok());
    world.host.answers(&[
        jwk(ED, Algorithm::EdDSA, "ed"),
        jwk(OTHER_ED, Algorithm::EdDSA, "new"),
    ]);
    world.callers.fetch().await;
    assert_eq!(world.refuses(&without).await, TokenRefused::KeyId);
    let number = with_header(&json!({"kid": 1}));
    assert_eq!(world.refuses(&number).await, TokenRefused::Malformed);
}

#[tokio::test]
async fn keys_that_are_not_for_signatures_here_are_left_out() {
    let secret = URL_SAFE_NO_PAD.encode([7; 32]);
    let symmetric = json!({"kty": "oct", "kid": "oct", "alg": "HS256", "k": secret});
    let encrypts = changed(jwk(RSA, Algorithm::RS256, "enc"), &json!({"use": "enc"}));
    let wraps = changed(
        jwk(ED, Algorithm::EdDSA, "wrap"),
        &json!({"key_ops": ["wrapKey"]}),
    );
    let long = changed(jwk(RSA, Algorithm::RS256, "long"), &json!({"alg": "RS512"}));
    let keys = [
        symmetric,
        encrypts,
        wraps,
        long,
        jwk(WEAK_RSA, Algorithm::RS256, "weak"),
        json!({"kty": "AKP", "kid": "new-kind"}),
        json!("no key"),
        jwk(ED, Algorithm::EdDSA, "ed"),
    ];
    let world = World::new(&keys);
    world.callers.fetch().await;
    for kid in ["oct", "enc", "wrap", "long", "weak", "new-kind"] {
        let refused = world.refuses(&with_header(&json!({ "kid": kid }))).await;
        assert_eq!(refused, TokenRefused::Key, "{kid}");
    }
    assert!(world.show(&with_claims(&json!({}))).await.is_ok());
}

#[tokio::test]
async fn too_many_keys_are_not_taken() {
    let keys = vec![jwk(ED, Algorithm::EdDSA, "ed"); 101];
    let world = World::new(&keys);
    world.callers.fetch().await;
    assert_eq!(
        world.refuses(&with_claims(&json!({}))).await,
        TokenRefused::NoKeys
    );
}

#[tokio::test]
async fn keys_come_from_the_file_that_the_settings_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jwks.json");
    let keys = json!({"keys": [jwk(ED, Algorithm::EdDSA, "ed")]});
    std::fs::write(&path, keys.to_string()).unwrap();
    let mut issuer = issuer("id");
    issuer.keys = KeySource::File(path);
    let auth = settings::Auth {
        issuers: vec![issuer],
        ..settings::Auth::default()
    };
    let mut world = World::new(&[]);
    world.callers = Callers::new(world.clock.clone())
        .with_issuers(&auth)
        .unwrap();
    assert!(world.callers.fetch().await.is_empty());
    assert!(world.show(&with_claims(&json!({}))).await.is_ok());
    assert_eq!(world.host.asked(), 0);
}
