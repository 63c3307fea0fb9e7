# CI runs `just check` and nothing else.

set positional-arguments
set script-interpreter := ['bash', '-euo', 'pipefail']

# The folder and port of the development database.
db_dir := justfile_directory() / ".postgres"
db_port := "15432"

# Lists the recipes, in groups
[private]
default:
    @just --list --unsorted

# Runs Countersign with the given arguments
[group('develop')]
run *args:
    cargo run -- "$@"

# Serves with a readable log, and builds and serves anew whenever the source changes
[group('develop')]
dev *args:
    .ci/dev "$@"

# Says what is missing on this machine, what it is for and how to get it
[group('develop')]
doctor:
    .ci/doctor

# Applies or reverts database migrations
[group('develop')]
migrate *args:
    cargo run -- migrate "$@"

# Formats the code
[group('develop')]
fmt:
    cargo fmt --all
    cargo fmt --all --manifest-path clients/rust/Cargo.toml
    rustfmt tests/fuzz/src/lib.rs tests/fuzz/fuzz_targets/*.rs

# Runs everything that CI runs
[group('check')]
check: fmt-check lint doc audit test test-postgres openapi-check contract examples-check clients-check pages-check deployment-check instances-check clean-tree

# Runs the tests, on SQLite unless TEST_DATABASE_URL names a PostgreSQL
[group('check')]
test *args:
    cargo test --workspace "$@"

# Runs the same tests on a throw-away PostgreSQL
[group('check')]
test-postgres *args:
    .ci/with-postgres cargo test --workspace "$@"

# Fails on unformatted code
[group('check')]
fmt-check:
    cargo fmt --all --check
    rustfmt --check tests/fuzz/src/lib.rs tests/fuzz/fuzz_targets/*.rs

# Runs Clippy on everything, warnings being errors
[group('check')]
lint:
    cargo clippy --workspace --all-targets --locked -- -D warnings

# Builds the API documentation, broken links being errors
[group('check')]
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --workspace --document-private-items

# Checks the dependencies: licences, sources, advisories, and whether each is used
[group('check')]
audit: && advisories
    cargo deny --locked check licenses bans sources
    cargo machete

# Checks the dependencies for known vulnerabilities, if the database can be fetched
[group('check')]
[script]
advisories:
    # A check can't tell a missing database from a finding by its exit code, so fetch first.
    if GIT_TERMINAL_PROMPT=0 cargo deny fetch db; then
        cargo deny --locked check advisories
    else
        echo "SKIPPED: advisories were NOT checked, the RustSec database could not be fetched" >&2
    fi

# Fails if clients of the last release would break and the version doesn't say so
[group('check')]
api-check:
    cargo test --locked --test main compatibility::

# Fails if a page that is made from the code is out of date (so does `just test`)
[group('check')]
docs-check:
    cargo test --quiet --lib docs::

# Attacks the API from outside with what its document says, on both databases (--long, --seed N)
[group('check')]
contract *args:
    .ci/with-postgres .ci/verify-contract "$@"

# Fails if openapi.json is out of date or invalid
[group('check')]
[script]
openapi-check:
    mkdir -p target
    cargo run --quiet -- openapi >target/openapi.json
    if ! diff -u openapi.json target/openapi.json; then
        echo "openapi.json is out of date: run 'just openapi'" >&2
        exit 1
    fi
    if command -v openapi-spec-validator >/dev/null; then
        openapi-spec-validator openapi.json
    elif [[ ${CI:-} == true ]]; then
        echo "openapi-spec-validator is missing" >&2
        exit 1
    else
        echo "SKIPPED: openapi.json was NOT validated, openapi-spec-validator is missing" >&2
    fi

# Holds the examples of docs/verifying-tokens.md against a running Countersign
[group('check')]
examples-check:
    .ci/verify-examples

# Walks through the pages that links in mails lead to, and those of the documentation, in a browser
[group('check')]
pages-check:
    .ci/verify-pages
    .ci/verify-docs

# Fails if a client is out of date, breaks the rules of its language, or its example fails
[group('check')]
clients-check:
    .ci/verify-clients

# Tries docs/deployment.md: lints the files, and runs what they say in a file system of its own
[group('check')]
deployment-check:
    .ci/verify-deployment

# Holds three instances on one PostgreSQL behind nginx, stopped, killed and upgraded under load, against one
[group('check')]
instances-check *args:
    .ci/with-postgres .ci/verify-instances "$@"

# Fuzzes a target of tests/fuzz for some seconds (needs cargo-fuzz)
[group('check')]
[script]
fuzz target seconds="60":
    cd tests/fuzz
    # Databases of runs that were cut off go with it.
    TMPDIR=$(mktemp -d)
    export TMPDIR
    trap 'rm -rf "$TMPDIR"' EXIT
    found=target/corpus/{{ quote(target) }}
    mkdir -p "$found"
    # No sanitizer: they look for what only unsafe code can do.
    cargo fuzz run --fuzz-dir . --sanitizer none {{ quote(target) }} "$found" corpus/{{ quote(target) }} -- \
        -dict=words.dict -max_len=4096 -timeout=20 -max_total_time={{ quote(seconds) }}

# Fails in CI if a recipe has changed or added files
[group('check')]
[script]
clean-tree:
    if [[ ${CI:-} != true ]]; then
        exit 0
    fi
    git diff --exit-code
    untracked=$(git ls-files --others --exclude-standard)
    if [[ -n $untracked ]]; then
        printf 'untracked files:\n%s\n' "$untracked" >&2
        exit 1
    fi

# Measures how much of the code the tests reach (needs cargo-llvm-cov)
[group('measure')]
coverage *args:
    cargo llvm-cov --workspace "$@"

# Runs all benchmarks (half an hour, with the builds)
[group('measure')]
bench: bench-hot bench-load

# Benchmarks the hot pieces; a name picks some
[group('measure')]
bench-hot *args:
    cargo bench --bench hot "$@"

# Measures a release build against what this machine can do at best, for docs/performance.md
[group('measure')]
bench-load *args:
    cargo build --release --locked
    cargo build --release --locked --package load
    mkdir -p docs/performance
    DURABLE=true .ci/with-postgres target/release/load run --binary target/release/countersign \
        --folder target/load --json docs/performance/results.json "$@"
    target/release/load render docs/performance/results.json docs/performance.md

# Measures whether the time of an answer tells which accounts there are (--samples N, --memory-kib N)
[group('measure')]
timing *args:
    cargo bench --bench timing -- "$@"

# Starts a PostgreSQL for development and prints its DATABASE_URL
[group('database')]
[script]
db-up:
    source .ci/postgres.sh
    bin=$(pg_find_bin)
    if [[ ! -e {{ quote(db_dir) }} ]]; then
        install -d -m 0700 -o "$(pg_user)" {{ quote(db_dir) }}
    fi
    if ! pg_exec test -e {{ quote(db_dir / "data/PG_VERSION") }}; then
        pg_init "$bin" {{ quote(db_dir / "data") }}
    fi
    if ! pg_exec "$bin/pg_ctl" -D {{ quote(db_dir / "data") }} status >/dev/null; then
        # A socket's path may be too long here, and nobody needs it.
        pg_exec "$bin/pg_ctl" -D {{ quote(db_dir / "data") }} -l {{ quote(db_dir / "log") }} -w \
            -o "-p {{ db_port }} -c listen_addresses=127.0.0.1 -c unix_socket_directories=" \
            start >/dev/null || { pg_exec cat {{ quote(db_dir / "log") }} >&2; exit 1; }
    fi
    echo "DATABASE_URL=postgres://postgres@127.0.0.1:{{ db_port }}/postgres"

# Stops the development PostgreSQL, keeping its data
[group('database')]
[script]
db-down:
    source .ci/postgres.sh
    pg_exec "$(pg_find_bin)/pg_ctl" -D {{ quote(db_dir / "data") }} -m fast -w stop

# Writes openapi.json anew
[group('generate')]
[script]
openapi:
    # A run that fails must not leave an empty or half-written openapi.json.
    trap 'rm -f openapi.json.new' EXIT
    cargo run --quiet -- openapi >openapi.json.new
    mv openapi.json.new openapi.json

# Writes config.toml, docs/configuration.md and docs/errors.md anew, from the code
[group('generate')]
docs:
    UPDATE_DOCS=1 cargo test --quiet --lib docs::

# Writes the generated code of the clients anew
[group('generate')]
clients:
    .ci/verify-clients --write

# Commits and tags a version, pushing nothing (just release VERSION, or --dry-run VERSION)
[group('release')]
release *args:
    .ci/release "$@"
