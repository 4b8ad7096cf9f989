//! Any query: it is read or not, and only who knows the token is let in.
#![no_main]

use arbitrary::Arbitrary;
use daogou_fuzz::{TOKEN, door, sign};
use daogou_wechat::{Mode, Query, Refused, is_container_probe};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    /// A query as it stands in a URL.
    query: &'a str,
    timestamp: i64,
    nonce: &'a str,
    echostr: &'a str,
    /// Which character of a right signature is changed, and how.
    at: u8,
    by: u8,
}

fuzz_target!(|input: Input| {
    let door = door(Mode::Secure);
    let _any = is_container_probe(input.query.as_bytes());
    if let Ok(query) = serde_urlencoded::from_str::<Query>(input.query) {
        let expected =
            |q: &Query| Some(sign(&[TOKEN, q.timestamp.as_deref()?, q.nonce.as_deref()?]));
        let right = expected(&query)
            .is_some_and(|signature| query.signature.as_deref() == Some(&*signature));
        let let_in = !matches!(door.verify_url(&query), Err(Refused::BadSignature));
        assert_eq!(let_in, right);
    }
    // A question that is printed, read and answered comes back as it was.
    let pairs = door.question(input.timestamp, input.nonce, input.echostr);
    let printed = serde_urlencoded::to_string(&pairs).expect("it can be printed");
    let mut query: Query = serde_urlencoded::from_str(&printed).expect("it can be read");
    assert_eq!(query.nonce.as_deref(), Some(input.nonce));
    assert_eq!(
        query.timestamp.as_deref(),
        Some(&*input.timestamp.to_string())
    );
    let echo = door.verify_url(&query);
    if input.echostr.is_empty() {
        assert_eq!(echo, Err(Refused::NoEchostr));
    } else {
        assert_eq!(echo.as_deref(), Ok(input.echostr));
    }
    // With one bit of its signature changed it proves nothing.
    let mut signature = query.signature.take().expect("it is signed").into_bytes();
    let at = usize::from(input.at) % signature.len();
    signature[at] ^= (input.by % 127) + 1;
    if let Ok(wrong) = String::from_utf8(signature) {
        query.signature = Some(wrong);
        assert_eq!(door.verify_url(&query), Err(Refused::BadSignature));
    }
});
