//! Every rule of a token, each with a token that breaks it and nothing else.

use proptest::prelude::*;

use super::*;

#[tokio::test]
async fn tokens_of_all_four_algorithms_are_taken() {
    let algorithms = [
        (RSA, Algorithm::RS256, "RS256"),
        (RSA, Algorithm::PS256, "PS256"),
        (EC, Algorithm::ES256, "ES256"),
        (ED, Algorithm::EdDSA, "EdDSA"),
    ];
    let world = World::new(&algorithms.map(|(pem, algorithm, name)| jwk(pem, algorithm, name)));
    for (pem, algorithm, name) in algorithms {
        let header = json!({"alg": name, "kid": name});
        let token = sign(&header, &claims(), pem, algorithm);
        assert!(world.show(&token).await.is_ok(), "{name}");
    }
}

#[tokio::test]
async fn only_a_bearer_token_in_three_parts_is_looked_at() {
    let world = World::with_ed().await;
    let good = with_claims(&json!({}));
    let (message, signature) = good.rsplit_once('.').unwrap();
    for (authorization, refused) in [
        (None, TokenRefused::Missing),
        (Some(String::new()), TokenRefused::Scheme),
        (Some("Bearer".to_owned()), TokenRefused::Scheme),
        (Some(good.clone()), TokenRefused::Scheme),
        (Some(format!("Basic {good}")), TokenRefused::Scheme),
        (
            Some(format!("Bearer {good}.{signature}")),
            TokenRefused::Malformed,
        ),
        (Some(format!("Bearer {message}")), TokenRefused::Malformed),
        (Some(format!("Bearer {good}=")), TokenRefused::Signature),
        (Some(format!("Bearer ={good}")), TokenRefused::Malformed),
        (
            Some(format!("Bearer W10.e30.{signature}")),
            TokenRefused::Malformed,
        ),
        (
            Some(format!("Bearer {}", "x".repeat(8 * 1024 + 1))),
            TokenRefused::TooLong,
        ),
    ] {
        let shown = world.callers.authenticate(authorization.as_deref()).await;
        assert_eq!(shown, Err(refused), "{authorization:?}");
    }
    let lower = world
        .callers
        .authenticate(Some(&format!("bearer  {good}")))
        .await;
    assert!(lower.is_ok());
}

#[tokio::test]
async fn a_token_without_a_signature_is_refused_whatever_its_algorithm_says() {
    let world = World::with_ed().await;
    for name in ["none", "None", "NONE", ""] {
        let message = unsigned(&json!({"alg": name, "kid": "ed"}), &claims());
        let refused = world.refuses(&format!("{message}.")).await;
        assert_eq!(refused, TokenRefused::Algorithm, "{name}");
    }
    let message = unsigned(&header(), &claims());
    assert_eq!(
        world.refuses(&format!("{message}.")).await,
        TokenRefused::Signature
    );
    let without = unsigned(&json!({"kid": "ed"}), &claims());
    assert_eq!(
        world.refuses(&format!("{without}.x")).await,
        TokenRefused::Malformed
    );
}

#[tokio::test]
async fn a_public_key_is_never_the_secret_of_an_hmac() {
    let rsa = jwk(RSA, Algorithm::RS256, "rsa");
    let ed = jwk(ED, Algorithm::EdDSA, "ed");
    let world = World::new(&[rsa.clone(), ed.clone()]);
    let bytes = |key: &Value, member: &str| {
        let text = key[member].as_str().unwrap();
        [
            text.as_bytes().to_vec(),
            URL_SAFE_NO_PAD.decode(text).unwrap(),
        ]
    };
    let secrets = [("rsa", bytes(&rsa, "n")), ("ed", bytes(&ed, "x"))];
    for (id, secret) in secrets
        .iter()
        .flat_map(|(id, secrets)| secrets.iter().map(move |it| (id, it)))
    {
        for (name, algorithm) in [("HS256", Algorithm::HS256), ("HS512", Algorithm::HS512)] {
            let message = unsigned(&json!({"alg": name, "kid": id}), &claims());
            let key = EncodingKey::from_secret(secret).unwrap();
            let signature = crypto::sign(message.as_bytes(), &key, algorithm).unwrap();
            let refused = world.refuses(&format!("{message}.{signature}")).await;
            assert_eq!(refused, TokenRefused::Algorithm);
        }
    }
}

