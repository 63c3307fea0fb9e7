//! The OpenAPI document: generated from the types, completed with what the generator can't say.

mod completion;
mod enumerations;
mod links;

use std::collections::HashMap;
use std::marker::PhantomData;

use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem_openapi::registry::{MetaApi, Registry};
use poem_openapi::{ExtraHeader, LicenseObject, OpenApi, OpenApiService, ServerObject};

pub use self::completion::codes_in;
use self::completion::completed;
use super::status::VERSION;

/// The prefixes that the operations answer under; the first is the one to use.
pub const PREFIXES: [&str; 2] = ["/api/v1", "/"];

/// What readers of the document should know first, in Markdown.
const GUIDE: &str = include_str!("document/guide.md");

/// Stands for `T` where only its description is needed, and no services to answer with.
struct Unserved<T>(PhantomData<fn() -> T>);

impl<T: OpenApi> OpenApi for Unserved<T> {
    fn meta() -> Vec<MetaApi> {
        T::meta()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn add_routes(self, _: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {}
}

/// The generator's own document of the operations of `T`.
fn generator<T: OpenApi>() -> OpenApiService<impl OpenApi, ()> {
    let service = OpenApiService::new(Unserved::<T>(PhantomData), "Countersign", VERSION)
        .description(GUIDE)
        .license(
            LicenseObject::new("Apache-2.0").url("https://www.apache.org/licenses/LICENSE-2.0"),
        )
        .extra_response_header::<String, _>(
            ExtraHeader::new("X-Request-Id").description("Names this request in the log."),
        );
    let [preferred, short] = PREFIXES;
    service
        .server(ServerObject::new(preferred).description("The address to use."))
        .server(ServerObject::new(short).description("The same, for those who like it short."))
}

/// The OpenAPI document of an API.
pub struct Document {
    json: String,
    yaml: String,
}

impl Document {
    /// The document of the operations of `T`.
    ///
    /// # Errors
    /// When the generator writes what can't be read; a test shows that it does not.
    pub fn of<T: OpenApi>() -> Result<Self, serde_json::Error> {
        let generated = generator::<T>().spec();
        let completed = completed(&generated)?;
        Ok(Self {
            yaml: serde_yaml::to_string(&completed).map_err(serde::de::Error::custom)?,
            json: serde_json::to_string_pretty(&completed)? + "\n",
        })
    }

    /// The document as JSON.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The document as YAML.
    #[must_use]
    pub fn yaml(&self) -> &str {
        &self.yaml
    }
}
