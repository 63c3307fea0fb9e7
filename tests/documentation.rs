//! The documentation: whole, the same in every form, and with nothing from elsewhere.

use std::collections::BTreeSet;
use std::io::Read;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign::api;
use flate2::read::GzDecoder;
use serde_json::Value;

use crate::support::TestApp;
use crate::support::spec::DOCUMENT;

const PAGES: [&str; 2] = ["/docs", "/redoc"];
const ALL: [&str; 4] = ["/docs", "/redoc", "/openapi.json", "/openapi.yaml"];

/// A page as a browser takes it apart.
#[derive(Default)]
struct Html {
    /// What stands outside of scripts, styles and comments: the tags, for one thing.
    markup: String,
    scripts: Vec<String>,
    styles: Vec<String>,
}

impl Html {
    fn parse(text: &str) -> Self {
        let mut html = Self::default();
        let mut rest = text;
        // The texts in these end at the first end tag, whatever else is in them.
        while let Some(at) = ["<script", "<style", "<!--"]
            .iter()
            .filter_map(|start| rest.find(start))
            .min()
        {
            html.markup.push_str(&rest[..at]);
            rest = &rest[at..];
            if rest.starts_with("<!--") {
                rest = rest.split_once("-->").expect("the comment has an end").1;
                continue;
            }
            let is_script = rest.starts_with("<script");
            let (tag, opened) = rest.split_once('>').expect("the tag has an end");
            html.markup.push_str(tag);
            html.markup.push('>');
            let end = if is_script { "</script" } else { "</style" };
            let (text, after) = opened.split_once(end).expect("the element has an end");
            if is_script {
                // Between these two a browser would look for two end tags.
                let hidden = text.split_once("<!--").is_some_and(|(_, hidden)| {
                    let hidden = hidden.split("-->").next().unwrap();
                    hidden.contains("<script")
                });
                assert!(!hidden, "the end of a script is not where it seems to be");
                html.scripts.push(text.to_owned());
            } else {
                html.styles.push(text.to_owned());
            }
            rest = after;
        }
        html.markup.push_str(rest);
        html
    }

    /// The values of an attribute, wherever it stands.
    fn values(&self, attribute: &str) -> Vec<String> {
        let start = format!("{attribute}=");
        self.markup
            .match_indices(&start)
            .map(|(at, _)| {
                let value = &self.markup[at + start.len()..];
                let end = |c: char| c == '>' || c.is_whitespace();
                match value.chars().next() {
                    Some(quote @ ('"' | '\'')) => value[1..].split(quote).next(),
                    _ => value.split(end).next(),
                }
                .unwrap()
                .to_owned()
            })
            .collect()
    }
}

fn sha256(text: &str) -> String {
    STANDARD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}

#[test]
fn a_page_is_taken_apart_as_a_browser_does() {
    let html = Html::parse(
        "<p href=x><!-- <script>1</script> --><script src='y'>a('<script>')</script>\
         <style>p{}</style><a href=\"z\">",
    );
    assert_eq!(html.scripts, ["a('<script>')"]);
    assert_eq!(html.styles, ["p{}"]);
    assert_eq!(html.values("href"), ["x", "z"]);
    assert_eq!(html.values("src"), ["y"]);
}

#[tokio::test]
async fn everything_is_served_as_what_it_is() {
    let app = TestApp::start().await;
    let mut etags = BTreeSet::new();
    for (path, kind) in ALL.into_iter().zip([
        "text/html; charset=utf-8",
        "text/html; charset=utf-8",
        "application/json",
        "application/yaml",
    ]) {
        let answer = app.get(path).send().await;
        answer.assert_status(200);
        assert_eq!(answer.header("content-type"), Some(kind), "{path}");
        assert_eq!(answer.header("vary"), Some("Accept-Encoding"), "{path}");
        let cached = answer.header("cache-control").unwrap();
        assert!(cached.starts_with("public, max-age="), "{cached}");
        assert!(!answer.body.is_empty());
        etags.insert(answer.header("etag").unwrap().to_owned());
    }
    assert_eq!(etags.len(), ALL.len());
}

#[tokio::test]
async fn the_documents_are_one_and_the_same() {
    let app = TestApp::start().await;
    let json = app.get("/openapi.json").send().await;
    assert!(json.text() == api::document().unwrap().json());
    let yaml = app.get("/openapi.yaml").send().await;
    let yaml: Value = serde_yaml::from_str(&yaml.text()).unwrap();
    assert!(yaml == json.json());
    assert!(yaml == *DOCUMENT);
}

