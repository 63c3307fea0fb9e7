//! What leaves the process besides the database: each behind its circuit breaker.

pub mod post;
pub mod pwned_passwords;

pub use post::PostOffice;
pub use pwned_passwords::PwnedPasswords;

use reqwest::{Certificate, Client, ClientBuilder};
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

/// Nothing outside can be asked, or handed anything.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// There is no client for HTTP.
    #[error("can't set up TLS: {0}")]
    Client(#[from] reqwest::Error),
    /// What is configured can't be used. One line.
    #[error("{key}: {problem}")]
    Configuration {
        /// The key.
        key: &'static str,
        /// What is wrong with its value.
        problem: String,
    },
}

/// A client of other services, over HTTP/1.1 with and without TLS. It trusts whom the system trusts, so that
/// an operator can add an authority (`SSL_CERT_FILE`), and whom Mozilla trusts: a container may have no
/// certificates at all. It goes by the proxies that the environment names.
pub fn client() -> ClientBuilder {
    let authorities = TLS_SERVER_ROOT_CERTS
        .iter()
        .filter_map(|certificate| Certificate::from_der(certificate).ok());
    Client::builder()
        .tls_certs_merge(authorities)
        .user_agent(concat!("countersign/", env!("CARGO_PKG_VERSION")))
}
