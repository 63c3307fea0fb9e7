"""What adapt.py makes of openapi.json."""

import json
import pathlib
import unittest

import adapt

DOCUMENT = json.loads((pathlib.Path(__file__).parent.parent / "openapi.json").read_text(encoding="utf-8"))


def answers(document, path, method, statuses):
    """The schemas of these answers, by what refers to them."""
    responses = document["paths"][path][method]["responses"]
    contents = [content for status in statuses for content in responses[status]["content"].values()]
    return {content["schema"]["$ref"].rsplit("/", 1)[1] for content in contents}


class Adapted(unittest.TestCase):
    def test_a_client_sends_json(self):
        before = json.dumps(DOCUMENT)
        document = adapt.for_all(DOCUMENT)
        self.assertEqual(json.dumps(DOCUMENT), before)
        self.assertIn("PasswordForm", DOCUMENT["components"]["schemas"])
        self.assertNotIn("PasswordForm", json.dumps(document))
        for operation in adapt.operations(document):
            if "requestBody" in operation:
                self.assertEqual(list(operation["requestBody"]["content"]), ["application/json"])

    def test_rust_has_one_type_of_success_and_of_failure(self):
        document = adapt.for_rust(DOCUMENT)
        self.assertEqual(answers(document, "/auth/register", "post", ["201", "202"]), {"Registered"})
        self.assertEqual(
            document["components"]["schemas"]["Registered"]["oneOf"],
            [adapt.reference("TokenResponse"), adapt.reference("UserResponse")],
        )
        self.assertEqual(answers(document, "/health", "get", ["500", "503"]), {"HealthFailure"})
        self.assertEqual(answers(document, "/auth/login", "post", ["400", "429"]), {"Problem"})
        self.assertNotIn("304", document["paths"]["/.well-known/jwks.json"]["get"]["responses"])

    def test_a_union_without_a_name_is_not_passed_over(self):
        document = json.loads(json.dumps(DOCUMENT).replace('"operationId": "register"', '"operationId": "join"'))
        with self.assertRaisesRegex(ValueError, "join"):
            adapt.for_rust(document)

    def test_a_name_that_the_document_has_is_not_taken(self):
        document = json.loads(json.dumps(DOCUMENT))
        document["components"]["schemas"]["Problem"]["properties"]["detail"] = adapt.reference("Edit")
        document["components"]["schemas"]["Edit"] = {"type": "string"}
        with self.assertRaisesRegex(ValueError, "Edit"):
            adapt.for_rust(document)

    def test_no_edit_is_forgotten(self):
        """What a PATCH takes and can be null, but means the same as left out."""
        same = {("UpdateMeRequest", "current_password")}
        found = set()
        for path in DOCUMENT["paths"].values():
            if "patch" in path:
                content = path["patch"]["requestBody"]["content"]["application/json"]
                name = content["schema"]["$ref"].rsplit("/", 1)[1]
                properties = DOCUMENT["components"]["schemas"][name]["properties"]
                found |= {(name, member) for member, schema in properties.items() if schema.get("nullable")}
        self.assertEqual(found, set(adapt.EDITS) | same)

    def test_rust_has_plain_texts_and_numbers(self):
        schemas = adapt.for_rust(DOCUMENT)["components"]["schemas"]
        self.assertNotIn("maxLength", schemas["RegisterRequest"]["properties"]["email"])
        self.assertIn("maxLength", DOCUMENT["components"]["schemas"]["RegisterRequest"]["properties"]["email"])


if __name__ == "__main__":
    unittest.main()
