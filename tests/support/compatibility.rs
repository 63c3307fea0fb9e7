//! What of an OpenAPI document another one takes back.
//!
//! Whatever a client could send must still be taken, so the requests of before are a subset of those
//! of now. Whatever is answered must be what a client of before expects, so the answers of now are a
//! subset of those of before. One comparison of schemas does both. Besides, the names that generated
//! clients make names of must stay. What the comparison doesn't understand counts as breaking when it
//! has changed.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value};

/// Enumerations in answers that are said to grow. Of every other a client may know all values.
const GROWING: [&str; 4] = ["ErrorCode", "EventKind", "FieldErrorCode", "MailKind"];

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// What says something of a schema without changing what it allows.
const ANNOTATIONS: [&str; 6] = [
    "title",
    "description",
    "example",
    "examples",
    "deprecated",
    "externalDocs",
];

/// What must become higher for a change.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Level {
    /// The minor version: clients were told to expect it.
    Minor,
    /// The major version, or before 1.0 the minor one.
    Breaking,
}

/// Something that a client may have relied on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// Where, as a JSON pointer into the documents.
    pub path: String,
    /// What.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.text)
    }
}

/// Everything that clients of `old` may have relied on and `new` does not keep.
pub fn findings(old: &Value, new: &Value) -> Vec<Finding> {
    let mut comparison = Comparison::new(old, new);
    comparison.documents();
    comparison.findings
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Direction {
    Request,
    Response,
}

/// The pair of named schemas that is compared, the old one first.
type Pair = (Direction, String, String);

struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    findings: Vec<Finding>,
    /// Schemas are compared once in each direction, however often they are used.
    done: BTreeSet<Pair>,
    /// Those whose comparison has begun and not ended: a schema may hold itself.
    running: Vec<Pair>,
}

/// A schema without references and `allOf`.
#[derive(Clone, Debug)]
struct Flat {
    /// The component that it is, where it is nothing but one.
    name: Option<String>,
    keywords: Map<String, Value>,
}

impl<'a> Comparison<'a> {
    fn new(old: &'a Value, new: &'a Value) -> Self {
        Self {
            old,
            new,
            findings: Vec::new(),
            done: BTreeSet::new(),
            running: Vec::new(),
        }
    }

    fn broken(&mut self, path: &str, text: impl Into<String>) {
        self.find(Level::Breaking, path, text);
    }

    fn find(&mut self, level: Level, path: &str, text: impl Into<String>) {
        self.findings.push(Finding {
            level,
            path: path.to_owned(),
            text: text.into(),
        });
    }

    /// What of `old` differs in `new` although nothing here knows what it means.
    fn unknown(&mut self, path: &str, old: &Value, new: &Value, known: &[&str]) {
        let keys: BTreeSet<&String> = members(old)
            .chain(members(new))
            .map(|(key, _)| key)
            .collect();
        for key in keys {
            let is_known = known.contains(&key.as_str()) || key.starts_with("x-");
            if !is_known && old.get(key) != new.get(key) {
                self.broken(path, format!("`{key}` has changed, which can't be judged"));
            }
        }
    }

    fn documents(&mut self) {
        let (old, new) = (self.old, self.new);
        let urls = |document: &Value| -> Vec<String> {
            let servers = document["servers"].as_array().into_iter().flatten();
            servers.map(|server| text(&server["url"])).collect()
        };
        let now = urls(new);
        for url in urls(old) {
            if !now.contains(&url) {
                self.broken("#/servers", format!("the server `{url}` is gone"));
            }
        }
        for (name, _) in members(&old["components"]["schemas"]) {
            if new["components"]["schemas"].get(name).is_none() {
                let path = schema_path(name);
                self.broken(&path, "the schema is gone, and with it a type of clients");
            }
        }
        for (path, old_item) in members(&old["paths"]) {
            let at = format!("#/paths/{}", escaped(path));
            let Some(new_item) = new["paths"].get(path) else {
                self.broken(&at, "the path is gone");
                continue;
            };
            for method in METHODS {
                let at = format!("{at}/{method}");
                match (old_item.get(method), new_item.get(method)) {
                    (Some(_), None) => self.broken(&at, "the operation is gone"),
                    (Some(was), Some(is)) => self.operation(&at, (old_item, was), (new_item, is)),
                    (None, _) => {}
                }
            }
            // A summary changes nothing; parameters are compared with those of the operations.
            let mut known = METHODS.to_vec();
            known.extend(["summary", "description", "parameters"]);
            self.unknown(&at, old_item, new_item, &known);
        }
    }

