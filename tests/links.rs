//! The links of the document: each leads to an operation that there is, and can be followed.

use countersign::api::document::PREFIXES;
use poem::http::Method;
use serde_json::{Map, Value};

use crate::support::spec::{DOCUMENT, Operation, Scene, operations};
use crate::support::{Answer, TestApp};

/// A link, and the answer that it stands at.
struct Link {
    from: Operation,
    status: &'static str,
    to: Operation,
    value: &'static Value,
}

impl Link {
    fn name(&self) -> String {
        format!("{} {} → {}", self.from.id(), self.status, self.to.id())
    }

    fn values(&self, name: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
        let values = self.value[name].as_object().into_iter().flatten();
        values.map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
    }
}

fn links() -> Vec<Link> {
    let mut all = Vec::new();
    for from in operations() {
        for (status, response) in from.value["responses"].as_object().unwrap() {
            for (name, value) in response["links"].as_object().into_iter().flatten() {
                assert_eq!(value["operationId"], name.as_str(), "the link's name");
                let to = operations().into_iter().find(|to| to.id() == name);
                all.push(Link {
                    from: from.clone(),
                    status,
                    to: to.expect(name),
                    value,
                });
            }
        }
    }
    assert!(!all.is_empty());
    all
}

/// What was asked and answered, which a runtime expression speaks of.
struct Exchange {
    id: String,
    request: Value,
    response: Value,
}

impl Exchange {
    /// What an expression stands for; what is none stands for itself.
    fn resolve(&self, expression: &str) -> Value {
        let found = if let Some(pointer) = expression.strip_prefix("$response.body#") {
            self.response.pointer(pointer)
        } else if let Some(pointer) = expression.strip_prefix("$request.body#") {
            self.request.pointer(pointer)
        } else if expression == "$request.path.id" {
            return self.id.clone().into();
        } else {
            assert!(!expression.starts_with('$'), "{expression}");
            return expression.into();
        };
        found.expect(expression).clone()
    }
}

/// The schema that a body or an answer has.
fn schema(content: &Value) -> &'static Value {
    let reference = content["content"]["application/json"]["schema"]["$ref"].as_str();
    let name = reference.unwrap().rsplit('/').next().unwrap();
    &DOCUMENT["components"]["schemas"][name]
}

#[test]
fn links_give_what_there_is_where_it_is_wanted() {
    for link in links() {
        let name = link.name();
        let description = link.value["description"].as_str();
        assert!(description.is_some_and(|text| !text.is_empty()), "{name}");
        let example = |content: &Value| match content.get("content") {
            Some(_) => schema(content)["example"].clone(),
            None => Value::Null,
        };
        let exchange = Exchange {
            id: "of the path".to_owned(),
            request: example(&link.from.value["requestBody"]),
            response: example(&link.from.value["responses"][link.status]),
        };
        let takes = link.to.value["parameters"].as_array();
        for (parameter, expression) in link.values("parameters") {
            exchange.resolve(expression);
            let is_taken = |taken: &Value| taken["name"] == parameter;
            assert!(
                takes.is_some_and(|all| all.iter().any(is_taken)),
                "{name}: {parameter}"
            );
        }
        for parameter in takes.into_iter().flatten() {
            let is_given = link
                .values("parameters")
                .any(|(given, _)| parameter["name"] == given);
            assert!(is_given || parameter["in"] != "path", "{name}: {parameter}");
        }
        for (member, expression) in link.values("requestBody") {
            exchange.resolve(expression);
            assert!(link.to.members().contains_key(member), "{name}: {member}");
        }
    }
}

/// Asks as the document's example does, about what there is in the scene; of a list, one item.
async fn ask(app: &TestApp, link: &Link, scene: &Scene) -> (Exchange, Answer) {
    let from = &link.from;
    let request = if from.has_body() {
        from.example_body(scene)
    } else {
        Value::Null
    };
    let mut path = from.path_in(scene);
    if from.has_query() {
        path += "?limit=1";
    }
    let mut call = app.call(from.method.clone(), &path);
    if from.is_secured() {
        call = call.bearer(&scene.caller);
    }
    if from.has_body() {
        call = call.json(&request);
    }
    let answer = call.send().await;
    let response = answer.json();
    let id = scene.id.to_string();
    (
        Exchange {
            id,
            request,
            response,
        },
        answer,
    )
}

#[tokio::test]
async fn every_link_can_be_followed() {
    let app = TestApp::start().await;
    for link in links() {
        let name = link.name();
        let scene = app.scene(&link.from).await;
        // So that every list has a second page.
        app.log_in(scene.caller.tokens["user"]["username"].as_str().unwrap())
            .await;
        let (exchange, answer) = ask(&app, &link, &scene).await;
        assert_eq!(
            answer.status.as_str(),
            link.status,
            "{name}: {}",
            answer.text()
        );

        let mut path = link.to.path.clone();
        for (parameter, expression) in link.values("parameters") {
            let value = exchange.resolve(expression);
            let value = value
                .as_str()
                .unwrap_or_else(|| panic!("{name}: {parameter} is {value}"));
            let in_path = format!("{{{parameter}}}");
            if path.contains(&in_path) {
                path = path.replace(&in_path, value);
            } else {
                path += &format!("?limit=1&{parameter}={value}");
            }
        }
        let mut call = app.call(link.to.method.clone(), &format!("{}{path}", PREFIXES[0]));
        if link.to.is_secured() {
            // Whoever was logged in by the answer, or else who asked.
            let token = exchange.response["access_token"].as_str();
            call = call.token(token.unwrap_or(scene.caller.access_token()));
        }
        let body: Map<String, Value> = link
            .values("requestBody")
            .map(|(member, expression)| (member.to_owned(), exchange.resolve(expression)))
            .collect();
        if !body.is_empty() {
            call = call.json(&body.into());
        } else if link.to.has_body() {
            call = call.json(&link.to.example_body(&scene));
        }
        let followed = call.send().await;
        assert!(followed.status.is_success(), "{name}: {}", followed.text());
        if link.from.method == Method::GET && link.from.id() == link.to.id() {
            assert_ne!(
                followed.json()["items"],
                exchange.response["items"],
                "{name}: the same page"
            );
        }
    }
}
