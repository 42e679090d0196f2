//! How a browser signs in: a code that is good once, for a token of its own. And what it is served before it has one.

use std::time::Duration;

use anyhow::Result;
use kraken_harness::{Api, Home, refusal};
use kraken_protocol::api::{Me, Page, SignInCode, TokenMade, TokenView};
use reqwest::{Method, StatusCode};
use serde_json::json;

async fn code(api: &Api) -> Result<String> {
    Ok(api.post::<SignInCode>("/api/sign-in-codes", &json!({})).await?.code)
}

async fn sign_in(home: &Home, code: &str) -> Result<TokenMade> {
    home.api().with_token(None).post("/api/sign-in", &json!({"code": code})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_signs_one_browser_in_with_the_rights_of_its_maker() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let viewer: TokenMade = api.post("/api/tokens", &json!({"name": "Ada", "grants": [{"role": "viewer"}]})).await?;
    let maker = api.with_token(Some(&viewer.secret));

    let code = code(&maker).await?;
    // It is a code, not a token.
    assert_eq!(refusal(api.with_token(Some(&code)).get::<Me>("/api/me").await)?.status, StatusCode::UNAUTHORIZED);
    let browser = sign_in(&home, &code).await?;
    let me: Me = api.with_token(Some(&browser.secret)).get("/api/me").await?;
    assert_eq!((me.name.as_str(), me.grants.len(), me.grants[0].role.as_str()), ("Ada (browser)", 1, "viewer"));
    assert!(me.expires_at.is_some());

    // Not twice, and not by two at the same time.
    assert_eq!(refusal(sign_in(&home, &code).await.map(drop))?.status, StatusCode::UNAUTHORIZED);
    let raced = self::code(&maker).await?;
    let (one, other) = tokio::join!(sign_in(&home, &raced), sign_in(&home, &raced));
    assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|signed_in| **signed_in).count(), 1);

    // Browsers stand among the tokens; codes do not.
    let tokens: Page<TokenView> = api.get("/api/tokens").await?;
    assert_eq!(tokens.items.iter().filter(|token| token.name == "Ada (browser)").count(), 2);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_ends_after_ten_minutes_and_a_browser_with_the_token_behind_it() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let late = code(&api).await?;
    home.pass(Duration::from_secs(601)).await?;
    assert_eq!(refusal(sign_in(&home, &late).await.map(drop))?.status, StatusCode::UNAUTHORIZED);

    let end = home.server()?.control().clock.now() + Duration::from_secs(3600);
    let brief: TokenMade = api.post("/api/tokens", &json!({"name": "brief", "grants": [{"role": "admin"}], "expires_at": end})).await?;
    let browser = sign_in(&home, &code(&api.with_token(Some(&brief.secret))).await?).await?;
    assert_eq!(browser.token.expires_at, Some(end));
    for worthless in ["", "kraken_api_0000", brief.secret.as_str()] {
        assert_eq!(refusal(sign_in(&home, worthless).await.map(drop))?.status, StatusCode::UNAUTHORIZED, "{worthless:?}");
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_served_beside_the_api_and_never_instead_of_it() -> Result<()> {
    let home = Home::start().await?;
    let nobody = home.api().with_token(None);
    for path in ["/", "/flows/1", "/p/shop/b/release-1.2"] {
        let page = nobody.request(Method::GET, path).send().await?;
        assert!(page.headers()["content-security-policy"].to_str()?.contains("require-trusted-types-for 'script'"), "{path}");
        assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8", "{path}");
    }
    for (path, status) in [("/api/no/such/path", 404), ("/api", 404), ("/api/projects", 401)] {
        let answer = nobody.request(Method::GET, path).send().await?;
        assert_eq!((answer.status().as_u16(), answer.headers()["content-type"].to_str()?), (status, "application/problem+json"), "{path}");
    }
    let docs = nobody.request(Method::GET, "/api/docs/").send().await?;
    assert!(docs.status().is_success() && docs.headers().get("content-security-policy").is_none());
    home.end([]).await
}
