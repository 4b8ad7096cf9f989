//! Connections that nobody needs.

use futures_util::future::join_all;
use tokio::io::AsyncWriteExt;

use super::{House, head, status, strangers, until_closed};

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_say_nothing_are_closed() {
    let house = House::open().await;
    let attack = async {
        let all = (0..strangers()).map(|_| async {
            let mut stream = house.connect().await;
            until_closed(&mut stream).await
        });
        join_all(all).await
    };
    let answers = house.during("connections that say nothing", attack).await;
    assert_eq!(answers.len(), strangers());
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_say_nothing_more_are_closed() {
    let house = House::open().await;
    let attack = async {
        let all = (0..strangers()).map(|_| async {
            let mut stream = house.connect().await;
            let asked = stream
                .write_all(b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n")
                .await;
            asked.expect("a request can be written");
            until_closed(&mut stream).await
        });
        join_all(all).await
    };
    for answer in house
        .during("connections that say nothing more", attack)
        .await
    {
        assert_eq!(status(&answer), Some(200), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_closes_the_writing_half_still_gets_the_answer() {
    let house = House::open().await;
    let push = house
        .sender()
        .push("secure", "<xml><MsgType>text</MsgType></xml>");
    let request = [
        head(&push.query, Some(push.body.len())).as_bytes(),
        &push.body,
    ]
    .concat();
    let attack = async {
        let all = (0..strangers()).map(|n| {
            let request = &request;
            let house = &house;
            async move {
                let mut stream = house.connect().await;
                // Every other one breaks off in the middle.
                let whole = n % 2 == 0;
                let end = if whole {
                    request.len()
                } else {
                    request.len() - 10
                };
                stream.write_all(&request[..end]).await.expect("a request");
                stream.shutdown().await.expect("half of it is closed");
                (whole, until_closed(&mut stream).await)
            }
        });
        join_all(all).await
    };
    for (whole, answer) in house.during("half-closed connections", attack).await {
        let expected: &[Option<u16>] = if whole {
            &[Some(200)]
        } else {
            &[None, Some(400), Some(403)]
        };
        assert!(expected.contains(&status(&answer)), "{whole} {answer}");
    }
}
