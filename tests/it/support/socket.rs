//! A plain HTTP client over a blocking socket, for tests that care about the wire itself.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// One connection.
pub(crate) struct Socket {
    stream: BufReader<TcpStream>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

/// A whole request: `head` is `VERB /path` and further header lines.
pub(crate) fn request(head: &str, body: &[u8]) -> Vec<u8> {
    let (line, headers) = head.split_once('\n').unwrap_or((head, ""));
    let mut text = format!("{line} HTTP/1.1\r\nHost: portal.test\r\n");
    for header in headers.lines() {
        text += &[header.trim(), "\r\n"].concat();
    }
    if !body.is_empty() {
        text += &["Content-Length: ", &body.len().to_string(), "\r\n"].concat();
    }
    let mut bytes = (text + "\r\n").into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// One request on a connection of its own.
#[track_caller]
pub(crate) fn call(address: SocketAddr, head: &str, body: &str) -> Answer {
    let mut socket = Socket::connect(address);
    socket.send(&request(head, body.as_bytes()));
    socket.answer(head.starts_with("HEAD "))
}

impl Socket {
    #[track_caller]
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: BufReader::new(stream) }
    }

    #[track_caller]
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.try_send(bytes).unwrap();
    }

    pub(crate) fn try_send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    /// The next answer; that of a HEAD request has no body.
    #[track_caller]
    pub(crate) fn answer(&mut self, head: bool) -> Answer {
        self.try_answer(head).unwrap()
    }

    pub(crate) fn try_answer(&mut self, head: bool) -> std::io::Result<Answer> {
        let line = self.line()?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.ok_or_else(|| std::io::Error::other(format!("not an answer: {line:?}")))?;
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').ok_or_else(|| std::io::Error::other(line.clone()))?;
            headers.push((name.trim().to_owned(), value.trim().to_owned()));
        }
        let mut answer = Answer { status, headers, body: Vec::new() };
        let length = answer.header("content-length").and_then(|length| length.parse().ok());
        if answer.header("transfer-encoding") == Some("chunked") {
            while let Some(length) = self.chunk()? {
                let from = answer.body.len();
                answer.body.resize(from + length, 0);
                self.stream.read_exact(&mut answer.body[from..])?;
                self.line()?;
            }
        } else if !head && status != 204 {
            answer.body.resize(length.unwrap_or(0), 0);
            self.stream.read_exact(&mut answer.body)?;
        }
        Ok(answer)
    }

    /// Length of the next chunk; `None` after the last.
    fn chunk(&mut self) -> std::io::Result<Option<usize>> {
        let line = self.line()?;
        let length = usize::from_str_radix(line.trim(), 16).map_err(std::io::Error::other)?;
        if length == 0 {
            self.line()?;
        }
        Ok((length > 0).then_some(length))
    }

    fn line(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// Waits until the other side closes.
    pub(crate) fn closed(&mut self) -> bool {
        matches!(self.stream.read(&mut [0; 1]), Ok(0) | Err(_))
    }
}