    /// Each operation comes with the path item that it stands in.
    fn operation(&mut self, at: &str, old: (&Value, &Value), new: (&Value, &Value)) {
        let ((old_item, old), (new_item, new)) = (old, new);
        let ids = (text(&old["operationId"]), text(&new["operationId"]));
        if ids.0 != ids.1 {
            let (was, is) = ids;
            let what = format!("the operation was called `{was}` and is called `{is}`");
            self.broken(at, what);
        }
        // Generated clients have a module or a class for each.
        let tags = (text(&old["tags"][0]), text(&new["tags"][0]));
        if tags.0 != tags.1 {
            let (was, is) = tags;
            self.broken(at, format!("the first tag was `{was}` and is `{is}`"));
        }
        self.security(at, old, new);
        self.parameters(at, (old_item, old), (new_item, new));
        self.request_body(at, old, new);
        self.responses(at, &old["responses"], &new["responses"]);
        let known = [
            "tags",
            "summary",
            "description",
            "operationId",
            "parameters",
            "requestBody",
            "responses",
            "security",
            "deprecated",
            "externalDocs",
        ];
        self.unknown(at, old, new, &known);
    }

    fn security(&mut self, at: &str, old: &Value, new: &Value) {
        let was = alternatives(self.old, old);
        let is = alternatives(self.new, new);
        for way in was {
            let still_enough = is.iter().any(|now| {
                members(now).all(|(scheme, scopes)| {
                    let had = way.get(scheme).and_then(Value::as_array);
                    let wanted = scopes.as_array().into_iter().flatten();
                    had.is_some_and(|had| wanted.into_iter().all(|scope| had.contains(scope)))
                })
            });
            if still_enough {
                for (scheme, _) in members(&way) {
                    self.security_scheme(scheme);
                }
            } else if members(&way).next().is_none() {
                self.broken(at, "it was open to everybody and wants credentials");
            } else {
                self.broken(at, format!("{way} is not enough any more"));
            }
        }
    }

    fn security_scheme(&mut self, name: &str) {
        let pointer = format!("#/components/securitySchemes/{}", escaped(name));
        let (old, new) = (pointed(self.old, &pointer), pointed(self.new, &pointer));
        let known = ["description", "bearerFormat"];
        if self.findings.iter().all(|found| found.path != pointer) {
            self.unknown(&pointer, old, new, &known);
        }
    }

    fn parameters(&mut self, at: &str, old: (&Value, &Value), new: (&Value, &Value)) {
        let was = parameters(self.old, old.0, old.1);
        let is = parameters(self.new, new.0, new.1);
        for (id, old) in &was {
            let at = format!("{at}/parameters/{id}");
            let Some((_, new)) = is.iter().find(|(other, _)| other == id) else {
                self.broken(&at, "the parameter is gone");
                continue;
            };
            if new["required"] == true && old["required"] != true {
                self.broken(&at, "the parameter was optional and is required");
            }
            if encoding(old) != encoding(new) {
                self.broken(&at, "the parameter is written in another way");
            }
            self.schemas(Direction::Request, &at, &old["schema"], &new["schema"]);
            let known = [
                "name",
                "in",
                "description",
                "required",
                "deprecated",
                "example",
                "examples",
                "schema",
                "style",
                "explode",
            ];
            self.unknown(&at, old, new, &known);
        }
        for (id, new) in &is {
            let is_new = was.iter().all(|(other, _)| other != id);
            if is_new && new["required"] == true {
                let at = format!("{at}/parameters/{id}");
                self.broken(&at, "the parameter is new and required");
            }
        }
    }

    fn request_body(&mut self, at: &str, old: &Value, new: &Value) {
        let at = format!("{at}/requestBody");
        let was = followed(self.old, &old["requestBody"]);
        let is = followed(self.new, &new["requestBody"]);
        if is["required"] == true && was["required"] != true {
            self.broken(&at, "a body was optional and is required");
        }
        if was.is_null() {
            return;
        }
        if is.is_null() {
            self.broken(&at, "no body is taken any more");
            return;
        }
        for (kind, old) in members(&was["content"]) {
            let at = format!("{at}/content/{}", escaped(kind));
            match is["content"].get(kind) {
                None => self.broken(&at, "bodies of this type are not taken any more"),
                Some(new) => {
                    self.schemas(Direction::Request, &at, &old["schema"], &new["schema"]);
                    self.unknown(&at, old, new, &["schema", "example", "examples"]);
                }
            }
        }
        self.unknown(&at, was, is, &["description", "content", "required"]);
    }