#[tokio::test]
async fn the_algorithm_is_the_keys_and_not_the_tokens() {
    let mut without = jwk(RSA, Algorithm::RS256, "rsa");
    without.as_object_mut().unwrap().remove("alg");
    let world = World::new(&[without, jwk(ED, Algorithm::EdDSA, "ed")]);
    for (name, algorithm) in [("PS256", Algorithm::PS256), ("RS512", Algorithm::RS512)] {
        let token = sign(
            &json!({"alg": name, "kid": "rsa"}),
            &claims(),
            RSA,
            algorithm,
        );
        assert_eq!(
            world.refuses(&token).await,
            TokenRefused::Algorithm,
            "{name}"
        );
    }
    let token = sign(
        &json!({"alg": "RS256", "kid": "rsa"}),
        &claims(),
        RSA,
        Algorithm::PS256,
    );
    assert_eq!(world.refuses(&token).await, TokenRefused::Signature);
    let token = sign(
        &json!({"alg": "RS256", "kid": "rsa"}),
        &claims(),
        RSA,
        Algorithm::RS256,
    );
    assert!(world.show(&token).await.is_ok());
}

#[tokio::test]
async fn a_header_that_brings_its_own_key_or_rules_is_refused() {
    let world = World::with_ed().await;
    for (name, value) in [
        ("crit", json!(["exp"])),
        ("crit", json!(["b64"])),
        ("crit", json!([])),
        ("jku", json!("https://evil.example/jwks")),
        ("jwk", jwk(OTHER_ED, Algorithm::EdDSA, "ed")),
        ("x5u", json!("https://evil.example/cert")),
        ("x5u", json!(7)),
    ] {
        let refused = world.refuses(&with_header(&json!({ name: value }))).await;
        assert_eq!(refused, TokenRefused::Header(name));
    }
    let present = sign(
        &json!({"alg": "EdDSA", "kid": "ed", "jwk": null}),
        &claims(),
        ED,
        Algorithm::EdDSA,
    );
    assert_eq!(world.refuses(&present).await, TokenRefused::Header("jwk"));
}

#[tokio::test]
async fn a_changed_token_and_another_key_are_refused() {
    let world = World::with_ed().await;
    let good = with_claims(&json!({}));
    let (_, signature) = good.rsplit_once('.').unwrap();
    let claims = changed(claims(), &json!({"client_id": "8"}));
    let changed = format!("{}.{signature}", unsigned(&header(), &claims));
    assert_eq!(world.refuses(&changed).await, TokenRefused::Signature);
    let forged = sign(&header(), &claims, OTHER_ED, Algorithm::EdDSA);
    assert_eq!(world.refuses(&forged).await, TokenRefused::Signature);
    assert_eq!(
        world.refuses(good.split_at(good.len() - 4).0).await,
        TokenRefused::Signature
    );
}

#[tokio::test]
async fn an_expired_token_is_refused_after_a_leeway_of_30_seconds() {
    let world = World::with_ed().await;
    for (exp, shown) in [
        (json!(NOW - 29), Ok(())),
        (json!(NOW - 30), Err(TokenRefused::Expired)),
        (json!(0), Err(TokenRefused::Expired)),
        (json!(-1), Err(TokenRefused::ClaimType("exp"))),
        (json!(1_799_999_970.5), Ok(())),
        (json!(1.0e300), Err(TokenRefused::ClaimType("exp"))),
        (json!(u64::MAX), Ok(())),
    ] {
        let token = with_claims(&json!({ "exp": exp }));
        assert_eq!(world.show(&token).await.map(drop), shown, "{exp}");
    }
}

