//! As much of HTTP/1.1 as a keep-alive connection over loopback needs, and no more: whatever the load spends is taken
//! from the server on the same core.

use std::io;
use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::fault::Done;

/// One connection that is kept.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// One message as it was received: its first line and its body.
pub struct Received<'a> {
    /// Everything before the body.
    pub head: &'a [u8],
    /// The body.
    pub body: &'a [u8],
}

impl Received<'_> {
    /// The status of an answer; 0 when it is none.
    pub fn status(&self) -> u16 {
        let digits = self
            .head
            .get(9..12)
            .and_then(|d| std::str::from_utf8(d).ok());
        digits.and_then(|d| d.parse().ok()).unwrap_or(0)
    }

    /// The path of a request, without its query.
    pub fn path(&self) -> &str {
        let line = self.head.split(|b| *b == b'\r').next().unwrap_or_default();
        let target = line.split(|b| *b == b' ').nth(1).unwrap_or_default();
        let path = target.split(|b| *b == b'?').next().unwrap_or_default();
        std::str::from_utf8(path).unwrap_or_default()
    }
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        Self::from(TcpStream::connect(address).await?)
    }

    /// On a stream that is connected.
    pub fn from(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        let buffer = Vec::with_capacity(8192);
        Ok(Self { stream, buffer })
    }

    /// Sends a whole request and reads the whole answer.
    pub async fn exchange(&mut self, request: &[u8]) -> io::Result<Received<'_>> {
        self.write(request).await?;
        self.read().await?.ok_or_else(broken)
    }

    /// Sends bytes.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Reads one message; none when the other side has closed the connection between two of them.
    pub async fn read(&mut self) -> io::Result<Option<Received<'_>>> {
        self.buffer.clear();
        let (head, length) = loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return if self.buffer.is_empty() {
                    Ok(None)
                } else {
                    Err(broken())
                };
            }
            if let Some(head) = head_end(&self.buffer) {
                let length = content_length(self.buffer.get(..head).unwrap_or_default());
                break (head, length);
            }
        };
        while self.buffer.len() < head + length {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(broken());
            }
        }
        let (head, body) = self.buffer.split_at(head);
        Ok(Some(Received { head, body }))
    }

    /// The status of a GET.
    pub async fn get(&mut self, path: &str) -> io::Result<u16> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Ok(self.exchange(request.as_bytes()).await?.status())
    }

    /// The JSON answer to a GET or, with a body, a POST of JSON.
    pub async fn json(&mut self, path: &str, body: Option<&Value>) -> Done<Value> {
        let method = if body.is_some() { "POST" } else { "GET" };
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = self.exchange(request.as_bytes()).await?;
        if answer.status() != 200 {
            let text = String::from_utf8_lossy(answer.body);
            return Err(format!("{path} answers {}: {text}", answer.status()).into());
        }
        Ok(serde_json::from_slice(answer.body)?)
    }
}

fn head_end(bytes: &[u8]) -> Option<usize> {
    const END: &[u8] = b"\r\n\r\n";
    let at = bytes.windows(END.len()).position(|window| window == END)?;
    Some(at + END.len())
}

fn content_length(head: &[u8]) -> usize {
    const NAME: &[u8] = b"content-length:";
    let line = head.split(|b| *b == b'\n').find_map(|line| {
        let (name, value) = line.split_at_checked(NAME.len())?;
        name.eq_ignore_ascii_case(NAME).then_some(value)
    });
    line.and_then(|value| std::str::from_utf8(value).ok())
        .and_then(|value| value.trim().parse().ok())
        .unwrap_or(0)
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the connection broke off")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_head_and_the_length_of_a_body_are_found_in_any_case() {
        let bytes = b"HTTP/1.1 200 OK\r\nContent-LENGTH: 12\r\n\r\nhello";
        let end = head_end(bytes).unwrap();
        assert_eq!(&bytes[end..], b"hello");
        assert_eq!(content_length(&bytes[..end]), 12);
        assert_eq!(content_length(b"HTTP/1.1 204 No Content\r\n\r\n"), 0);
    }

    #[test]
    fn status_and_path_are_read_from_the_first_line() {
        let answer = Received {
            head: b"HTTP/1.1 503 Busy\r\n\r\n",
            body: b"",
        };
        assert_eq!(answer.status(), 503);
        let request = Received {
            head: b"POST /cgi-bin/x?access_token=t HTTP/1.1\r\n\r\n",
            body: b"",
        };
        assert_eq!(request.path(), "/cgi-bin/x");
    }
}
