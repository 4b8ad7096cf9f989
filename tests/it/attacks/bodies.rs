//! Bodies that do not arrive, or do not end.

use std::time::{Duration, Instant};

use futures_util::future::{join, join_all};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{House, head, status, strangers, until_closed, write_on};

/// What is bounded is over by then: the reading, and the moment in which the other side may read the refusal.
const OVER: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_come_byte_by_byte_are_given_up_when_wechat_gives_up() {
    let house = House::open().await;
    let query = house.sender().clear("").query;
    let attack = async {
        let all = (0..strangers()).map(|_| async {
            let (mut read, mut write) = house.connect().await.into_split();
            let since = Instant::now();
            let begun = write
                .write_all(head(&query, Some(100_000)).as_bytes())
                .await;
            begun.expect("a head can be written");
            let mut answer = vec![0; 512];
            let writing = async {
                let mut each = tokio::time::interval(Duration::from_secs(1));
                loop {
                    each.tick().await;
                    if write.write_all(b"x").await.is_err() {
                        break;
                    }
                }
            };
            let reading = read.read(&mut answer);
            let length = tokio::select! {
                length = reading => length.unwrap_or(0),
                () = writing => 0,
            };
            answer.truncate(length);
            (
                String::from_utf8_lossy(&answer).into_owned(),
                since.elapsed(),
            )
        });
        join_all(all).await
    };
    for (answer, took) in house.during("bodies byte by byte", attack).await {
        assert_eq!(status(&answer), Some(403), "{answer}");
        assert!(took < OVER, "{took:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_bodies_are_cut_off() {
    let house = House::open().await;
    let query = house.sender().clear("").query;
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    for path in ["/wechat/", "/nowhere/"] {
        let attack = async {
            let all = (0..strangers() / 10).map(|_| async {
                let (mut read, mut write) = house.connect().await.into_split();
                let since = Instant::now();
                let begin = head(&query, None).replace("/wechat/", path);
                write.write_all(begin.as_bytes()).await.expect("a head");
                let writing = async { while write.write_all(chunk.as_bytes()).await.is_ok() {} };
                let mut answer = Vec::new();
                let reading = read.read_to_end(&mut answer);
                let ((), _end) = join(writing, reading).await;
                (
                    since.elapsed(),
                    String::from_utf8_lossy(&answer).into_owned(),
                )
            });
            join_all(all).await
        };
        let ends = house
            .during(&format!("endless bodies to {path}"), attack)
            .await;
        for (took, answer) in ends {
            assert!(took < OVER, "{took:?}");
            assert!(
                matches!(status(&answer), None | Some(403 | 404)),
                "{answer}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_signatures_by_the_thousand_leave_nothing_behind() {
    let house = House::open().await;
    let good = house
        .sender()
        .push("secure", "<xml><MsgType>text</MsgType></xml>");
    let wrong = good.with("msg_signature", &"0".repeat(40));
    let request = [
        head(&wrong.query, Some(wrong.body.len())).as_bytes(),
        &wrong.body,
    ]
    .concat();
    let attack = async {
        let all = (0..strangers()).map(|_| async {
            let mut stream = house.connect().await;
            let written = write_on(&mut stream, &request, 10 * request.len()).await;
            let stopped = stream.shutdown().await;
            stopped.expect("the writing half can be closed");
            (written, until_closed(&mut stream).await)
        });
        join_all(all).await
    };
    for (written, answers) in house.during("wrong signatures", attack).await {
        let refused = answers.matches("HTTP/1.1 403").count();
        assert_eq!(
            refused,
            written / request.len(),
            "each is refused: {answers}"
        );
        assert!(!answers.contains("200 OK"), "{answers}");
    }
    let stored = house.app.stored_pushes().await;
    let honest = stored.iter().all(|push| push.openid.starts_with("oHonest"));
    assert!(honest, "a refused push leaves no row");
}
