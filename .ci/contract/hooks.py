"""What a schema can't know, for schemathesis: who asks, and what of their own they ask about.

Data that fits the document is sent as it was made, but for what only this very service can have given out: a
password in use, a token, a cursor. Where such a thing would be made up, the genuine one is put in, so that
requests get past the door. None of it is put in the place of data that does not fit the document.

Whoever asks may be gone by the next request: that is what some of the operations are for. So nobody is counted
on. Who ends, changes or loses the own account or session asks no more, and the next is somebody new.
"""

import atexit
import collections
import email
import email.policy
import json
import os
import pathlib
import re
import subprocess
import time
import uuid
import zlib

import requests
import schemathesis

URL = os.environ["CONTRACT_URL"]
# Where the service runs, its configuration, and its program.
SERVICE = pathlib.Path(os.environ["CONTRACT_SERVICE"])
SETTINGS = json.loads(os.environ["CONTRACT_SETTINGS"])
PROGRAM = os.environ["CONTRACT_PROGRAM"]
# Where to leave how often which operation answered with which status.
ANSWERS = pathlib.Path(os.environ["CONTRACT_ANSWERS"])
NOBODY = os.environ["CONTRACT_WHO"] == "nobody"

PASSWORD = "wide quiet rivers run deep"
# Stands for the token of whoever is to ask, until the request is sent.
SOMEBODY = "Bearer somebody"

session = requests.Session()
# All is on this machine, whatever proxy is configured.
session.trust_env = False


def call(method, path, body=None, token=None, expected=(200, 201, 202, 204)):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = session.request(method, URL + path, json=body, headers=headers, timeout=30)
    if answer.status_code not in expected:
        raise AssertionError(f"{method} {path}: {answer.status_code} {answer.text}")
    return answer.json() if answer.content else None


def log_in(email):
    return session.post(URL + "/auth/login", json={"email": email, "password": PASSWORD}, timeout=30)


class Account:
    """Somebody with an account and a session."""

    def __init__(self, tokens, password=PASSWORD):
        self.id = tokens["user"]["id"]
        self.email = tokens["user"]["email"]
        self.username = tokens["user"]["username"]
        self.token = tokens["access_token"]
        self.refresh_token = tokens["refresh_token"]
        self.password = password


class People:
    """Those who ask, as long as they can."""

    def __init__(self):
        self.person = None
        self.root = None
        self.root_email = None
        # By their access tokens, and by the ids of their sessions.
        self.by_token = {}
        self.by_session = {}

    def known(self, account):
        self.by_token[account.token] = account
        return account

    def somebody_new(self):
        name = f"u{uuid.uuid4().hex}"
        body = {"email": f"{name}@example.com", "username": name, "password": PASSWORD}
        return self.known(Account(call("POST", "/auth/register", body)))

    def somebody(self):
        self.person = self.person or self.somebody_new()
        return self.person

    def superuser(self):
        if self.root is None:
            answer = self.root_email and log_in(self.root_email)
            if not answer or not answer.json()["user"]["is_superuser"]:
                # Deleted, deactivated or demoted: whoever runs the service makes another.
                self.root_email = f"root{uuid.uuid4().hex}@example.com"
                command = ["user", "create", "--email", self.root_email, "--superuser", "--password-stdin"]
                subprocess.run(
                    [PROGRAM, *command],
                    cwd=SERVICE,
                    env=SETTINGS,
                    input=PASSWORD + "\n",
                    text=True,
                    stdout=subprocess.DEVNULL,
                    check=True,
                )
                answer = log_in(self.root_email)
                answer.raise_for_status()
            self.root = self.known(Account(answer.json()))
        return self.root

    def forget(self, account):
        if account is self.person:
            self.person = None
        if account is self.root:
            self.root = None


people = People()


class Links:
    """The tokens of links in mails."""

    def __init__(self):
        self.seen = set()
        self.tokens = {}

    def verification(self, account):
        """The token in the mail that somebody who registered was sent."""
        for _ in range(300):
            for file in (SERVICE / "data/outbox").glob("*.eml"):
                if file not in self.seen:
                    self.seen.add(file)
                    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
                    found = re.search(
                        r"/account/verify\?token=([\w-]+)", mail.get_body(("plain",)).get_content()
                    )
                    if found:
                        self.tokens[mail["To"]] = found[1]
            if account.email in self.tokens:
                return self.tokens.pop(account.email)
            time.sleep(0.02)
        raise AssertionError("no mail came")

    def reset(self, account):
        path = f"/admin/users/{account.id}/password-reset"
        return call("POST", path, {"delivery": "response"}, people.superuser().token)["token"]


links = Links()
# What the service gave out: refresh tokens and tokens of links, and cursors by the list that they are of.
given = set()
cursors = collections.defaultdict(list)
# The addresses of accounts.
taken = set()


def operation_of(case):
    return case.operation.definition.raw["operationId"]


@schemathesis.auth(refresh_interval=None)
class Somebody:
    """Says of a request that it is somebody's; who that is is decided when it is sent."""

    def get(self, case, context):
        return SOMEBODY if context.operation.definition.raw["security"] and not NOBODY else None

    def set(self, case, data, context):
        case.headers["Authorization"] = data


def asker(case):
    if case.path.startswith("/admin/"):
        return people.superuser()
    if operation_of(case) != "end_session":
        return people.somebody()
    # A session is ended by whom it is of.
    id = case.path_parameters["id"]
    # Most ids that are made up are of no session. A few stay so, whichever request they are in.
    if id not in people.by_session and is_uuid(id) and zlib.crc32(id.encode()) % 8:
        account = people.somebody_new()
        id = call("GET", "/users/me/sessions", token=account.token)["items"][0]["id"]
        case.path_parameters["id"] = id
        return account
    return people.by_session.pop(id, None) or people.somebody()