#[tokio::test]
async fn the_pages_show_the_published_document() {
    let app = TestApp::start().await;
    for path in PAGES {
        let html = Html::parse(&app.get(path).send().await.text());
        let shown: Vec<Value> = html
            .scripts
            .iter()
            .filter_map(|script| script.split_once("const spec = "))
            .map(|(_, rest)| {
                // JavaScript follows it.
                let mut values = serde_json::Deserializer::from_str(rest).into_iter();
                values.next().unwrap().unwrap()
            })
            .collect();
        assert_eq!(shown.len(), 1, "{path}");
        assert!(shown[0] == *DOCUMENT, "{path}");
    }
}

#[tokio::test]
async fn what_is_known_already_is_not_sent_again() {
    let app = TestApp::start().await;
    for path in ALL {
        let first = app.get(path).send().await;
        let etag = first.header("etag").unwrap();
        for known in [
            etag,
            &format!("\"other\", {etag}"),
            &format!("{etag},\"other\""),
        ] {
            let again = app.get(path).header("if-none-match", known).send().await;
            again.assert_status(304);
            assert!(again.body.is_empty());
            for header in ["etag", "cache-control", "vary"] {
                assert_eq!(again.header(header), first.header(header), "{path}");
            }
        }
        for other in ["\"other\"", "W/\"other\"", ""] {
            let again = app.get(path).header("if-none-match", other).send().await;
            again.assert_status(200);
            assert!(again.body == first.body, "{path}");
        }
    }
}

#[tokio::test]
async fn who_takes_gzip_gets_the_same_in_less() {
    let app = TestApp::start().await;
    for path in ALL {
        let plain = app.get(path).send().await;
        assert_eq!(plain.header("content-encoding"), None);
        for accepted in [
            "gzip",
            "GZIP",
            "br, gzip",
            "deflate, gzip;q=0.5",
            "gzip;q=1.0, *;q=0",
        ] {
            let answer = app
                .get(path)
                .header("accept-encoding", accepted)
                .send()
                .await;
            answer.assert_status(200);
            assert_eq!(
                answer.header("content-encoding"),
                Some("gzip"),
                "{accepted}"
            );
            assert_eq!(answer.header("content-type"), plain.header("content-type"));
            assert!(answer.body.len() < plain.body.len() / 2);
            let mut unpacked = Vec::new();
            let mut decoder = GzDecoder::new(answer.body.as_slice());
            decoder.read_to_end(&mut unpacked).unwrap();
            assert!(unpacked == plain.body, "{path}");
        }
        for refused in ["", "identity", "br", "gzip;q=0", "gzip; q=0.000", "gzipped"] {
            let answer = app
                .get(path)
                .header("accept-encoding", refused)
                .send()
                .await;
            assert_eq!(answer.header("content-encoding"), None, "{refused}");
            assert!(answer.body == plain.body, "{refused}");
        }
    }
}

#[tokio::test]
async fn the_pages_load_nothing() {
    let app = TestApp::start().await;
    for path in PAGES {
        let text = app.get(path).send().await.text();
        assert!(!text.contains("fonts.googleapis.com"), "{path}");
        let html = Html::parse(&text);
        // The programs are in the page, or it would show nothing.
        let size: usize = html.scripts.iter().map(String::len).sum();
        assert!(size > 500_000, "{path}: {size}");
        for attribute in ["src", "href", "srcset", "action"] {
            for value in html.values(attribute) {
                // Links load nothing before somebody follows them, and they lead no further than this.
                let is_link = attribute == "href" && ALL.contains(&&*format!("/{value}"));
                assert!(
                    is_link || value.starts_with("data:"),
                    "{path}: {attribute}={value}"
                );
            }
        }
        assert_eq!(
            html.markup.matches("<link").count(),
            1,
            "{path}: more than an icon"
        );
        for tag in ["<iframe", "<object", "<embed", "<base"] {
            assert!(!html.markup.contains(tag), "{path}: {tag}");
        }
        for style in &html.styles {
            assert!(!style.contains("@import"), "{path}");
            for (_, url) in style
                .match_indices("url(")
                .map(|(at, _)| style.split_at(at + 4))
            {
                let url = url.trim_start_matches(['"', '\'']);
                assert!(url.starts_with("data:"), "{path}: {url:.60}");
            }
        }
    }
}

