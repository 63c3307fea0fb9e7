// An API that verifies Countersign's access tokens itself: Express and jose.

import express from "express";
import { createRemoteJWKSet, errors, jwtVerify } from "jose";

const {
  COUNTERSIGN_URL = "http://127.0.0.1:8000",
  JWKS_URL = `${COUNTERSIGN_URL}/.well-known/jwks.json`,
  ISSUER = "countersign",
  AUDIENCE = "countersign",
  PORT = "3000",
} = process.env;

// Keeps the keys for 5 minutes. Asks again for an unknown kid, once in 5 seconds at most.
const keys = createRemoteJWKSet(new URL(JWKS_URL), {
  cacheMaxAge: 300_000,
  cooldownDuration: 5_000,
  timeoutDuration: 5_000,
});

// The claims of a genuine access token; throws for any other.
async function verify(token) {
  const { payload } = await jwtVerify(token, keys, {
    typ: "at+jwt",
    // Never HS256 here: it would make a secret of the public key. jose takes a key of the set
    // for the algorithm that the set names with it, and for no other.
    algorithms: ["EdDSA", "ES256", "RS256"],
    issuer: ISSUER,
    audience: AUDIENCE,
    clockTolerance: 5,
    requiredClaims: ["exp", "sub", "sid", "scope"],
  });
  return payload;
}

// What jose reports when it is the keys that can't be had, not the token that is wrong.
const NO_KEYS = new Set(["ERR_JOSE_GENERIC", "ERR_JWKS_INVALID", "ERR_JWKS_TIMEOUT"]);

async function authenticated(req, res, next) {
  const [, token] = /^Bearer +(\S+)$/i.exec(req.get("Authorization") ?? "") ?? [];
  if (!token) {
    return res.status(401).set("WWW-Authenticate", "Bearer").json({ detail: "no token" });
  }
  try {
    req.claims = await verify(token);
  } catch (error) {
    if (!(error instanceof errors.JOSEError) || NO_KEYS.has(error.code)) {
      return res.status(503).json({ detail: "the keys can't be fetched" });
    }
    return res
      .status(401)
      .set("WWW-Authenticate", 'Bearer error="invalid_token"')
      .json({ detail: "invalid token" });
  }
  next();
}

function superuser(req, res, next) {
  if (!req.claims.scope.split(" ").includes("superuser")) {
    return res
      .status(403)
      .set("WWW-Authenticate", 'Bearer error="insufficient_scope", scope="superuser"')
      .json({ detail: "superusers only" });
  }
  next();
}

const app = express();

app.get("/whoami", authenticated, (req, res) => {
  const { sub, sid, scope } = req.claims;
  res.json({ sub, sid, scope });
});

app.get("/admin", authenticated, superuser, (req, res) => {
  res.json({ superuser: req.claims.sub });
});

app.listen(Number(PORT), "127.0.0.1", (error) => {
  if (error) throw error;
});