    fn responses(&mut self, at: &str, old: &Value, new: &Value) {
        let at = format!("{at}/responses");
        for (status, was) in members(old) {
            let here = format!("{at}/{status}");
            match new.get(status) {
                Some(is) => {
                    let was = followed(self.old, was);
                    self.response(&here, was, followed(self.new, is));
                }
                None if is_error(status) => {}
                None => self.broken(&here, "this success is gone"),
            }
        }
        for (status, _) in members(new) {
            if old.get(status).is_none() && !is_error(status) {
                self.broken(&format!("{at}/{status}"), "this success is new");
            }
        }
    }

    fn response(&mut self, at: &str, old: &Value, new: &Value) {
        for (kind, was) in members(&old["content"]) {
            let at = format!("{at}/content/{}", escaped(kind));
            match new["content"].get(kind) {
                None => self.broken(&at, "no answer is of this type any more"),
                Some(is) => {
                    self.schemas(Direction::Response, &at, &was["schema"], &is["schema"]);
                    self.unknown(&at, was, is, &["schema", "example", "examples"]);
                }
            }
        }
        if members(&old["content"]).next().is_some() {
            for (kind, _) in members(&new["content"]) {
                if old["content"].get(kind).is_none() {
                    let at = format!("{at}/content/{}", escaped(kind));
                    self.broken(&at, "answers of this type are new");
                }
            }
        }
        for (name, was) in members(&old["headers"]) {
            let at = format!("{at}/headers/{name}");
            let was = followed(self.old, was);
            let same = members(&new["headers"]).find(|(other, _)| other.eq_ignore_ascii_case(name));
            let Some((_, is)) = same else {
                self.broken(&at, "the header is gone");
                continue;
            };
            let is = followed(self.new, is);
            if was["required"] == true && is["required"] != true {
                self.broken(&at, "the header was always there and may be missing");
            }
            self.schemas(Direction::Response, &at, &was["schema"], &is["schema"]);
            let known = [
                "description",
                "required",
                "deprecated",
                "example",
                "examples",
                "schema",
            ];
            self.unknown(&at, was, is, &known);
        }
        self.unknown(
            at,
            old,
            new,
            &["description", "headers", "content", "links"],
        );
    }

    /// Two schemas at the same place. Where there is none, everything is allowed.
    fn schemas(&mut self, direction: Direction, at: &str, old: &Value, new: &Value) {
        if let (Some(was), Some(is)) = (plain_reference(old), plain_reference(new))
            && was == is
            && self.done.contains(&(direction, was.clone(), is))
        {
            return;
        }
        let old = flat(self.old, old, &mut Vec::new());
        let new = flat(self.new, new, &mut Vec::new());
        let (Some(was), Some(is)) = (&old.name, &new.name) else {
            self.flats(direction, at, &old, &new);
            return;
        };
        let kept = pointed(self.new, &schema_path(was));
        // Else it is told already that the schema is gone.
        if was != is && !kept.is_null() {
            self.broken(at, format!("it was a `{was}` and is a `{is}`"));
        }
        let pair = (direction, was.clone(), is.clone());
        if self.running.contains(&pair) {
            return;
        }
        // Whether null is allowed may be said where a schema is used.
        self.nullable(direction, at, &old, &new);
        if !self.done.insert(pair.clone()) {
            return;
        }
        self.running.push(pair);
        let mut named = (old.clone(), new.clone());
        for one in [&mut named.0, &mut named.1] {
            one.keywords.shift_remove("nullable");
        }
        let path = schema_path(was);
        self.flats(direction, &path, &named.0, &named.1);
        self.running.pop();
    }

    fn nullable(&mut self, direction: Direction, at: &str, old: &Flat, new: &Flat) {
        let has = |one: &Flat| {
            let free = !one.keywords.contains_key("type") && one.name.is_none();
            free || one.keywords.get("nullable") == Some(&Value::Bool(true))
        };
        match (direction, has(old), has(new)) {
            (Direction::Request, true, false) => {
                self.broken(at, "requests can't say null any more");
            }
            (Direction::Response, false, true) => self.broken(at, "answers may say null now"),
            _ => {}
        }
    }