#[tokio::test]
async fn the_pages_may_run_their_own_scripts_and_no_other() {
    let app = TestApp::start().await;
    for path in PAGES {
        let answer = app.get(path).send().await;
        let html = Html::parse(&answer.text());
        let policy = answer.header("content-security-policy").unwrap();
        let directive = |name: &str| -> BTreeSet<&str> {
            let mut found = policy
                .split(';')
                .map(str::trim)
                .filter_map(|directive| directive.strip_prefix(name)?.strip_prefix(' '));
            let only = found.next().expect(name).split(' ').collect();
            assert_eq!(found.next(), None, "{name} is given twice");
            only
        };
        let hashes = |texts: &[String]| -> BTreeSet<String> {
            let hash = |text: &String| format!("'sha256-{}'", sha256(text));
            texts.iter().map(hash).collect()
        };
        let listed = |name: &str| -> BTreeSet<String> {
            directive(name).into_iter().map(str::to_owned).collect()
        };
        let scripts = hashes(&html.scripts);
        assert!(scripts.len() >= 2, "{path}");
        assert_eq!(listed("script-src"), scripts, "{path}");
        let (styles, listed) = (hashes(&html.styles), listed("style-src"));
        assert!(!styles.is_empty() && styles.is_subset(&listed), "{path}");
        for style in &listed {
            assert!(style.starts_with("'sha256-"), "{path}: {style}");
        }
        for name in ["default-src", "base-uri", "form-action", "frame-ancestors"] {
            assert_eq!(directive(name), BTreeSet::from(["'none'"]), "{path}");
        }
        assert_eq!(directive("img-src"), BTreeSet::from(["data:"]), "{path}");
        // "Try it out" asks this service and nobody else; who only reads asks nobody, but searches in a worker.
        let (own, source) = match path {
            "/docs" => ("connect-src", "'self'"),
            _ => ("worker-src", "blob:"),
        };
        assert_eq!(directive(own), BTreeSet::from([source]), "{path}");
        assert_eq!(policy.split(';').count(), 8, "{policy}");
        let sources = policy.split([' ', ';']);
        for source in sources.filter(|source| !source.starts_with("'sha256-")) {
            for elsewhere in ["http:", "https:", "//", "*", "unsafe-"] {
                assert!(!source.contains(elsewhere), "{path}: {policy}");
            }
        }
        // An attribute can't be listed, so a handler in one would not run.
        for handler in [" onload=", " onclick=", " onerror=", "javascript:"] {
            assert!(!html.markup.contains(handler), "{path}: {handler}");
        }
    }
}

#[tokio::test]
async fn the_pages_can_be_switched_off_but_not_the_document() {
    let app = TestApp::with(|config| config.server.docs = false).await;
    for path in PAGES {
        app.get(path).send().await.assert_error(404, "NOT_FOUND");
    }
    let json = app.get("/openapi.json").send().await;
    assert!(json.json() == *DOCUMENT);
    app.get("/openapi.yaml").send().await.assert_status(200);
    // Nor is anybody sent there.
    assert_eq!(app.get("/").send().await.json()["docs"], Value::Null);
    let shown = TestApp::start().await;
    assert_eq!(shown.get("/").send().await.json()["docs"], "/docs");
}

#[tokio::test]
async fn the_documentation_needs_no_database() {
    let app = TestApp::start().await;
    app.break_database().await;
    for path in ALL {
        app.get(path).send().await.assert_status(200);
    }
}

#[test]
fn every_value_of_an_enumeration_is_explained() {
    // What RFC 7517 calls the parts of a key is explained there.
    const OF_KEYS: [&str; 4] = ["KeyCurve", "KeyType", "KeyUse", "SigningAlgorithm"];
    let schemas = DOCUMENT["components"]["schemas"].as_object().unwrap();
    let properties = schemas.values().flat_map(|schema| {
        let properties = schema["properties"].as_object();
        properties.into_iter().flatten()
    });
    let mut explained = 0;
    for (name, schema) in schemas.iter().chain(properties) {
        let Some(values) = schema["enum"].as_array() else {
            continue;
        };
        if OF_KEYS.contains(&name.as_str()) {
            continue;
        }
        let description = schema["description"].as_str().unwrap();
        for value in values {
            let line = format!("\n- `{}`: ", value.as_str().unwrap());
            assert!(
                description.contains(&line),
                "{name} does not explain {value}"
            );
            explained += 1;
        }
    }
    assert!(explained > 80, "{explained}");
}
