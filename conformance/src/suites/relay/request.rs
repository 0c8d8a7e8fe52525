//! Requests as they are sent, right ones and others.

use std::fmt;

/// A request. Its `Host` and the length of its body are added when it is written, unless they are
/// set here.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The method.
    pub(crate) method: String,
    /// The target, less the path of the relay's address.
    pub(crate) target: String,
    /// The other header lines, in their order.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: RequestBody,
    /// The values of `Host`; `None` is the right one.
    pub(crate) hosts: Option<Vec<String>>,
    /// The version, such as `HTTP/1.1`.
    pub(crate) version: &'static str,
}

/// The body of a request, and how its length is told.
#[derive(Debug, Clone)]
pub(crate) enum RequestBody {
    /// No body, and no length.
    None,
    /// A body with `Content-Length`.
    Whole(Vec<u8>),
    /// A body in chunks of so many bytes.
    Chunked(Vec<u8>, usize),
}

impl Request {
    /// A request without `Authorization` and body.
    pub(crate) fn new(method: &str, target: impl Into<String>) -> Self {
        Self {
            method: method.to_owned(),
            target: target.into(),
            headers: Vec::new(),
            body: RequestBody::None,
            hosts: None,
            version: "HTTP/1.1",
        }
    }

    /// With the `Authorization` of a side, in hex.
    pub(crate) fn by(self, side: &str) -> Self {
        self.header("Authorization", format!("Bearer {side}"))
    }

    /// With one more header line.
    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Without any line of a header.
    pub(crate) fn without(mut self, name: &str) -> Self {
        let is_it = |known: &str| known.eq_ignore_ascii_case(name);
        self.headers.retain(|(known, _)| !is_it(known));
        self
    }

    /// With this body and its length.
    pub(crate) fn with(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = RequestBody::Whole(body.into());
        self
    }

    /// With its body in chunks of so many bytes.
    pub(crate) fn in_chunks(mut self, size: usize) -> Self {
        if let RequestBody::Whole(body) = self.body {
            self.body = RequestBody::Chunked(body, size.max(1));
        }
        self
    }

    /// With other text behind its target.
    pub(crate) fn query(mut self, query: &str) -> Self {
        self.target.push_str(query);
        self
    }

    /// With these values of `Host`.
    pub(crate) fn hosts(mut self, hosts: &[&str]) -> Self {
        self.hosts = Some(hosts.iter().map(|host| (*host).to_owned()).collect());
        self
    }

    /// In this version of HTTP.
    pub(crate) fn version(mut self, version: &'static str) -> Self {
        self.version = version;
        self
    }

    /// The head as it is sent to a host under a path.
    pub(crate) fn head(&self, host: &str, path: &str) -> Vec<u8> {
        let mut head = format!("{} {path}{} {}\r\n", self.method, self.target, self.version);
        let usual = [host.to_owned()];
        for host in self.hosts.as_deref().unwrap_or(&usual) {
            head.push_str(&format!("Host: {host}\r\n"));
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        match &self.body {
            RequestBody::None => {}
            RequestBody::Whole(body) => {
                head.push_str(&format!("Content-Length: {}\r\n", body.len()))
            }
            RequestBody::Chunked(..) => head.push_str("Transfer-Encoding: chunked\r\n"),
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    /// The body as it is sent.
    pub(crate) fn body(&self) -> Vec<u8> {
        match &self.body {
            RequestBody::None => Vec::new(),
            RequestBody::Whole(body) => body.clone(),
            RequestBody::Chunked(body, size) => {
                let mut bytes = Vec::new();
                for chunk in body.chunks(*size) {
                    bytes.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
                    bytes.extend_from_slice(chunk);
                    bytes.extend_from_slice(b"\r\n");
                }
                bytes.extend_from_slice(b"0\r\n\r\n");
                bytes
            }
        }
    }

    /// Whether bytes follow the head.
    pub(crate) fn has_body(&self) -> bool {
        matches!(self.body, RequestBody::Whole(_) | RequestBody::Chunked(..))
    }

    /// The whole request.
    pub(crate) fn bytes(&self, host: &str, path: &str) -> Vec<u8> {
        let mut bytes = self.head(host, path);
        bytes.extend(self.body());
        bytes
    }
}

/// As it is shown to people: what is long is cut.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, short(self.target.as_bytes(), 160))?;
        if self.version != "HTTP/1.1" {
            write!(f, " {}", self.version)?;
        }
        if let Some(hosts) = &self.hosts {
            write!(f, " [Host: {hosts:?}]")?;
        }
        for (name, value) in &self.headers {
            write!(f, " [{name}: {}]", short(value.as_bytes(), 100))?;
        }
        match &self.body {
            RequestBody::None => Ok(()),
            RequestBody::Whole(body) => write!(f, " {}", short(body, 160)),
            RequestBody::Chunked(body, _) => write!(f, " (in chunks) {}", short(body, 160)),
        }
    }
}

/// Bytes as text of one line, with the middle of long ones left out.
pub(crate) fn short(bytes: &[u8], longest: usize) -> String {
    let text = |part: &[u8]| {
        let text = String::from_utf8_lossy(part);
        text.chars()
            .map(|one| match one.is_control() || one == '\u{feff}' {
                true => one.escape_default().to_string(),
                false => one.to_string(),
            })
            .collect::<String>()
    };
    if bytes.len() <= longest {
        return text(bytes);
    }
    let (front, back) = (longest * 2 / 3, longest / 3);
    let end = bytes.get(bytes.len() - back..).unwrap_or_default();
    let begin = bytes.get(..front).unwrap_or_default();
    format!(
        "{}..({} bytes)..{}",
        text(begin),
        bytes.len() - front - back,
        text(end)
    )
}