    fn flats(&mut self, direction: Direction, at: &str, old: &Flat, new: &Flat) {
        let unions = (union(old), union(new));
        if unions.0.is_some() || unions.1.is_some() {
            self.unions(direction, at, old, new);
            return;
        }
        self.nullable(direction, at, old, new);
        let (was, is) = (&old.keywords, &new.keywords);
        // All of the first must be allowed by the second.
        let (sub, sup) = match direction {
            Direction::Request => (was, is),
            Direction::Response => (is, was),
        };
        let whose = match direction {
            Direction::Request => "in requests",
            Direction::Response => "in answers",
        };
        let kinds = (text_of(sub, "type"), text_of(sup, "type"));
        let is_wider = match (&kinds.0, &kinds.1) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(sub), Some(sup)) => {
                sub != sup && (sub.as_str(), sup.as_str()) != ("integer", "number")
            }
        };
        if is_wider {
            self.changed(at, whose, "type", was, is);
            return;
        }
        for keyword in ["format", "pattern"] {
            if sup.contains_key(keyword) && sub.get(keyword) != sup.get(keyword) {
                self.changed(at, whose, keyword, was, is);
            }
        }
        if sup.get("uniqueItems") == Some(&Value::Bool(true))
            && sub.get("uniqueItems") != Some(&Value::Bool(true))
        {
            self.changed(at, whose, "uniqueItems", was, is);
        }
        let is_multiple = |sub: Option<f64>, sup: f64| sub.is_some_and(|sub| sub % sup == 0.0);
        if number(sup, "multipleOf").is_some_and(|sup| !is_multiple(number(sub, "multipleOf"), sup))
        {
            self.changed(at, whose, "multipleOf", was, is);
        }
        self.bounds(at, whose, old, new, direction);
        if direction == Direction::Request
            && was
                .get("default")
                .is_some_and(|default| is.get("default") != Some(default))
        {
            self.changed(at, whose, "default", was, is);
        }
        self.values(direction, at, whose, (was, is), (sub, sup));
        if text_of(sub, "type").as_deref() == Some("array") || sup.contains_key("items") {
            let any = Value::Null;
            let items = |one: &Map<String, Value>| one.get("items").unwrap_or(&any).clone();
            self.schemas(direction, &format!("{at}/items"), &items(was), &items(is));
        }
        self.object(direction, at, whose, (was, is), (sub, sup));

        let known = [
            "type",
            "nullable",
            "format",
            "pattern",
            "uniqueItems",
            "multipleOf",
            "default",
            "enum",
            "items",
            "properties",
            "required",
            "additionalProperties",
            "maxLength",
            "minLength",
            "maxItems",
            "minItems",
            "maxProperties",
            "minProperties",
            "maximum",
            "minimum",
            "exclusiveMaximum",
            "exclusiveMinimum",
        ];
        let (was, is) = (was.clone().into(), is.clone().into());
        self.unknown(at, &was, &is, &known);
    }

    fn changed(
        &mut self,
        at: &str,
        whose: &str,
        keyword: &str,
        was: &Map<String, Value>,
        is: &Map<String, Value>,
    ) {
        let say = |one: &Map<String, Value>| match one.get(keyword) {
            Some(value) => value.to_string(),
            None => "not there".to_owned(),
        };
        let (was, is) = (say(was), say(is));
        self.broken(at, format!("{whose}, `{keyword}` was {was} and is {is}"));
    }

    fn bounds(&mut self, at: &str, whose: &str, old: &Flat, new: &Flat, direction: Direction) {
        let (was, is) = (&old.keywords, &new.keywords);
        let (sub, sup) = match direction {
            Direction::Request => (was, is),
            Direction::Response => (is, was),
        };
        for (keyword, sign, exclusive) in [
            ("maxLength", 1.0, ""),
            ("minLength", -1.0, ""),
            ("maxItems", 1.0, ""),
            ("minItems", -1.0, ""),
            ("maxProperties", 1.0, ""),
            ("minProperties", -1.0, ""),
            ("maximum", 1.0, "exclusiveMaximum"),
            ("minimum", -1.0, "exclusiveMinimum"),
        ] {
            // The least one of those that are known is 0, which says nothing.
            let bound = |one: &Map<String, Value>| {
                let value = number(one, keyword)?;
                let says_nothing = sign < 0.0 && exclusive.is_empty() && value == 0.0;
                let is_exclusive = one.get(exclusive) == Some(&Value::Bool(true));
                (!says_nothing).then_some((value * sign, is_exclusive))
            };
            let exceeds = match (bound(sub), bound(sup)) {
                (_, None) => false,
                (None, Some(_)) => true,
                (Some(sub), Some(sup)) => sub.0 > sup.0 || (sub.0 >= sup.0 && sup.1 && !sub.1),
            };
            if exceeds && number(was, keyword) == number(is, keyword) {
                self.changed(at, whose, exclusive, was, is);
            } else if exceeds {
                self.changed(at, whose, keyword, was, is);
            }
        }
    }

    fn values(
        &mut self,
        direction: Direction,
        at: &str,
        whose: &str,
        (was, is): (&Map<String, Value>, &Map<String, Value>),
        (sub, sup): (&Map<String, Value>, &Map<String, Value>),
    ) {
        let Some(allowed) = sup.get("enum").and_then(Value::as_array) else {
            return;
        };
        let Some(values) = sub.get("enum").and_then(Value::as_array) else {
            self.changed(at, whose, "enum", was, is);
            return;
        };
        for value in values.iter().filter(|value| !allowed.contains(value)) {
            let grows = GROWING.iter().any(|name| schema_path(name) == at);
            match direction {
                Direction::Request => self.broken(at, format!("{value} is not taken any more")),
                Direction::Response if grows => {
                    let text = format!("{value} is new in answers, which grow in this");
                    self.find(Level::Minor, at, text);
                }
                Direction::Response => self.broken(at, format!("{value} is new in answers")),
            }
        }
    }

    fn object(
        &mut self,
        direction: Direction,
        at: &str,
        whose: &str,
        (was, is): (&Map<String, Value>, &Map<String, Value>),
        (sub, sup): (&Map<String, Value>, &Map<String, Value>),
    ) {
        let none = Value::Null;
        let get =
            |one: &'_ Map<String, Value>, key: &str| one.get(key).cloned().unwrap_or_default();
        let (old_members, new_members) = (get(was, "properties"), get(is, "properties"));
        let member = |name: &str| format!("{at}/properties/{}", escaped(name));
        for (name, old) in members(&old_members) {
            match new_members.get(name) {
                // In requests unknown members are refused; answers are read by it.
                None => self.broken(&member(name), format!("{whose}, the member is gone")),
                Some(new) => self.schemas(direction, &member(name), old, new),
            }
        }
        let names = |one: &Map<String, Value>| -> BTreeSet<String> {
            let all = get(one, "required");
            all.as_array().into_iter().flatten().map(text).collect()
        };
        for name in names(sup).difference(&names(sub)) {
            let gone = old_members.get(name).is_some() && new_members.get(name).is_none();
            let what = match direction {
                Direction::Request => "the member is required now",
                Direction::Response => "the member was always there and may be missing",
            };
            if !gone {
                self.broken(&member(name), format!("{whose}, {what}"));
            }
        }
        let others = |one: &Map<String, Value>| get(one, "additionalProperties");
        let (old_others, new_others) = (others(was), others(is));
        let closed = |others: &Value| *others == false;
        let open = |others: &Value| others.is_null() || *others == true;
        let (inner, outer) = (others(sub), others(sup));
        if closed(&outer) && !closed(&inner) && is_object(sub) {
            let what = match direction {
                Direction::Request => "members of other names are refused now",
                Direction::Response => "members of any name may come now",
            };
            self.broken(at, format!("{whose}, {what}"));
        } else if !open(&outer) && !closed(&outer) && !closed(&inner) {
            let said = |others: &Value| {
                if open(others) {
                    none.clone()
                } else {
                    others.clone()
                }
            };
            let at = format!("{at}/additionalProperties");
            self.schemas(direction, &at, &said(&old_others), &said(&new_others));
        }
        // Members that come with answers only now, where clients were told what others are.
        if direction == Direction::Response && !open(&old_others) {
            for (name, new) in members(&new_members) {
                if old_members.get(name).is_some() {
                    continue;
                }
                if closed(&old_others) {
                    let what =
                        format!("{whose}, the member is new where there were to be no others");
                    self.broken(&member(name), what);
                } else {
                    self.schemas(direction, &member(name), &old_others, new);
                }
            }
        }
    }

    /// Each alternative of the one must be within some alternative of the other.
    fn unions(&mut self, direction: Direction, at: &str, old: &Flat, new: &Flat) {
        let (was, is) = (union_or_self(old), union_or_self(new));
        let fits = |comparison: &Self, old: &Value, new: &Value| {
            let mut probe = Self::new(comparison.old, comparison.new);
            probe.running.clone_from(&comparison.running);
            probe.schemas(direction, at, old, new);
            probe.findings.is_empty()
        };
        match direction {
            Direction::Request => {
                for (index, old) in was.iter().enumerate() {
                    if !is.iter().any(|new| fits(self, old, new)) {
                        let what =
                            format!("in requests, alternative {index} is not taken any more");
                        self.broken(at, what);
                    }
                }
            }
            Direction::Response => {
                for (index, new) in is.iter().enumerate() {
                    if !was.iter().any(|old| fits(self, old, new)) {
                        self.broken(at, format!("in answers, alternative {index} is new"));
                    }
                }
            }
        }
        let told = |one: &Flat| {
            one.keywords
                .get("discriminator")
                .cloned()
                .unwrap_or_default()
        };
        let (was, is) = (told(old), told(new));
        if was["propertyName"] != is["propertyName"] {
            self.broken(at, "the alternatives are told apart in another way");
        }
        for (value, schema) in members(&was["mapping"]) {
            let now = is["mapping"].get(value);
            if now.is_some_and(|now| now != schema) {
                self.broken(at, format!("`{value}` stands for another schema"));
            }
        }
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn text_of(schema: &Map<String, Value>, keyword: &str) -> Option<String> {
    schema.get(keyword)?.as_str().map(str::to_owned)
}

fn number(schema: &Map<String, Value>, keyword: &str) -> Option<f64> {
    schema.get(keyword)?.as_f64()
}

fn is_object(schema: &Map<String, Value>) -> bool {
    schema.get("type").is_none_or(|kind| kind == "object")
}

fn is_error(status: &str) -> bool {
    !status.starts_with(['1', '2', '3'])
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn schema_path(name: &str) -> String {
    format!("#/components/schemas/{}", escaped(name))
}

/// What a pointer leads to, else null.
fn pointed<'v>(document: &'v Value, pointer: &str) -> &'v Value {
    let pointer = pointer.strip_prefix('#').unwrap_or(pointer);
    document.pointer(pointer).unwrap_or(&Value::Null)
}

