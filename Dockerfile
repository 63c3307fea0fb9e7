# Countersign as an image: the program, the C library it is linked with, and nothing that starts a shell.
#
#     docker build -t countersign .
#
# Tags of base images move. What is built for good names them by digest, as
# `docker buildx imagetools inspect IMAGE` prints it:
#
#     docker build -t countersign --build-arg SOURCE_DATE_EPOCH="$(git log -1 --format=%ct)" \
#         --build-arg RUST_IMAGE=docker.io/library/rust:1.95.0-slim-trixie@sha256:… \
#         --build-arg BASE_IMAGE=gcr.io/distroless/cc-debian13:nonroot@sha256:… .

# Both are Debian 13, so that the program finds the C library that it was linked with.
ARG RUST_IMAGE=docker.io/library/rust:1.95.0-slim-trixie
ARG BASE_IMAGE=gcr.io/distroless/cc-debian13:nonroot

FROM ${RUST_IMAGE} AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    cargo fetch --locked
# The C compiler of the image is all that is needed besides. Without a network, nothing gets in that
# Cargo.lock does not name.
ARG SOURCE_DATE_EPOCH=0
RUN --network=none \
    --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/src/target,sharing=locked \
    cargo build --release --locked --offline --bin countersign \
    && install -D target/release/countersign /out/countersign \
    && install -d -m 0700 /out/data

# Not musl: its allocator is slow, and this one costs a few megabytes. Not scratch: here are the C library, the
# certificates and the time zones, kept up to date by somebody.
FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="Countersign" \
      org.opencontainers.image.description="A self-hosted authentication service" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY LICENSE /usr/share/doc/countersign/LICENSE
COPY --from=build /out/countersign /usr/local/bin/countersign
COPY --from=build --chown=65532:65532 /out/data /data

# Only what a container needs. DATABASE_URL and secrets are not among them: set here, they could not be set by *_FILE
# any more. Nothing set here can be changed by a config.toml, only by other variables.
ENV ENVIRONMENT=prod \
    COUNTERSIGN__SERVER__LISTEN=0.0.0.0:8000 \
    COUNTERSIGN__LOG__DIRECTORY=""
# From here, the defaults sqlite://data/countersign.db and file://data/outbox are in /data, and config.toml
# is /config.toml.
WORKDIR /
USER 65532:65532
VOLUME ["/data"]
EXPOSE 8000
# Longer than the five seconds that `health` waits.
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s --retries=3 \
    CMD ["/usr/local/bin/countersign", "health"]
ENTRYPOINT ["/usr/local/bin/countersign"]
