/**
 * A client of Countersign, generated from its OpenAPI document: `client.POST("/auth/login", { body })` takes and
 * answers what the document says, and `Problem.error_code` is the closed list of what can go wrong.
 *
 * What stands in this file is written by hand; all types are generated.
 */
import createFetchClient, { type Client as FetchClient, type ClientOptions } from "openapi-fetch";

import type { paths } from "./generated/schema.js";

export type * from "./generated/schema.js";

/** Has a method for each HTTP method, which takes the path of an operation and what it asks for. */
export type Client = FetchClient<paths>;

export interface Options extends Omit<ClientOptions, "baseUrl"> {
  /** The access token to show, asked for before each request; without one, a request is nobody's. */
  accessToken?: () => string | undefined;
}

/** A client of the Countersign at this address, such as `https://login.example.com/api/v1`. */
export function createClient(baseUrl: string, { accessToken, ...options }: Options = {}): Client {
  const client = createFetchClient<paths>({ ...options, baseUrl });
  client.use({
    onRequest({ request }) {
      const token = accessToken?.();
      if (token !== undefined) {
        request.headers.set("Authorization", `Bearer ${token}`);
      }
      return request;
    },
  });
  return client;
}
