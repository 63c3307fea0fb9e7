//! The documentation: Swagger UI, ReDoc and the document itself, from the binary alone.
//!
//! A page is over a megabyte of HTML. Each is made once, when it is first asked for, and kept compressed,
//! so that a process that shows none pays for none.

use std::io::{Read, Write};
use std::sync::{Arc, OnceLock};

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use poem::http::{HeaderMap, HeaderValue, StatusCode, header};
use poem::{Endpoint, Request, Response};

/// How long a browser may show a page without asking again.
const CACHE_CONTROL: &str = "public, max-age=300";
/// The one thing that ReDoc's page would fetch from elsewhere.
const REDOC_FONTS: &str = r#"<link href="https://fonts.googleapis.com/css?family=Montserrat:300,400,700|Roboto:300,400,700" rel="stylesheet">"#;

/// Spares the browser from asking for an icon that is not there.
const HEAD: &str = r#"<head><link rel="icon" href="data:,">"#;

/// A text that never changes while the process runs.
pub(super) struct Page {
    content_type: &'static str,
    make: Box<dyn Fn() -> String + Send + Sync>,
    made: OnceLock<Result<Arc<Made>, String>>,
}

struct Made {
    gzipped: Vec<u8>,
    etag: String,
    content_security_policy: Option<String>,
}

impl Page {
    /// A page of HTML that `make` writes.
    pub(super) fn html(make: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self {
            content_type: "text/html; charset=utf-8",
            make: Box::new(move || {
                let page = make().replacen("<head>", HEAD, 1);
                page.replacen(REDOC_FONTS, "", 1)
            }),
            made: OnceLock::new(),
        }
    }

    /// A text of another type.
    pub(super) fn text(
        content_type: &'static str,
        make: impl Fn() -> String + Send + Sync + 'static,
    ) -> Self {
        Self {
            content_type,
            make: Box::new(make),
            made: OnceLock::new(),
        }
    }

    fn made(&self) -> poem::Result<Arc<Made>> {
        let is_html = self.content_type.starts_with("text/html");
        self.made
            .get_or_init(|| {
                Made::new(&(self.make)(), is_html)
                    .map(Arc::new)
                    .map_err(|error| error.to_string())
            })
            .clone()
            .map_err(|error| poem::Error::from_string(error, StatusCode::INTERNAL_SERVER_ERROR))
    }
}

impl Made {
    fn new(text: &str, is_html: bool) -> std::io::Result<Self> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes())?;
        Ok(Self {
            gzipped: encoder.finish()?,
            // Weak, since the compressed and the plain form share it.
            etag: format!("W/\"{}\"", sha256(text)),
            content_security_policy: is_html.then(|| content_security_policy(text)),
        })
    }

    fn plain(&self) -> std::io::Result<Vec<u8>> {
        let mut text = Vec::new();
        GzDecoder::new(self.gzipped.as_slice()).read_to_end(&mut text)?;
        Ok(text)
    }
}

impl Endpoint for Page {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let made = self.made()?;
        let mut response = Response::builder()
            .header(header::ETAG, &made.etag)
            .header(header::CACHE_CONTROL, CACHE_CONTROL)
            .header(header::VARY, "Accept-Encoding");
        if let Some(policy) = &made.content_security_policy {
            response = response.header(header::CONTENT_SECURITY_POLICY, policy);
        }
        if is_known(request.headers(), &made.etag) {
            return Ok(response.status(StatusCode::NOT_MODIFIED).finish());
        }
        response = response.content_type(self.content_type);
        if elements(request.headers(), &header::ACCEPT_ENCODING).any(accepts_gzip) {
            let gzip = HeaderValue::from_static("gzip");
            let response = response.header(header::CONTENT_ENCODING, gzip);
            return Ok(response.body(made.gzipped.clone()));
        }
        let plain = made
            .plain()
            .map_err(|error| poem::Error::new(error, StatusCode::INTERNAL_SERVER_ERROR))?;
        Ok(response.body(plain))
    }
}

/// Whether the client says that it has what this tag stands for (RFC 9110 section 13.1.2).
pub(super) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let opaque = |etag: &str| etag.strip_prefix("W/").unwrap_or(etag).to_owned();
    elements(headers, &header::IF_NONE_MATCH)
        .any(|known| known == "*" || opaque(known) == opaque(etag))
}

/// The elements of a header that is a list.
fn elements<'a>(
    headers: &'a HeaderMap,
    header: &'a header::HeaderName,
) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(header)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}

/// Whether an element of `Accept-Encoding` allows gzip (RFC 9110 section 12.5.3).
fn accepts_gzip(element: &str) -> bool {
    let mut parts = element.split(';').map(str::trim);
    let is_gzip = parts
        .next()
        .is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
    let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok());
    is_gzip && weight.is_none_or(|weight| weight > 0.0)
}

/// Lets the page's own scripts run and nothing else; styles are set by scripts, so they can't be listed.
fn content_security_policy(html: &str) -> String {
    let scripts: Vec<String> = scripts(html)
        .map(|script| format!("'sha256-{}'", sha256(script)))
        .collect();
    format!(
        "default-src 'none'; script-src {}; style-src 'unsafe-inline'; img-src 'self' data:; \
         font-src data:; connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'",
        scripts.join(" ")
    )
}

/// The scripts in a page, one after the other: within one, `<script` is but text.
fn scripts(html: &str) -> impl Iterator<Item = &str> {
    let mut rest = html;
    std::iter::from_fn(move || {
        let (_, opened) = rest.split_once("<script")?;
        let (_, body) = opened.split_once('>')?;
        let (script, after) = body.split_once("</script>")?;
        rest = after;
        Some(script)
    })
}

pub(super) fn sha256(text: &str) -> String {
    STANDARD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}
