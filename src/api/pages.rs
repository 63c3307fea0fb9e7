//! The documentation: Swagger UI, ReDoc and the document itself, from the binary alone.
//!
//! A page is over a megabyte of HTML. Each is made once, when it is first asked for, with a document of its own, and
//! kept compressed, so that a process that shows none pays for none.

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
use poem_openapi::OpenApiService;

use super::document;
use super::document::Document;

/// How long a browser may show a page without asking again.
const CACHE_CONTROL: &str = "public, max-age=300";

/// What the page of Swagger UI does besides: ask this service, and show images that are in its style.
const SWAGGER_UI: Allowed = Allowed {
    styles: &[],
    more: "connect-src 'self'; img-src data:",
};

/// What the page of ReDoc does besides: search in a worker, whose program is in the page's script. As for styles,
/// it fills an empty one rule by rule, and brings that of its scroll bars, which the browser names by this hash.
const REDOC: Allowed = Allowed {
    styles: &[
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "sDI9pUw6Z98NC0sorERcD03vlQ8zZwyaBSQ06jerL4M=",
    ],
    more: "worker-src blob:; img-src data:",
};

const SCRIPT: &str = "script";
const STYLE: &str = "style";

/// What pages look like, besides what their libraries say.
const OUR_STYLE: &str = include_str!("pages/style.css");
const SWAGGER_UI_STYLE: &str = concat!(
    include_str!("pages/style.css"),
    include_str!("pages/swagger_ui.css")
);

/// What a page may do besides running the scripts in it and wearing the styles in it.
struct Allowed {
    /// Hashes of styles that its scripts bring.
    styles: &'static [&'static str],
    /// More directives.
    more: &'static str,
}

/// How a text is made. It fails where there can be no document, and a test shows that there can.
type Make = fn() -> Result<String, serde_json::Error>;

/// A text that never changes while the process runs.
pub(super) struct Page {
    content_type: &'static str,
    make: Make,
    /// For a page of HTML only.
    allowed: Option<&'static Allowed>,
    made: OnceLock<Result<Arc<Made>, String>>,
}

struct Made {
    gzipped: Vec<u8>,
    etag: String,
    content_security_policy: Option<String>,
}

impl Page {
    /// The page on which operations are tried out.
    pub(super) fn swagger_ui() -> Self {
        Self::html(&SWAGGER_UI, || {
            let library = OpenApiService::new((), "", "").swagger_ui_html();
            Ok(fill(
                include_str!("pages/swagger_ui.html"),
                [
                    ("{library style}", first(&library, STYLE)),
                    ("{style}", SWAGGER_UI_STYLE),
                    ("{library}", first(&library, SCRIPT)),
                    ("{document}", &embedded(&document()?)),
                ],
            ))
        })
    }

    /// The page on which all there is to know is read.
    pub(super) fn redoc() -> Self {
        Self::html(&REDOC, || {
            let library = OpenApiService::new((), "", "").redoc_html();
            Ok(fill(
                include_str!("pages/redoc.html"),
                [
                    ("{style}", OUR_STYLE),
                    ("{library}", first(&library, SCRIPT)),
                    ("{document}", &embedded(&document()?)),
                ],
            ))
        })
    }

    /// The document as JSON.
    pub(super) fn json() -> Self {
        Self::text("application/json", || Ok(document()?.json().to_owned()))
    }

    /// The document as YAML.
    pub(super) fn yaml() -> Self {
        Self::text("application/yaml", || Ok(document()?.yaml().to_owned()))
    }

    fn html(allowed: &'static Allowed, make: Make) -> Self {
        Self {
            content_type: "text/html; charset=utf-8",
            make,
            allowed: Some(allowed),
            made: OnceLock::new(),
        }
    }

    fn text(content_type: &'static str, make: Make) -> Self {
        Self {
            content_type,
            make,
            allowed: None,
            made: OnceLock::new(),
        }
    }

    fn made(&self) -> poem::Result<Arc<Made>> {
        self.made
            .get_or_init(|| {
                let text = (self.make)().map_err(|error| error.to_string())?;
                Made::new(&text, self.allowed)
                    .map(Arc::new)
                    .map_err(|error| error.to_string())
            })
            .clone()
            .map_err(|error| poem::Error::from_string(error, StatusCode::INTERNAL_SERVER_ERROR))
    }
}

impl Made {
    fn new(text: &str, allowed: Option<&Allowed>) -> std::io::Result<Self> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes())?;
        Ok(Self {
            gzipped: encoder.finish()?,
            // Weak, since the compressed and the plain form share it.
            etag: format!("W/\"{}\"", sha256(text)),
            content_security_policy: allowed.map(|allowed| content_security_policy(text, allowed)),
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

/// Lets in the scripts and styles in the page, what else is `allowed`, and nothing more.
fn content_security_policy(html: &str, allowed: &Allowed) -> String {
    let (mut scripts, mut styles) = (String::new(), String::new());
    for (kind, text) in scripts_and_styles(html) {
        let list = if kind == SCRIPT {
            &mut scripts
        } else {
            &mut styles
        };
        list.push_str(&source(&sha256(text)));
    }
    for hash in allowed.styles {
        styles.push_str(&source(hash));
    }
    format!(
        "default-src 'none'; script-src{scripts}; style-src{styles}; {}; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        allowed.more,
    )
}

fn source(hash: &str) -> String {
    format!(" 'sha256-{hash}'")
}

/// Puts texts in the place of their marks, which stand in this order; what a text has of marks stays.
fn fill<const N: usize>(template: &str, texts: [(&str, &str); N]) -> String {
    let mut filled = String::new();
    let mut rest = template;
    for (mark, text) in texts {
        let (before, after) = rest.split_once(mark).unwrap_or((rest, ""));
        filled.push_str(before);
        filled.push_str(text);
        rest = after;
    }
    filled + rest
}

/// The document, to stand in a script: nothing in it may end that script.
fn embedded(document: &Document) -> String {
    document.json().replace('<', "\\u003c")
}

/// The text of the first element of this kind in a page.
fn first<'a>(html: &'a str, kind: &str) -> &'a str {
    let mut found = scripts_and_styles(html).filter(|(it, _)| *it == kind);
    found.next().unwrap_or_default().1
}

/// The scripts and styles in a page, one after the other: within one, the start of another is but text.
fn scripts_and_styles(html: &str) -> impl Iterator<Item = (&'static str, &str)> {
    let kinds = [
        (SCRIPT, "<script", "</script>"),
        (STYLE, "<style", "</style>"),
    ];
    let mut rest = html;
    std::iter::from_fn(move || {
        let next = |(kind, start, end)| Some((rest.find(start)?, kind, end));
        let (at, kind, end) = kinds.into_iter().filter_map(next).min()?;
        let (_, opened) = rest.split_at(at);
        let (_, body) = opened.split_once('>')?;
        let (text, after) = body.split_once(end)?;
        rest = after;
        Some((kind, text))
    })
}

pub(super) fn sha256(text: &str) -> String {
    STANDARD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}
