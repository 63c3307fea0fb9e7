//! Where one operation leads to the next: the `links` of the document (OpenAPI 3.0, Link Object).
//!
//! The generator has no word for them. Tests hold each against the document, and follow it on a running service.

use serde_json::{Map, Value, json};

/// Names of parameters or members, and what each is: a runtime expression, or the value itself.
type Values = &'static [(&'static str, &'static str)];

/// What another operation can be asked next, once one was answered.
struct Link {
    /// The name of that operation, which is the link's as well.
    to: &'static str,
    /// What it is good for.
    description: &'static str,
    /// The parameters to ask it with.
    parameters: Values,
    /// The members of the body to ask it with.
    body: Values,
}

impl Link {
    const fn new(to: &'static str, description: &'static str) -> Self {
        Self {
            to,
            description,
            parameters: &[],
            body: &[],
        }
    }

    const fn about(self, parameters: Values) -> Self {
        Self { parameters, ..self }
    }

    const fn with(self, body: Values) -> Self {
        Self { body, ..self }
    }

    fn to_json(&self) -> Value {
        let mut link = json!({ "operationId": self.to, "description": self.description });
        for (name, values) in [("parameters", self.parameters), ("requestBody", self.body)] {
            if !values.is_empty() {
                let values = values
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).into()));
                link[name] = values.collect::<Map<String, Value>>().into();
            }
        }
        link
    }
}

const ME: Link = Link::new("get_me", "Say who asks, by the access token.");
const SESSIONS: Link = Link::new("list_sessions", "See where the person is logged in.");
const LOGOUT: Link = Link::new("logout", "End the session of the access token.");
const REFRESH: Link = Link::new("refresh", "Exchange the refresh token for the next pair.")
    .with(&[("refresh_token", "$response.body#/refresh_token")]);
const LOGIN: Link = Link::new("login", "Log in with what was registered.").with(&[
    ("email", "$request.body#/email"),
    ("password", "$request.body#/password"),
]);

const CREATED: Values = &[("id", "$response.body#/id")];
const FIRST: Values = &[("id", "$response.body#/items/0/id")];
const SAME: Values = &[("id", "$request.path.id")];
const NEXT: Values = &[("cursor", "$response.body#/next_cursor")];

const GET_USER: Link = Link::new("get_user", "See the account.");
const UPDATE_USER: Link = Link::new("update_user", "Change the account.");
const DELETE_USER: Link = Link::new("delete_user", "Delete the account.");
const END_USER_SESSIONS: Link = Link::new("end_user_sessions", "Log the person out everywhere.");
const START_PASSWORD_RESET: Link =
    Link::new("start_password_reset", "Let the person set a new password.");

const NEXT_PAGE: &str = "Get the next page, with the other parameters as they were.";

/// All of them: the operation that was asked, the status that it answered with, and what can be asked next.
const LINKS: [(&str, &str, &[Link]); 13] = [
    ("register", "201", &[ME, SESSIONS, REFRESH, LOGOUT, LOGIN]),
    ("login", "200", &[ME, SESSIONS, REFRESH, LOGOUT]),
    ("refresh", "200", &[ME, SESSIONS, REFRESH, LOGOUT]),
    (
        "list_sessions",
        "200",
        &[Link::new("end_session", "Log out on a device.").about(FIRST)],
    ),
    (
        "list_security_events",
        "200",
        &[Link::new("list_security_events", NEXT_PAGE).about(NEXT)],
    ),
    (
        "list_users",
        "200",
        &[
            Link::new("list_users", NEXT_PAGE).about(NEXT),
            GET_USER.about(FIRST),
        ],
    ),
    (
        "create_user",
        "201",
        &[
            GET_USER.about(CREATED),
            UPDATE_USER.about(CREATED),
            DELETE_USER.about(CREATED),
            START_PASSWORD_RESET.about(CREATED),
            END_USER_SESSIONS.about(CREATED),
        ],
    ),
    (
        "get_user",
        "200",
        &[
            UPDATE_USER.about(SAME),
            DELETE_USER.about(SAME),
            START_PASSWORD_RESET.about(SAME),
            END_USER_SESSIONS.about(SAME),
        ],
    ),
    ("update_user", "200", &[GET_USER.about(SAME)]),
    (
        "start_password_reset",
        "200",
        &[Link::new(
            "reset_password",
            "Set a new password, if the answer has the token.",
        )
        .with(&[
            ("token", "$response.body#/token"),
            ("new_password", "correct horse battery staple"),
        ])],
    ),
    (
        "list_audit_events",
        "200",
        &[Link::new("list_audit_events", NEXT_PAGE).about(NEXT)],
    ),
    (
        "list_mails",
        "200",
        &[Link::new("list_mails", NEXT_PAGE).about(NEXT)],
    ),
    (
        "list_circuit_breakers",
        "200",
        &[
            Link::new("reset_circuit_breaker", "Close a circuit breaker.")
                .about(&[("name", "$response.body#/items/0/name")]),
        ],
    ),
];

/// Puts the links of an operation into the answers that they lead on from.
pub(super) fn complete(operation: &mut Value) {
    let links: Vec<_> = LINKS
        .iter()
        .filter(|(from, _, _)| operation.get("operationId").is_some_and(|id| id == from))
        .collect();
    for (_, status, links) in links {
        let response = operation
            .pointer_mut(&format!("/responses/{status}"))
            .and_then(Value::as_object_mut);
        if let Some(response) = response {
            let links = links
                .iter()
                .map(|link| (link.to.to_owned(), link.to_json()));
            response.insert("links".to_owned(), links.collect::<Map<_, _>>().into());
        }
    }
}
