//! OTLP over gRPC: one unary call per export, on a connection of its own.
//!
//! A call of gRPC is a POST by HTTP/2 with five bytes before the message and the status after it, so
//! `h2` does what is needed and the stack of a gRPC library, several times the size, is left out. The
//! runtime lives for one call on the thread that makes it: exports are minutes apart, and a connection
//! that is kept would have to be tended all the time. Proxies of the environment are not used.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use carbon_http::HttpError;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

use super::Transport;
use super::http::gzip;
use super::message::dropped;
use super::settings::{OtlpError, OtlpSettings, percent_decoded};
use crate::metrics::error::excerpt;
use crate::metrics::{CONNECT_LIMIT, ExportError};

const PATH: &str = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

/// Longest answer that is read, in bytes.
const LONGEST_ANSWER: usize = 64 << 10;

/// What every call needs.
pub(super) struct Grpc {
    host: String,
    port: u16,
    /// Host and port as they were given.
    authority: String,
    tls: Option<TlsConnector>,
    headers: HeaderMap,
    timeout: Duration,
    gzip: bool,
}

impl Grpc {
    pub(super) fn new(settings: &OtlpSettings) -> Result<Self, OtlpError> {
        let name = "otlp_endpoint";
        let uri: http::Uri = settings.endpoint.parse().map_err(|_| OtlpError::Address { name })?;
        let host = uri.host().filter(|host| !host.is_empty());
        let host = host.ok_or(OtlpError::Address { name })?.to_owned();
        let is_secure = uri.scheme_str() == Some("https");
        let mut headers = HeaderMap::new();
        for (at, (name, value)) in settings.headers.iter().enumerate() {
            let bad = |_| OtlpError::List { name: "otlp_headers", item: at + 1 };
            let name = HeaderName::try_from(name.as_str()).map_err(|e| bad(e.into()))?;
            let mut value =
                HeaderValue::try_from(value.expose()).map_err(|e| bad(http::Error::from(e)))?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(Self {
            port: uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 }),
            authority: match uri.port() {
                Some(port) => format!("{host}:{port}"),
                None => host.clone(),
            },
            // Brackets belong to the text of an IPv6 address, not to the address.
            host: host.trim_matches(['[', ']']).to_owned(),
            tls: is_secure.then(|| connector(settings)).transpose()?,
            headers,
            timeout: settings.timeout,
            gzip: settings.gzip,
        })
    }

    async fn call(&self, message: &[u8]) -> Result<(), ExportError> {
        let stream = self.connect().await?;
        match &self.tls {
            None => self.exchange(stream, message).await,
            Some(tls) => {
                let name = ServerName::try_from(self.host.clone())
                    .map_err(|error| self.connection(&error))?;
                let stream =
                    tls.connect(name, stream).await.map_err(|error| self.untrusted(&error))?;
                self.exchange(stream, message).await
            }
        }
    }

    /// Connects to the first address of the host that answers.
    async fn connect(&self) -> Result<TcpStream, ExportError> {
        // Blocks, on a thread that does nothing else.
        let found = (self.host.as_str(), self.port).to_socket_addrs();
        let addresses: Vec<SocketAddr> = found.map_err(|error| self.unreachable(&error))?.collect();
        let mut fault = io::Error::other("no such host");
        for address in addresses {
            match tokio::time::timeout(CONNECT_LIMIT, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    // Whether small packets wait does not matter for one call.
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Ok(Err(error)) => fault = error,
                Err(_) => fault = io::ErrorKind::TimedOut.into(),
            }
        }
        Err(self.unreachable(&fault))
    }

    async fn exchange<S>(&self, stream: S, message: &[u8]) -> Result<(), ExportError>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let (sender, connection) =
            h2::client::handshake(stream).await.map_err(|error| self.connection(&error))?;
        let call = async {
            let mut sender = sender.ready().await?;
            let (answer, mut body) = sender.send_request(self.request(), false)?;
            body.send_data(self.framed(message), true)?;
            let answer = answer.await?;
            read(answer).await
        };
        // The connection does its work while the call waits; whichever ends first decides.
        tokio::pin!(connection);
        tokio::pin!(call);
        let answer = std::future::poll_fn(|context| {
            use std::task::Poll;
            if let Poll::Ready(answer) = call.as_mut().poll(context) {
                return Poll::Ready(answer);
            }
            let ended = connection.as_mut().poll(context);
            // What the connection did may have been what the call was waiting for.
            match (call.as_mut().poll(context), ended) {
                (Poll::Ready(answer), _) => Poll::Ready(answer),
                (Poll::Pending, Poll::Ready(Err(error))) => Poll::Ready(Err(error)),
                (Poll::Pending, Poll::Ready(Ok(()))) => {
                    Poll::Ready(Err(h2::Reason::NO_ERROR.into()))
                }
                (Poll::Pending, Poll::Pending) => Poll::Pending,
            }
        })
        .await
        .map_err(|error| self.connection(&error))?;
        self.judge(&answer)
    }

    fn request(&self) -> Request<()> {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let uri = http::Uri::builder()
            .scheme(scheme)
            .authority(self.authority.as_str())
            .path_and_query(PATH)
            .build()
            .unwrap_or_default();
        let mut request = Request::new(());
        *request.method_mut() = http::Method::POST;
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        headers.extend(self.headers.clone());
        let mut set = |name: &'static str, value: &'static str| {
            headers.insert(name, HeaderValue::from_static(value));
        };
        set("content-type", "application/grpc");
        set("te", "trailers");
        set("user-agent", concat!("codecarbon-rs/", env!("CARGO_PKG_VERSION")));
        if self.gzip {
            set("grpc-encoding", "gzip");
        }
        request
    }

    /// The message with its length before it.
    fn framed(&self, message: &[u8]) -> Bytes {
        let packed = self.gzip.then(|| gzip(message));
        let content = packed.as_deref().unwrap_or(message);
        let mut frame = Vec::with_capacity(content.len() + 5);
        frame.push(u8::from(self.gzip));
        frame.extend(u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes());
        frame.extend_from_slice(content);
        frame.into()
    }

    /// What an answer means.
    fn judge(&self, answer: &Answer) -> Result<(), ExportError> {
        let host = self.authority.clone();
        let Some(code) = answer.code else {
            let (status, said) = (format!("HTTP {}", answer.http_status), String::new());
            return Err(match answer.http_status {
                429 | 502 | 503 | 504 => {
                    ExportError::Busy { host, status, answer: said, after: None }
                }
                200 => ExportError::Connection { host, why: "this is no gRPC".to_owned() },
                _ => ExportError::Refused { host, status, answer: said },
            });
        };
        let (status, said) = (format!("gRPC status {code}"), excerpt(&answer.message));
        match code {
            0 => match answer.body.get(5..).and_then(dropped) {
                None => Ok(()),
                Some((rejected, why)) => {
                    Err(ExportError::Partial { host, rejected, answer: excerpt(&why) })
                }
            },
            // Cancelled, deadline exceeded, resource exhausted, aborted, out of range, unavailable,
            // data loss: those that OTLP has exporters try again.
            1 | 4 | 8 | 10 | 11 | 14 | 15 => {
                Err(ExportError::Busy { host, status, answer: said, after: None })
            }
            _ => Err(ExportError::Refused { host, status, answer: said }),
        }
    }

    fn connection(&self, why: &dyn std::fmt::Display) -> ExportError {
        ExportError::Connection { host: self.authority.clone(), why: why.to_string() }
    }

    fn unreachable(&self, why: &io::Error) -> ExportError {
        HttpError::Unreachable { host: self.authority.clone(), why: why.to_string() }.into()
    }

    fn untrusted(&self, why: &io::Error) -> ExportError {
        HttpError::Untrusted { host: self.authority.clone(), why: why.to_string() }.into()
    }
}

