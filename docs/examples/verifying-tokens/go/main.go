// An API that verifies Countersign's access tokens itself: net/http, golang-jwt and keyfunc.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/time/rate"
)

// Claims are what an access token says. RegisteredClaims has iss, sub, aud, exp, nbf, iat and jti.
type Claims struct {
	jwt.RegisteredClaims
	SessionID string `json:"sid"`
	Scope     string `json:"scope"`
}

// Verifier verifies access tokens.
type Verifier struct {
	keys   keyfunc.Keyfunc
	parser *jwt.Parser
}

// NewVerifier fetches the keys, again every 5 minutes, and for an unknown kid once in 5 seconds at
// most.
func NewVerifier(ctx context.Context, jwksURL, issuer, audience string) (*Verifier, error) {
	keys, err := keyfunc.NewDefaultOverrideCtx(ctx, []string{jwksURL}, keyfunc.Override{
		HTTPTimeout:       5 * time.Second,
		RefreshInterval:   5 * time.Minute,
		RefreshUnknownKID: rate.NewLimiter(rate.Every(5*time.Second), 1),
		// How long a token with an unknown kid may wait for its turn and for the keys.
		RateLimitWaitMax: 2 * time.Second,
	})
	if err != nil {
		return nil, err
	}
	parser := jwt.NewParser(
		// Never HS256 here: it would make a secret of the public key. keyfunc takes a key of the
		// set for the algorithm that the set names with it, and for no other.
		jwt.WithValidMethods([]string{"EdDSA", "ES256", "RS256"}),
		jwt.WithIssuer(issuer),
		jwt.WithAudience(audience),
		jwt.WithExpirationRequired(),
		jwt.WithLeeway(5*time.Second),
	)
	return &Verifier{keys, parser}, nil
}

// Verify returns the claims of a genuine access token.
func (v *Verifier) Verify(ctx context.Context, raw string) (*Claims, error) {
	claims := &Claims{}
	token, err := v.parser.ParseWithClaims(raw, claims, v.keys.KeyfuncCtx(ctx))
	if err != nil {
		return nil, err
	}
	if token.Header["typ"] != "at+jwt" || token.Header["kid"] == nil {
		return nil, errors.New("no access token")
	}
	if claims.Subject == "" || claims.SessionID == "" || claims.Scope == "" {
		return nil, errors.New("a claim is missing")
	}
	return claims, nil
}

type handler func(w http.ResponseWriter, r *http.Request, claims *Claims)

func refuse(w http.ResponseWriter, status int, challenge string) {
	w.Header().Set("WWW-Authenticate", challenge)
	http.Error(w, http.StatusText(status), status)
}

// authenticated lets only requests with a genuine access token through.
func (v *Verifier) authenticated(next handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if !strings.EqualFold(scheme, "Bearer") || token == "" {
			refuse(w, http.StatusUnauthorized, "Bearer")
			return
		}
		claims, err := v.Verify(r.Context(), strings.TrimSpace(token))
		if err != nil {
			refuse(w, http.StatusUnauthorized, `Bearer error="invalid_token"`)
			return
		}
		next(w, r, claims)
	}
}

// superuser lets only superusers through.
func superuser(next handler) handler {
	return func(w http.ResponseWriter, r *http.Request, claims *Claims) {
		for _, scope := range strings.Fields(claims.Scope) {
			if scope == "superuser" {
				next(w, r, claims)
				return
			}
		}
		refuse(w, http.StatusForbidden, `Bearer error="insufficient_scope", scope="superuser"`)
	}
}

func answer(w http.ResponseWriter, body map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(body); err != nil {
		log.Print(err)
	}
}

func env(name, standard string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return standard
}

func main() {
	countersign := env("COUNTERSIGN_URL", "http://127.0.0.1:8000")
	verifier, err := NewVerifier(
		context.Background(),
		env("JWKS_URL", countersign+"/.well-known/jwks.json"),
		env("ISSUER", "countersign"),
		env("AUDIENCE", "countersign"),
	)
	if err != nil {
		log.Fatal(err)
	}

	mux := http.NewServeMux()
	mux.Handle("/whoami", verifier.authenticated(
		func(w http.ResponseWriter, _ *http.Request, claims *Claims) {
			answer(w, map[string]string{
				"sub": claims.Subject, "sid": claims.SessionID, "scope": claims.Scope,
			})
		}))
	mux.Handle("/admin", verifier.authenticated(superuser(
		func(w http.ResponseWriter, _ *http.Request, claims *Claims) {
			answer(w, map[string]string{"superuser": claims.Subject})
		})))
	server := http.Server{
		Addr:              "127.0.0.1:" + env("PORT", "3000"),
		Handler:           mux,
		ReadHeaderTimeout: 10 * time.Second,
	}
	log.Fatal(server.ListenAndServe())
}
