# syntax=docker/dockerfile:1
# One image per app, one file for all:
#
#   docker build -f docker/service.Dockerfile --build-arg APP=orders --build-arg SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) -t lethe/orders .
#
# Bases are pinned by the digest of their index of all platforms; the tags beside them say what they are. docs/adr/0044.
ARG NODE=node:24.21.0-bookworm-slim@sha256:2fe369e969550cde8e867afc3fe370b260140cab4a23d467074295b42163d553
# The C library that Node needs, certificates, a user that owns nothing; no shell, no package manager.
ARG BASE=gcr.io/distroless/cc-debian12:nonroot@sha256:9dac0a79194e45a7da0158a9c6da57b217585af0786db3845d1f0ec1a0dd182f

FROM ${NODE} AS node

# The whole workspace, built. Also the image of the emulators and one-off tools of compose.yaml.
FROM node AS workspace
WORKDIR /lethe
ENV NX_DAEMON=false CI=true
COPY . .
# Without install scripts: the image brings Node, and no embedded PostgreSQL is run here.
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund
RUN node node_modules/nx/dist/bin/nx.js run-many -t build --output-style=static

# The programs of one app with everything they import, and nothing else; the same bytes for the same commit.
FROM workspace AS bundle
ARG APP
ARG SOURCE_DATE_EPOCH=0
RUN node tools/images/dist/main.js "${APP}" /bundle

FROM ${BASE} AS image
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=bundle /bundle /app
WORKDIR /app
# HOME, for clients of AWS that look for files there: whatever knows the user by name or not, it is there and has none.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 HOME=/app
USER 65532:65532
EXPOSE 3000
# Node is process 1 and gets SIGTERM itself, which drains the replica; give it longer than DRAIN_TIMEOUT_MS.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["/usr/local/bin/node", "/app/healthcheck.mjs"]
ENTRYPOINT ["/usr/local/bin/node"]
CMD ["main.mjs"]

# `--target compiled`: with what Node compiles at a start, for starts that are quicker by a fifth. Its last layer is not the
# same bytes twice, since V8 does not write the same bytes twice; all others are.
FROM image AS compiling
COPY docker/compile.mjs /app/
RUN ["/usr/local/bin/node", "compile.mjs", "/tmp/compiled", "/app/main.mjs"]

FROM image AS compiled
# Owned by root, like all of the image: it is read, and never written to.
COPY --from=compiling --chown=0:0 /tmp/compiled /app/compiled
ENV NODE_COMPILE_CACHE=/app/compiled

FROM image AS service