impl Transport for Grpc {
    fn send(&mut self, request: &[u8]) -> Result<(), ExportError> {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = builder.enable_io().enable_time().build();
        let runtime = runtime.map_err(|error| self.connection(&error))?;
        runtime.block_on(async {
            let call = tokio::time::timeout(self.timeout, self.call(request));
            let late = || {
                let host = self.authority.clone();
                ExportError::TimedOut { host, limit: self.timeout }
            };
            call.await.unwrap_or_else(|_| Err(late()))
        })
    }
}

/// The parts of an answer that count.
struct Answer {
    http_status: u16,
    code: Option<i32>,
    message: String,
    body: Vec<u8>,
}

/// Reads an answer to its end; the status stands after the body, or at the head if there is none.
async fn read(answer: Response<h2::RecvStream>) -> Result<Answer, h2::Error> {
    let (head, mut stream) = answer.into_parts();
    let mut body = Vec::new();
    while let Some(chunk) = stream.data().await {
        let chunk = chunk?;
        stream.flow_control().release_capacity(chunk.len())?;
        let room = LONGEST_ANSWER.saturating_sub(body.len());
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    let trailers = stream.trailers().await?;
    let text = |name: &str| {
        let value = trailers.as_ref().and_then(|t| t.get(name)).or_else(|| head.headers.get(name));
        value.and_then(|value| value.to_str().ok())
    };
    Ok(Answer {
        http_status: head.status.as_u16(),
        code: text("grpc-status").and_then(|code| code.trim().parse().ok()),
        message: percent_decoded(text("grpc-message").unwrap_or_default()),
        body,
    })
}

/// TLS with the authorities that the settings name, or those of the web.
fn connector(settings: &OtlpSettings) -> Result<TlsConnector, OtlpError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = &settings.authorities {
        let fault = |why: String| HttpError::Authorities { path: path.clone(), why };
        let pem = std::fs::read(path).map_err(|error| fault(error.to_string()))?;
        roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|error| fault(error.to_string()))?;
            roots.add(certificate).map_err(|error| fault(error.to_string()))?;
        }
        if roots.is_empty() {
            return Err(fault("there is no certificate in it".to_owned()).into());
        }
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let versions = builder.with_safe_default_protocol_versions();
    let name = "otlp_endpoint";
    let builder = versions.map_err(|_| OtlpError::Address { name })?;
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}