/// What stands there, or what is pointed to there.
fn followed<'v>(document: &'v Value, value: &'v Value) -> &'v Value {
    match value["$ref"].as_str() {
        Some(pointer) => pointed(document, pointer),
        None => value,
    }
}

/// The ways in which an operation lets somebody in: schemes that are needed together.
fn alternatives(document: &Value, operation: &Value) -> Vec<Value> {
    let own = operation.get("security").or(document.get("security"));
    let ways = own.and_then(Value::as_array).cloned().unwrap_or_default();
    if ways.is_empty() {
        vec![Value::Object(Map::new())]
    } else {
        ways
    }
}

/// The parameters of an operation by where they stand and their name.
fn parameters<'v>(
    document: &'v Value,
    item: &'v Value,
    operation: &'v Value,
) -> Vec<(String, &'v Value)> {
    let mut found: Vec<(String, &Value)> = Vec::new();
    // The operation's own come last and win.
    for holder in [item, operation] {
        for parameter in holder["parameters"].as_array().into_iter().flatten() {
            let parameter = followed(document, parameter);
            let place = text(&parameter["in"]);
            let mut name = text(&parameter["name"]);
            if place == "header" {
                name.make_ascii_lowercase();
            }
            let id = format!("{place}/{}", escaped(&name));
            found.retain(|(other, _)| *other != id);
            found.push((id, parameter));
        }
    }
    found
}

