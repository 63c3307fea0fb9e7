"""An API that verifies Countersign's access tokens itself: FastAPI and PyJWT."""

import os
from typing import Annotated, Any

import jwt
import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

COUNTERSIGN_URL = os.environ.get("COUNTERSIGN_URL", "http://127.0.0.1:8000")
JWKS_URL = os.environ.get("JWKS_URL", f"{COUNTERSIGN_URL}/.well-known/jwks.json")
ISSUER = os.environ.get("ISSUER", "countersign")
AUDIENCE = os.environ.get("AUDIENCE", "countersign")
PORT = int(os.environ.get("PORT", "3000"))

# Never HS256 here: it would make a secret of the public key.
ALGORITHMS = ["EdDSA", "ES256", "RS256"]
REQUIRED = ["exp", "iss", "aud", "sub", "sid", "scope"]

# Keeps the keys for 5 minutes. Asks again for an unknown kid, once in 5 seconds at most.
keys = jwt.PyJWKClient(JWKS_URL, lifespan=300, cooldown_duration=5, timeout=5)
bearer = HTTPBearer(auto_error=False)
app = FastAPI()


def verify(token: str) -> dict[str, Any]:
    """The claims of a genuine access token; raises jwt.PyJWTError for any other."""
    header = jwt.get_unverified_header(token)
    if header.get("typ") != "at+jwt" or header.get("alg") not in ALGORITHMS:
        raise jwt.InvalidTokenError("no access token")
    key = keys.get_signing_key(header.get("kid"))
    return jwt.decode(
        token,
        key,
        algorithms=[key.algorithm_name],
        issuer=ISSUER,
        audience=AUDIENCE,
        leeway=5,
        options={"require": REQUIRED},
    )


# No "async": FastAPI then runs it on a thread, where fetching the keys may wait.
def caller(
    sent: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> dict[str, Any]:
    if sent is None:
        raise HTTPException(401, "no token", {"WWW-Authenticate": "Bearer"})
    try:
        return verify(sent.credentials)
    except jwt.PyJWKClientConnectionError as error:
        raise HTTPException(503, "the keys can't be fetched") from error
    except jwt.PyJWTError as error:
        challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        raise HTTPException(401, "invalid token", challenge) from error


def superuser(claims: Annotated[dict[str, Any], Depends(caller)]) -> dict[str, Any]:
    if "superuser" not in claims["scope"].split():
        challenge = 'Bearer error="insufficient_scope", scope="superuser"'
        raise HTTPException(403, "superusers only", {"WWW-Authenticate": challenge})
    return claims


@app.get("/whoami")
def whoami(claims: Annotated[dict[str, Any], Depends(caller)]) -> dict[str, str]:
    return {name: claims[name] for name in ("sub", "sid", "scope")}


@app.get("/admin")
def admin(claims: Annotated[dict[str, Any], Depends(superuser)]) -> dict[str, str]:
    return {"superuser": claims["sub"]}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=PORT)
