# syntax=docker/dockerfile:1
# One image per app, one file for all: docker build -f docker/service.Dockerfile --build-arg APP=orders -t lethe/orders .
# The base is pinned by tag; pin it by digest where the image is released.
ARG NODE=node:24.21.0-bookworm-slim

# The whole workspace, built. Also the image of the emulators and one-off tools of compose.yaml.
FROM ${NODE} AS workspace
WORKDIR /lethe
ENV NX_DAEMON=false CI=true
COPY . .
# Without install scripts: the image brings Node, and no embedded PostgreSQL is run here.
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund
RUN node node_modules/nx/dist/bin/nx.js run-many -t build --output-style=static

# What one app needs at run time, and nothing that only builds or tests it.
FROM workspace AS production
ARG APP
RUN test -n "${APP}" && test -f "apps/${APP}/dist/main.js"
RUN --mount=type=cache,target=/root/.npm rm -rf node_modules \
  && npm ci --ignore-scripts --omit=dev --no-audit --no-fund --workspace "apps/${APP}" \
  && find libs apps -path '*/node_modules' -prune -o -type d \( -name src -o -name test \) -print | xargs rm -rf

FROM ${NODE}
ARG APP
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /lethe/apps/${APP}
COPY --from=production /lethe/node_modules /lethe/node_modules
COPY --from=production /lethe/libs /lethe/libs
COPY --from=production /lethe/apps/${APP} .
USER node
EXPOSE 3000
# SIGTERM drains the replica; give it longer than DRAIN_TIMEOUT_MS (ECS: stopTimeout, compose: stop_grace_period).
STOPSIGNAL SIGTERM
CMD ["node", "--enable-source-maps", "dist/main.js"]
