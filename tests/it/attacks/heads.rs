//! Requests that never begin properly.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::io::AsyncWriteExt;

use super::{House, status, strangers, until_closed};

#[tokio::test(flavor = "multi_thread")]
async fn heads_that_come_byte_by_byte_are_cut_off() {
    let house = House::open().await;
    let attack = async {
        let all = (0..strangers()).map(|_| async {
            let mut stream = house.connect().await;
            let mut each = tokio::time::interval(Duration::from_secs(1));
            for byte in b"POST /wechat/wx0123456789abcdef HTTP/1.1\r\nHost: here\r\nX-Slow: " {
                each.tick().await;
                if stream.write_all(&[*byte]).await.is_err() {
                    break;
                }
            }
            until_closed(&mut stream).await
        });
        join_all(all).await
    };
    let answers = house.during("heads byte by byte", attack).await;
    let told = answers.iter().filter(|answer| !answer.is_empty());
    for answer in told {
        assert_eq!(status(answer), Some(408), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn huge_heads_are_refused() {
    let house = House::open().await;
    let many: String = (0..200).map(|n| format!("X-{n}: {n}\r\n")).collect();
    let long = format!("X-Long: {}\r\n", "x".repeat(1 << 20));
    let query = "q".repeat(1 << 20);
    let heads = [
        ("200 headers", format!("GET / HTTP/1.1\r\n{many}\r\n")),
        ("a header of 1 MB", format!("GET / HTTP/1.1\r\n{long}\r\n")),
        ("a query of 1 MB", format!("GET /?{query} HTTP/1.1\r\n\r\n")),
        ("a method of 1 MB", format!("{query} / HTTP/1.1\r\n\r\n")),
    ];
    let attack = async {
        for (what, head) in &heads {
            let all = (0..strangers() / 4).map(|_| async {
                let (mut read, mut write) = house.connect().await.into_split();
                // Refused before everything is written: then writing fails.
                let writing = async { write.write_all(head.as_bytes()).await.is_ok() };
                let mut answer = Vec::new();
                let reading = tokio::io::AsyncReadExt::read_to_end(&mut read, &mut answer);
                let (_written, _end) = futures_util::future::join(writing, reading).await;
                String::from_utf8_lossy(&answer).into_owned()
            });
            for answer in join_all(all).await {
                // It may be reset with the answer unread.
                assert!(
                    matches!(status(&answer), None | Some(400 | 414 | 431)),
                    "{what}: {answer}"
                );
            }
        }
    };
    house.during("huge heads", attack).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_in_a_pipeline_ends_the_connection() {
    let house = House::open().await;
    let good = "GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n";
    let garbage: Vec<u8> = (0..=255).cycle().take(64 * 1024).collect();
    let attack = async {
        let all = (0..strangers()).map(|_| async {
            let mut stream = house.connect().await;
            let pipeline = [good.repeat(100).as_bytes(), &garbage].concat();
            // Closed in the middle, perhaps.
            let _written = stream.write_all(&pipeline).await;
            until_closed(&mut stream).await
        });
        join_all(all).await
    };
    for answer in house.during("garbage in a pipeline", attack).await {
        let good = answer.matches("HTTP/1.1 200").count();
        let bad = answer.matches("HTTP/1.1 4").count();
        assert!(good <= 100 && bad <= 1, "{good} good, {bad} refused");
    }
}
