//! Whose a token is.

use super::*;
use crate::key::Key;

#[tokio::test]
async fn a_good_token_names_client_scopes_and_subject() {
    let world = World::with_ed().await;
    let caller = world.show(&with_claims(&json!({}))).await.unwrap();
    assert_eq!(caller.client.as_str(), "id/7");
    assert!(caller.scopes.allow(Scope::Read) && !caller.scopes.allow(Scope::Write));
    assert_eq!(caller.subject.as_deref(), Some("someone"));
}

#[tokio::test]
async fn without_the_configured_claim_there_is_no_client() {
    let world = World::with_ed().await;
    for client in [
        json!(null),
        json!(""),
        json!(7),
        json!(["7"]),
        json!("a\nb"),
        json!("x".repeat(256)),
    ] {
        let changes = json!({"client_id": client, "azp": "7", "cid": "7", "client": "7"});
        let refused = world.refuses(&with_claims(&changes)).await;
        assert_eq!(refused, TokenRefused::Client, "{client}");
    }
}

#[tokio::test]
async fn one_name_at_two_issuers_is_two_clients_and_each_has_its_own_keys() {
    let mut world = World::with_ed().await;
    let host = Arc::new(Host::default());
    host.answers(&[jwk(OTHER_ED, Algorithm::EdDSA, "ed")]);
    world.callers = world.callers.with_issuer(&issuer("other"), host);
    world.callers.fetch().await;
    let of_other = changed(claims(), &json!({"iss": "https://other.example"}));
    let token = sign(&header(), &of_other, OTHER_ED, Algorithm::EdDSA);
    assert_eq!(world.show(&token).await.unwrap().client.as_str(), "other/7");
    let forged = sign(&header(), &of_other, ED, Algorithm::EdDSA);
    assert_eq!(world.refuses(&forged).await, TokenRefused::Signature);
}

#[tokio::test]
async fn a_demo_token_is_good_for_its_own_data_folder_alone() {
    let clock = Arc::new(ManualClock::at(moment(NOW)));
    let tokens = DemoTokens::new(Key::new([1; 32]));
    let minute = Duration::from_mins(1);
    let made = tokens.make("x", Scopes::ALL, clock.now(), minute).unwrap();
    let show = async |callers: Callers| callers.authenticate(Some(&format!("Bearer {made}"))).await;
    let demo = Callers::new(clock.clone()).with_demo(&tokens).unwrap();
    let caller = show(demo).await.unwrap();
    assert_eq!(caller.client, DemoTokens::client("x"));
    assert_eq!(caller.scopes, Scopes::ALL);
    let other = DemoTokens::new(Key::new([2; 32]));
    let other = Callers::new(clock.clone()).with_demo(&other).unwrap();
    assert_eq!(show(other).await, Err(TokenRefused::Signature));
    assert_eq!(
        show(Callers::new(clock.clone())).await,
        Err(TokenRefused::Issuer)
    );
    clock.advance(minute + Duration::from_secs(30));
    let demo = Callers::new(clock).with_demo(&tokens).unwrap();
    assert_eq!(show(demo).await, Err(TokenRefused::Expired));
}

#[tokio::test]
async fn nothing_shows_a_token_or_a_key() {
    let world = World::with_ed().await;
    let good = with_claims(&json!({}));
    let authorization = format!("Bearer {good}");
    let token = Token::parse(Some(&authorization)).unwrap();
    let shown = format!(
        "{token:?} {:?} {:?}",
        world.callers,
        DemoTokens::new(Key::new([77; 32]))
    );
    let x = jwk(ED, Algorithm::EdDSA, "ed")["x"]
        .as_str()
        .unwrap()
        .to_owned();
    let secrets = good.split('.').map(str::to_owned);
    for secret in secrets.chain([x, "someone".to_owned(), "77".to_owned()]) {
        assert!(!shown.contains(&secret), "{secret} in {shown}");
    }
    let refused = world
        .refuses(&with_claims(&json!({"client_id": "se\u{1}cret"})))
        .await;
    assert!(!format!("{refused} {refused:?} {}", refused.reason()).contains("cret"));
}