/// How a parameter is written, with what holds where nothing is said.
fn encoding(parameter: &Value) -> (String, bool) {
    let is_form = matches!(parameter["in"].as_str(), Some("query" | "cookie"));
    let style = match parameter["style"].as_str() {
        Some(style) => style.to_owned(),
        None if is_form => "form".to_owned(),
        None => "simple".to_owned(),
    };
    let explode = parameter["explode"].as_bool().unwrap_or(style == "form");
    (style, explode)
}

/// The component that a schema is, where it is written as nothing else.
fn plain_reference(schema: &Value) -> Option<String> {
    let pointer = schema["$ref"].as_str()?;
    let name = pointer.rsplit('/').next()?;
    Some(name.replace("~1", "/").replace("~0", "~"))
}

/// Follows references and puts the parts of an `allOf` together, which poem-openapi writes to give
/// a reference a description. `within` names the schemas that this happens in.
fn flat(document: &Value, schema: &Value, within: &mut Vec<String>) -> Flat {
    if let Some(name) = plain_reference(schema) {
        let mut keywords = Map::new();
        if !within.contains(&name) {
            within.push(name.clone());
            keywords = flat(document, pointed(document, &schema_path(&name)), within).keywords;
            within.pop();
        }
        return Flat {
            name: Some(name),
            keywords,
        };
    }
    let mut own = schema.as_object().cloned().unwrap_or_default();
    own.retain(|keyword, _| !ANNOTATIONS.contains(&keyword.as_str()));
    let parts = own.shift_remove("allOf");
    let mut merged = Flat {
        name: None,
        keywords: own,
    };
    let mut parts: Vec<Flat> = parts
        .as_ref()
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|part| flat(document, part, within))
        .collect();
    parts.retain(|part| part.name.is_some() || !part.keywords.is_empty());
    let adds_nothing = merged.keywords.keys().all(|keyword| keyword == "nullable");
    if let [only] = parts.as_slice()
        && adds_nothing
    {
        merged.name.clone_from(&only.name);
    }
    for part in parts {
        merge(&mut merged.keywords, part.keywords);
    }
    merged
}

