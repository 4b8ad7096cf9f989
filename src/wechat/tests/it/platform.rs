//! A mocked platform that answers every call the same.

use daogou_wechat::{Client, Content, Hosts};
use serde_json::Value;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

pub const TOKEN: &str = "secret-token";
pub const KF_SEND: &str = "/cgi-bin/message/custom/send";

pub fn client_at(address: &str) -> Client {
    daogou_ground::install_tls();
    let hosts = Hosts {
        api: format!("{address}/"),
        mp: address.to_owned(),
        open: address.to_owned(),
    };
    Client::new(daogou_ground::http_client().unwrap(), hosts)
}

pub async fn platform(answer: ResponseTemplate) -> (MockServer, Client) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let client = client_at(&server.uri());
    (server, client)
}

pub async fn platform_json(answer: Value) -> (MockServer, Client) {
    platform(ResponseTemplate::new(200).set_body_json(answer)).await
}

pub async fn only_request(server: &MockServer) -> Request {
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 1);
    requests.into_iter().next().unwrap()
}

pub fn text(content: &str) -> Content {
    Content::Text {
        content: content.to_owned(),
    }
}
