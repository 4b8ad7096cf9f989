//! The platform's published examples of signature and encryption, and seven more that other libraries agree on.

use daogou_wechat::{Format, Mode, Query};

use crate::fixtures::{self, door};

const OFFICIAL_APPID: &str = "wxba5fad812f8e6fb9";
const OFFICIAL_TOKEN: &str = "AAAAA";
const OFFICIAL_KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const OFFICIAL_PUSH: &str = r#"{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}"#;
const OFFICIAL_ENCRYPT: &str = "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04=";
const OFFICIAL_MSG_SIGNATURE: &str = "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3";

fn query(timestamp: &str, nonce: &str) -> Query {
    Query {
        timestamp: Some(timestamp.to_owned()),
        nonce: Some(nonce.to_owned()),
        ..Query::default()
    }
}

#[test]
fn the_official_verification_is_answered() {
    let query = Query {
        signature: Some("f464b24fc39322e44b38aa78f5edd27bd1441696".to_owned()),
        echostr: Some("4375120948345356249".to_owned()),
        ..query("1714036504", "1514711492")
    };
    let door = door(OFFICIAL_APPID, OFFICIAL_TOKEN, "", Mode::Plain);
    assert_eq!(door.verify_url(&query).unwrap(), "4375120948345356249");
}

#[test]
fn the_official_encrypted_push_opens_and_is_made_again() {
    let door = door(OFFICIAL_APPID, OFFICIAL_TOKEN, OFFICIAL_KEY, Mode::Secure);
    let query = Query {
        msg_signature: Some(OFFICIAL_MSG_SIGNATURE.to_owned()),
        encrypt_type: Some("aes".to_owned()),
        ..query("1714112445", "415670741")
    };
    let body = format!(r#"{{"ToUserName":"gh_97417a04a28d","Encrypt":"{OFFICIAL_ENCRYPT}"}}"#);
    let opened = door.open(&query, body.as_bytes()).unwrap();
    assert_eq!(
        (opened.format, opened.raw.as_str()),
        (Format::Json, OFFICIAL_PUSH)
    );
    let sealed = door
        .seal(
            0,
            OFFICIAL_PUSH,
            1_714_112_445,
            "415670741",
            *b"a8eedb185eb2fecf",
        )
        .unwrap();
    assert!(
        sealed.contains(OFFICIAL_ENCRYPT) && sealed.contains(OFFICIAL_MSG_SIGNATURE),
        "{sealed}"
    );
}

#[test]
fn the_official_encrypted_reply_is_made_and_opens_again() {
    const REPLY: &str = r#"{"demo_resp":"good luck"}"#;
    const ENCRYPT: &str =
        "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ==";
    const SIGNATURE: &str = "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1";
    let door = door(OFFICIAL_APPID, OFFICIAL_TOKEN, OFFICIAL_KEY, Mode::Secure);
    let sealed = door
        .seal(0, REPLY, 1_713_424_427, "415670741", *b"707722b803182950")
        .unwrap();
    assert_eq!(
        sealed,
        format!(
            "<xml><Encrypt><![CDATA[{ENCRYPT}]]></Encrypt><MsgSignature><![CDATA[{SIGNATURE}]]></MsgSignature>\
             <TimeStamp>1713424427</TimeStamp><Nonce><![CDATA[415670741]]></Nonce></xml>"
        )
    );
    let query = Query {
        msg_signature: Some(SIGNATURE.to_owned()),
        ..query("1713424427", "415670741")
    };
    assert_eq!(door.open(&query, sealed.as_bytes()).unwrap().raw, REPLY);
}

#[test]
fn a_key_that_is_not_canonical_base64_opens_what_its_owner_encrypted() {
    let door = door(
        "wx49f0ab532d5d035a",
        "123456",
        "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR",
        Mode::Secure,
    );
    let query = Query {
        msg_signature: Some("dd6b9c95b495b3f7e2901bfbc76c664930ffdb96".to_owned()),
        ..query("1411443780", "437374425")
    };
    let body = "<xml><Encrypt>4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q==</Encrypt></xml>";
    assert_eq!(
        door.open(&query, body.as_bytes()).unwrap().raw,
        "5927782489442352469"
    );
}

#[test]
fn seven_of_seven_vectors_open() {
    let Some(table) = fixtures::read("crypto-vectors.tsv") else {
        return;
    };
    let mut rows = table
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>());
    let names = rows.next().unwrap();
    let mut opened = 0;
    for row in rows {
        let column = |name: &str| row[names.iter().position(|column| *column == name).unwrap()];
        let door = door(
            column("appid"),
            column("token"),
            column("encoding_aes_key"),
            Mode::Secure,
        );
        let query = Query {
            msg_signature: Some(column("msg_signature").to_owned()),
            ..query(column("timestamp"), column("nonce"))
        };
        let body = format!(
            "<xml><Encrypt><![CDATA[{}]]></Encrypt></xml>",
            column("encrypt")
        );
        let raw = door.open(&query, body.as_bytes()).unwrap().raw;
        // The table escapes line breaks and has damaged quotes: compared without quotes and backslashes.
        let bare = |text: &str| text.replace("\\n", "\n").replace(['"', '\\'], "");
        assert_eq!(
            bare(&raw),
            bare(column("plaintext_json")),
            "{}",
            column("id")
        );
        opened += 1;
    }
    assert_eq!(opened, 7);
}