#[tokio::test]
async fn a_token_is_not_taken_before_its_time() {
    let world = World::with_ed().await;
    for (nbf, shown) in [
        (json!(NOW + 30), Ok(())),
        (json!(NOW + 31), Err(TokenRefused::NotYetValid)),
        (json!(NOW - 99), Ok(())),
        (json!(u64::MAX), Err(TokenRefused::NotYetValid)),
    ] {
        let token = with_claims(&json!({ "nbf": nbf }));
        assert_eq!(world.show(&token).await.map(drop), shown, "{nbf}");
    }
}

#[tokio::test]
async fn the_time_is_the_clocks() {
    let world = World::with_ed().await;
    let token = with_claims(&json!({}));
    world.clock.advance(Duration::from_secs(60 + 29));
    assert!(world.show(&token).await.is_ok());
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(world.refuses(&token).await, TokenRefused::Expired);
}

#[tokio::test]
async fn claims_of_another_json_type_are_refused() {
    let world = World::with_ed().await;
    let wrong = [
        json!("1800000060"),
        json!(true),
        json!({}),
        json!([NOW + 60]),
    ];
    for name in ["exp", "nbf"] {
        for value in &wrong {
            let refused = world.refuses(&with_claims(&json!({ name: value }))).await;
            assert_eq!(refused, TokenRefused::ClaimType(name), "{value}");
        }
    }
    for (name, value) in [
        ("iss", json!(1)),
        ("iss", json!(["https://id.example"])),
        ("aud", json!({"downlink": true})),
        ("aud", json!(1)),
        ("aud", json!(["downlink", 1])),
        ("sub", json!(1)),
        ("scope", json!(["downlink.read"])),
        ("scp", json!("downlink.read")),
    ] {
        let refused = world.refuses(&with_claims(&json!({ name: value }))).await;
        assert_eq!(refused, TokenRefused::ClaimType(name), "{value}");
    }
}

#[tokio::test]
async fn null_is_a_wrong_type_and_not_an_absent_claim() {
    let world = World::with_ed().await;
    for name in ["iss", "aud", "exp", "nbf", "sub", "scope", "scp"] {
        let mut claims = claims();
        claims[name] = Value::Null;
        let token = sign(&header(), &claims, ED, Algorithm::EdDSA);
        assert_eq!(world.refuses(&token).await, TokenRefused::ClaimType(name));
    }
}

#[tokio::test]
async fn issuer_audience_and_expiry_must_be_there() {
    let world = World::with_ed().await;
    for name in ["iss", "aud", "exp"] {
        let refused = world.refuses(&with_claims(&json!({ name: null }))).await;
        assert_eq!(refused, TokenRefused::ClaimMissing(name));
    }
}

#[tokio::test]
async fn another_issuer_and_another_audience_are_refused() {
    let world = World::with_ed().await;
    for iss in [
        "https://evil.example",
        "https://id.example/",
        "HTTPS://ID.EXAMPLE",
        "",
    ] {
        let refused = world.refuses(&with_claims(&json!({ "iss": iss }))).await;
        assert_eq!(refused, TokenRefused::Issuer, "{iss}");
    }
    for aud in [
        json!("other"),
        json!([]),
        json!(["other"]),
        json!("downlink2"),
        json!(""),
    ] {
        let refused = world.refuses(&with_claims(&json!({ "aud": aud }))).await;
        assert_eq!(refused, TokenRefused::Audience, "{aud}");
    }
    let several = with_claims(&json!({"aud": ["other", "downlink"]}));
    assert!(world.show(&several).await.is_ok());
}

proptest! {
    #[test]
    fn no_text_is_taken_for_a_token(text in ".{0,80}|[Bb]earer [A-Za-z0-9_.-]{0,80}") {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let world = World::new(&[]);
        let shown = runtime.block_on(world.callers.authenticate(Some(&text)));
        prop_assert!(shown.is_err());
    }
}
