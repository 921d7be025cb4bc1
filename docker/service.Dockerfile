# syntax=docker/dockerfile:1
# One image per app, one file for all: docker build -f docker/service.Dockerfile --build-arg APP=orders -t lethe/orders .
# Bases are pinned by tag here; hand in NODE and BASE by digest where images are released.
ARG NODE=node:24.21.0-bookworm-slim
# The C library that Node needs, a user that owns nothing; no shell, no package manager.
ARG BASE=gcr.io/distroless/cc-debian12:nonroot

# The whole workspace, built. Also the image of the emulators and one-off tools of compose.yaml.
FROM ${NODE} AS workspace
WORKDIR /lethe
ENV NX_DAEMON=false CI=true
COPY . .
# Without install scripts: the image brings Node, and no embedded PostgreSQL is run here.
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund
RUN node node_modules/nx/dist/bin/nx.js run-many -t build --output-style=static

# The programs of one app with everything they import, and nothing else.
FROM workspace AS bundle
ARG APP
RUN node tools/images/dist/main.js "${APP}" /bundle && cp docker/healthcheck.mjs /bundle/

FROM ${BASE}
COPY --from=workspace /usr/local/bin/node /usr/local/bin/node
COPY --from=bundle /bundle /app
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
USER 65532:65532
EXPOSE 3000
# Node is process 1 and gets SIGTERM itself, which drains the replica; give it longer than DRAIN_TIMEOUT_MS.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["/usr/local/bin/node", "/app/healthcheck.mjs"]
ENTRYPOINT ["/usr/local/bin/node"]
CMD ["main.mjs"]