def is_text(value):
    """Whether a member that may be any text is one, rather than made not to fit."""
    return isinstance(value, str) and not re.search(r"[\x00-\x1f\x7f-\x9f]", value)


def is_name(value):
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_.-]{3,50}", value)


def is_uuid(value):
    return isinstance(value, str) and re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value)


def every_other(value):
    """Where both ends are to be seen, half of them are made genuine."""
    return len(value) % 2 == 0


def list_of(case, account):
    """Which list is asked for: of what is a person's own, each has another one."""
    owner = account.id if account and not case.path.startswith("/admin/") else None
    return operation_of(case), owner


def make_genuine(case, account):
    """Puts what the service gave out in the place of what was made up."""
    operation = operation_of(case)
    if isinstance(case.query, dict) and isinstance(case.query.get("cursor"), str):
        # One that a link led to is such already, unless somebody else asks by now.
        genuine = cursors[list_of(case, account)]
        if case.query["cursor"] not in genuine:
            del case.query["cursor"]
            if genuine:
                case.query["cursor"] = genuine[-1]
    body = case.body
    if not isinstance(body, dict):
        return
    if account and is_text(body.get("current_password")):
        body["current_password"] = account.password
    if operation == "update_me" and account and body.get("email") and body.get("current_password") is None:
        # OpenAPI 3.0 can't say that one member needs another.
        body["current_password"] = account.password
    if operation in ("register", "create_user") and is_text(body.get("email")) and body["email"] in taken:
        # Most addresses that are made up are made from those that were seen, and theirs is found out often enough.
        body["email"] = f"u{uuid.uuid4().hex}@example.com"
        if body.get("username") is not None and is_name(body["username"]):
            body["username"] = uuid.uuid4().hex
    if operation == "login":
        name_one_account(case, body)
    elif operation == "refresh":
        token = body.get("refresh_token")
        if is_text(token) and token not in given and every_other(token):
            body["refresh_token"] = people.somebody_new().refresh_token
    elif operation == "reset_password":
        if is_text(body.get("token")) and body["token"] not in given:
            body["token"] = links.reset(people.somebody_new())
    elif operation == "verify_email":
        if is_text(body.get("token")):
            body["token"] = links.verification(people.somebody_new())


def name_one_account(case, body):
    """Leaves a login one identifier. Only a union of schemas could ask for exactly one, and many programs that
    write clients choke on unions."""
    if not is_text(body.get("password")):
        return
    if case.media_type == "application/json":
        names = [name for name in ("email", "username") if body.get(name) is not None]
        if len(names) == 2 and all(is_text(body[name]) for name in names):
            del body[names.pop(len(body["password"]) % 2)]
        if not names:
            names = ["username"]
            body["username"] = "nobody"
    else:
        names = ["username"]
    if len(names) == 1 and is_text(body.get(names[0])) and (body[names[0]], body["password"]) not in given:
        if every_other(body["password"]):
            account = people.somebody_new()
            body[names[0]] = getattr(account, names[0])
            body["password"] = PASSWORD


@schemathesis.hook
def before_call(context, case, kwargs):
    account = None
    if case.headers.get("Authorization") == SOMEBODY:
        account = asker(case)
        case.headers["Authorization"] = f"Bearer {account.token}"
    make_genuine(case, account)


# Whoever did one of these is not counted on any more.
PARTING = {"logout", "delete_me", "change_password", "end_session", "update_me"}

answers = collections.defaultdict(collections.Counter)


@schemathesis.hook
def after_call(context, case, response):
    operation = operation_of(case)
    status = response.status_code
    answers[operation][status] += 1
    if operation in ("register", "create_user") and status in (201, 409):
        taken.add(case.body["email"])
    if operation == "reset_password" and status < 300:
        given.discard(case.body["token"])
    token = (response.request.headers.get("Authorization") or "").removeprefix("Bearer ")
    account = people.by_token.get(token)
    if account and (status in (401, 403) or operation in PARTING and status < 300):
        people.forget(account)
    if status not in (200, 201) or operation == "get_metrics":
        return
    learn(operation, case, account, response.json())


def learn(operation, case, account, body):
    """Remembers what was given out, to be used where a link leads to."""
    for name in ("refresh_token", "token"):
        if body.get(name):
            given.add(body[name])
    if body.get("next_cursor"):
        cursors[list_of(case, account)].append(body["next_cursor"])
    if operation == "register":
        # What comes next is asked by whoever has just registered.
        people.person = people.known(Account(body, case.body["password"]))
        given.add((case.body["email"], case.body["password"]))
    if operation == "list_sessions" and account:
        people.by_session.update((item["id"], account) for item in body["items"])


# What no schema can say of a text.
UNSAYABLE = {
    # Which passwords are among the 20,000 that are tried first.
    "too_common",
    # Which passwords are made from what another member, or the account, says.
    "contains_identity",
}


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Whether something that was found is something: all but what is refused for what no schema can say."""
    if not isinstance(failure, schemathesis.openapi.checks.RejectedPositiveData):
        return True
    problem = response.json()
    # Nor can it say of a link whether it works any more.
    if problem["error_code"] == "INVALID_LINK":
        return False
    return not problem.get("errors") or any(
        error["code"] not in UNSAYABLE or error["field"] not in ("password", "new_password")
        for error in problem["errors"]
    )


@atexit.register
def leave_answers():
    ANSWERS.write_text(json.dumps(answers), encoding="utf-8")