/// What both allow.
fn merge(into: &mut Map<String, Value>, from: Map<String, Value>) {
    for (keyword, value) in from {
        let Some(had) = into.get_mut(&keyword) else {
            into.insert(keyword, value);
            continue;
        };
        if *had == value {
            continue;
        }
        match (keyword.as_str(), had.as_f64(), value.as_f64()) {
            ("properties", _, _) => {
                for (name, value) in members(&value) {
                    match had.get_mut(name) {
                        Some(other) => *other = serde_json::json!({"allOf": [other, value]}),
                        None => had[name] = value.clone(),
                    }
                }
            }
            ("required", _, _) => {
                let more = value.as_array().cloned().unwrap_or_default();
                if let Some(had) = had.as_array_mut() {
                    had.extend(more);
                }
            }
            ("enum", _, _) => {
                if let Some(had) = had.as_array_mut() {
                    had.retain(|one| value.as_array().is_some_and(|all| all.contains(one)));
                }
            }
            // As every generator of clients reads it.
            ("nullable", _, _) => *had = Value::Bool(true),
            ("maxLength" | "maxItems" | "maxProperties" | "maximum", Some(a), Some(b)) if b < a => {
                *had = value;
            }
            ("minLength" | "minItems" | "minProperties" | "minimum", Some(a), Some(b)) if b > a => {
                *had = value;
            }
            (
                "maxLength" | "maxItems" | "maxProperties" | "maximum" | "minLength" | "minItems"
                | "minProperties" | "minimum",
                ..,
            ) => {}
            // Nothing here knows better, so it is compared as it stands.
            _ => {
                let both = serde_json::json!([had, value]);
                into.insert(format!("allOf {keyword}"), both);
            }
        }
    }
}

fn union(schema: &Flat) -> Option<&Vec<Value>> {
    let one = schema.keywords.get("oneOf");
    one.or(schema.keywords.get("anyOf"))?.as_array()
}

/// The alternatives of a schema, each with what the schema says of all of them.
fn union_or_self(schema: &Flat) -> Vec<Value> {
    let mut common = schema.keywords.clone();
    for keyword in ["oneOf", "anyOf", "discriminator"] {
        common.shift_remove(keyword);
    }
    let Some(all) = union(schema) else {
        return vec![common.into()];
    };
    if common.is_empty() || common.keys().all(|keyword| keyword == "type") {
        return all.clone();
    }
    let with_common = |one: &Value| serde_json::json!({"allOf": [one, common.clone()]});
    all.iter().map(with_common).collect()
}
