"""openapi.json as the generators of the clients can take it.

It says a few things that are right and that generators can't read, or read as nobody would write them. They are
said here in another way, so that callers still get types; what is generated is never changed.
"""

import copy
import json

METHODS = {"get", "put", "post", "delete", "patch"}

# For Rust: the operations that answer with more than one type, in success or in failure, and how a type is called
# that can be any of them.
UNIONS = {
    ("register", "success"): "Registered",
    ("get_health", "failure"): "HealthFailure",
}

# For Rust: the members for which `null` is something else than being left out, and the type that says so, which is
# written by hand.
EDITS = [("UpdateMeRequest", "username"), ("UpdateUserRequest", "username")]
EDIT = "Edit"


def for_all(document):
    """A client sends JSON, where it could send a form as well: one of the generators writes what can't be
    compiled for a choice, another would send a form's members as JSON."""
    document = copy.deepcopy(document)
    for operation in operations(document):
        forms = operation.get("requestBody", {}).get("content", {})
        if "application/json" in forms:
            operation["requestBody"]["content"] = {"application/json": forms["application/json"]}
    text = json.dumps(document)
    schemas = document["components"]["schemas"]
    document["components"]["schemas"] = {
        name: schema for name, schema in schemas.items() if json.dumps(reference(name)) in text
    }
    return document


def for_rust(document):
    """progenitor knows one type of success and one of failure for each operation, and takes a member that can be
    `null` and left out for one that can only be left out."""
    document = for_all(document)
    schemas = document["components"]["schemas"]
    for operation in operations(document):
        # Who does not send If-None-Match is never answered so.
        operation["responses"].pop("304", None)
        for outcome in ["success", "failure"]:
            unite(operation, outcome, schemas)
    add(schemas, EDIT, {"type": "string", "nullable": True})
    for schema, member in EDITS:
        edit = schemas[schema]["properties"][member]
        if edit["type"] != "string" or not edit["nullable"]:
            raise ValueError(f"{schema}.{member} is no text that can be null")
        schemas[schema]["properties"][member] = {
            "description": edit["description"],
            "allOf": [reference(EDIT)],
        }
    loosen(document)
    return document


def operations(document):
    for path in document["paths"].values():
        for method, operation in path.items():
            if method in METHODS:
                yield operation


def reference(schema):
    return {"$ref": f"#/components/schemas/{schema}"}


def add(schemas, name, schema):
    if name in schemas:
        raise ValueError(f"the document has a schema {name} of its own")
    schemas[name] = schema


def unite(operation, outcome, schemas):
    """Makes one type of several, which can be any of them."""
    contents = [
        content
        for status, response in operation["responses"].items()
        if status.startswith("2") == (outcome == "success")
        for content in response.get("content", {}).values()
    ]
    types = []
    for content in contents:
        if content["schema"] not in types:
            types.append(content["schema"])
    if len(types) < 2:
        return
    name = UNIONS.get((operation["operationId"], outcome))
    if not name:
        raise ValueError(f"{operation['operationId']} answers with {types}, which has no name in {__file__}")
    add(schemas, name, {"description": f"What `{operation['operationId']}` answers.", "oneOf": types})
    for content in contents:
        content["schema"] = reference(name)


def loosen(value):
    """Without what makes a type of each text and number that has limits: who breaks one is told so by the service,
    with all else that is wrong with a request."""
    if isinstance(value, dict):
        if isinstance(value.get("type"), str):
            for limit in ["minLength", "maxLength", "pattern", "minimum", "maximum"]:
                value.pop(limit, None)
        value = value.values()
    elif not isinstance(value, list):
        return
    for item in value:
        loosen(item)
