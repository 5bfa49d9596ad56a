# One image for every process of the shop: which one, the command says (docker-compose.yml).
FROM oven/bun:1.4.5-slim AS packages
WORKDIR /stampede
# Apart from the sources, so that a changed line does not fetch the packages again.
COPY package.json bun.lock bunfig.toml ./
RUN bun install --frozen-lockfile --production --ignore-scripts --no-progress

FROM oven/bun:1.4.5-slim
WORKDIR /stampede
ENV NODE_ENV=production \
    STAMPEDE_HOST=0.0.0.0 \
    STAMPEDE_PORT=4000 \
    STAMPEDE_ALLOWED_HOSTS=board-before,board-after,api-before,api-after,api-replica,worker-before,worker-after,tickets-before,tickets-after,bank-before,bank-after,coupon-gateway-before,coupon-gateway-after \
    BUN_RUNTIME_TRANSPILER_CACHE_PATH=0
# A new named volume takes its owner from here.
RUN mkdir /data && chown bun:bun /data
COPY --from=packages /stampede/node_modules node_modules
# The files of a checkout under umask 077 are its owner's alone, and this user is another.
COPY --chmod=755 package.json ./
COPY --chmod=755 deploy/healthcheck.ts deploy/
COPY --chmod=755 chaos chaos
COPY --chmod=755 server server
USER bun
EXPOSE 4000
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --start-interval=1s --retries=3 \
  CMD ["bun", "deploy/healthcheck.ts", "/healthz"]
CMD ["bun", "server/main.ts"]
