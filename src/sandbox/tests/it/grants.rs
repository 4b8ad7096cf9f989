//! What people consent to: web authorisation, login and phone number of a mini-program.

use serde_json::json;

use crate::stage::{APPID, MINI, SECRET, Stage};

#[actix_web::test]
async fn a_page_is_authorised_by_a_code_that_works_once() {
    let stage = Stage::new("plain").await;
    let (id, openid) = stage.person("王女士").await;
    let query = format!(
        "appid={APPID}&redirect_uri=http%3A%2F%2Fexample.com%2Fm%3Fa%3D1&response_type=code&scope=snsapi_userinfo&state=s1"
    );
    let picker = stage
        .http
        .get(format!("{}/connect/oauth2/authorize?{query}", stage.base))
        .send()
        .await
        .unwrap();
    assert!(picker.text().await.unwrap().contains("王女士"));
    let address = format!(
        "{}/connect/oauth2/authorize?{query}&person={id}",
        stage.base
    );
    let answer = stage.http.get(address).send().await.unwrap();
    assert_eq!(answer.status(), 302);
    let to = answer.headers()["location"].to_str().unwrap().to_owned();
    let code = to
        .strip_prefix("http://example.com/m?a=1&code=")
        .and_then(|rest| rest.strip_suffix("&state=s1"));
    let path = format!(
        "/sns/oauth2/access_token?appid={APPID}&secret={SECRET}&code={}&grant_type=authorization_code",
        code.expect("a code")
    );
    let granted = stage.get(&path).await;
    assert_eq!(granted["openid"], openid);
    assert_eq!(stage.get(&path).await["errcode"], 40_163);
    let token = granted["access_token"].as_str().unwrap();
    let profile = stage
        .get(&format!(
            "/sns/userinfo?access_token={token}&openid={openid}&lang=zh_CN"
        ))
        .await;
    assert_eq!(
        (profile["nickname"].as_str(), profile["sex"].as_i64()),
        (Some("王女士"), Some(0))
    );
    let refresh = granted["refresh_token"].as_str().unwrap();
    let path = format!(
        "/sns/oauth2/refresh_token?appid={APPID}&grant_type=refresh_token&refresh_token={refresh}"
    );
    assert_eq!(stage.get(&path).await["openid"], openid);
}

#[actix_web::test]
async fn a_mini_program_logs_a_person_in() {
    let stage = Stage::new("plain").await;
    stage.account(MINI, "miniprogram", "plain").await;
    let person = stage
        .post("/sandbox/v1/people", json!({"name": "陈小姐"}))
        .await;
    let act = json!({"appid": MINI, "act": "login"});
    let login = stage.act(person["id"].as_str().unwrap(), act).await;
    let path = format!(
        "/sns/jscode2session?appid={MINI}&secret={SECRET}&js_code={}&grant_type=authorization_code",
        login["code"].as_str().unwrap()
    );
    let session = stage.get(&path).await;
    assert_eq!(
        (&session["openid"], &session["unionid"]),
        (&person["openids"][MINI], &person["unionid"])
    );
    assert_eq!(stage.get(&path).await["errcode"], 40_163);
    let phone = stage
        .call_of(
            MINI,
            "/wxa/business/getuserphonenumber",
            json!({"code": login["phone_code"]}),
        )
        .await;
    assert!(
        phone["phone_info"]["phoneNumber"]
            .as_str()
            .unwrap()
            .starts_with("138")
    );
    let body =
        json!({"content": "来赌博吧", "version": 2, "scene": 2, "openid": session["openid"]});
    let check = stage.call_of(MINI, "/wxa/msg_sec_check", body).await;
    assert_eq!(
        (
            check["errcode"].as_i64(),
            check["result"]["suggest"].as_str()
        ),
        (Some(0), Some("risky"))
    );
    let token = stage.token_of(MINI).await;
    let code = stage.http.post(format!(
        "{}/wxa/getwxacodeunlimit?access_token={token}",
        stage.base
    ));
    let code = code
        .json(&json!({"scene": "g=7", "page": "pages/index"}))
        .send()
        .await
        .unwrap();
    assert_eq!(code.headers()["content-type"], "image/png");
    let refused = stage
        .call_of(MINI, "/wxa/getwxacodeunlimit", json!({"scene": "导购"}))
        .await;
    assert_eq!(refused["errcode"], 40_129);
}
