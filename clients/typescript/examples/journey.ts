/**
 * A person's way from the registration to the logout, against the Countersign at COUNTERSIGN_URL, with what every
 * application has to handle on it: having to wait, and a token that has expired.
 *
 * Prints a line for each step, and fails on whatever is not as it should be.
 */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import {
  createClient,
  type Client,
  type ErrorCode,
  type Problem,
  type TokenResponse,
} from "../src/index.js";

const PASSWORD = "wide quiet rivers run deep";
const NEW_PASSWORD = "seven lamps above the harbour";

type Answer<T> =
  | { data: T; error?: never; response: Response }
  | { data?: never; error: Problem; response: Response };

/** Whether this is what went wrong. */
function failed(answer: Answer<unknown>, code: ErrorCode): boolean {
  return answer.error?.error_code === code;
}

/** What was answered, unless it is that something went wrong. */
function success<T>(step: string, answer: Answer<T>): T {
  if (answer.error) {
    throw new Error(`${step}: ${answer.error.error_code}: ${answer.error.detail}`);
  }
  return answer.data;
}

/** Sends a request again as soon as the service allows it. */
async function patiently<T>(step: string, send: () => Promise<Answer<T>>): Promise<T> {
  for (;;) {
    const answer = await send();
    if (!failed(answer, "RATE_LIMITED")) {
      return success(step, answer);
    }
    const seconds = Number(answer.response.headers.get("Retry-After"));
    assert(Number.isInteger(seconds) && seconds > 0, "no Retry-After");
    console.log(`${step}: RATE_LIMITED, waiting ${seconds} s`);
    await sleep(seconds * 1000);
  }
}

/** Somebody who is logged in. */
class Session {
  readonly client: Client;

  constructor(
    baseUrl: string,
    public tokens: TokenResponse,
  ) {
    this.client = createClient(baseUrl, { accessToken: () => this.tokens.access_token });
  }

  async refresh(): Promise<void> {
    const { refresh_token } = this.tokens;
    this.tokens = await patiently("refresh", () =>
      this.client.POST("/auth/refresh", { body: { refresh_token } }),
    );
    console.log(`refresh: a new token for ${this.tokens.expires_in} s`);
  }

  /** Sends a request, with a new token if this one has expired. */
  async send<T>(step: string, send: (client: Client) => Promise<Answer<T>>): Promise<T> {
    const answer = await send(this.client);
    if (!failed(answer, "TOKEN_EXPIRED")) {
      return success(step, answer);
    }
    console.log(`${step}: TOKEN_EXPIRED`);
    await this.refresh();
    return patiently(step, () => send(this.client));
  }
}

const url = process.env.COUNTERSIGN_URL;
assert(url, "COUNTERSIGN_URL is not set");
const baseUrl = `${url}/api/v1`;
const client = createClient(baseUrl);
const username = `typescript-${process.pid}`;
const email = `${username}@example.com`;

const registered = await patiently("register", () =>
  client.POST("/auth/register", { body: { email, username, password: PASSWORD } }),
);
// A user without tokens is what is answered where the address has to be verified first.
assert("access_token" in registered, "the address is to be verified");
console.log(`register: logged in as ${registered.user.email}`);

const logIn = (password: string) =>
  client.POST("/auth/login", { body: { username, password } });
assert(failed(await logIn("mistyped"), "INVALID_CREDENTIALS"), "a wrong password is taken");
console.log("login: INVALID_CREDENTIALS");
const session = new Session(baseUrl, await patiently("login", () => logIn(PASSWORD)));
console.log(`login: a token for ${session.tokens.expires_in} s`);

const getMe = (client: Client) => client.GET("/users/me");
const me = await session.send("me", getMe);
assert(me.last_login !== null, "who logged in has no last login");
assert(new Date(me.last_login) >= new Date(me.created_at), "the login was before the registration");
console.log(`me: ${me.username}`);

await sleep((session.tokens.expires_in + 1) * 1000);
const old = session.tokens.access_token;
assert.equal((await session.send("me", getMe)).id, me.id);
assert.notEqual(session.tokens.access_token, old, "no token has expired");
console.log(`me: ${me.username}`);

// Left out, it stays; null takes it away.
for (const [body, expected] of [
  [{}, username],
  [{ username: null }, null],
  [{ username }, username],
] as const) {
  const renamed = await session.send("rename", (client) => client.PATCH("/users/me", { body }));
  assert.equal(renamed.username, expected);
  console.log(`rename: ${renamed.username}`);
}

await session.send("change password", (client) =>
  client.POST("/users/me/password", {
    body: { current_password: PASSWORD, new_password: NEW_PASSWORD },
  }),
);
console.log("change password: done");

const { items } = await session.send("sessions", (client) => client.GET("/users/me/sessions"));
assert(items.length === 1 && items[0]?.current, "the sessions before the new password did not end");
console.log(`sessions: ${items.length}`);

// So that it lives for what follows.
await session.refresh();
await session.send("logout", (client) => client.POST("/auth/logout"));
console.log("logout: done");
assert(failed(await getMe(session.client), "SESSION_REVOKED"), "the session goes on after the logout");
console.log("me: SESSION_REVOKED");
