/**
 * Stands in for Grafana: reports how it was started at /api/health, and listens where its
 * environment says. In the language `broken` it ends at once.
 */
if (process.env.LANG === 'broken') {
  console.error('cannot open its database')
  process.exit(3)
}
Bun.serve({
  hostname: process.env.GF_SERVER_HTTP_ADDR ?? '0.0.0.0',
  port: Number(process.env.GF_SERVER_HTTP_PORT),
  routes: {
    '/api/health': () =>
      Response.json({
        pid: process.pid,
        arguments: process.argv.slice(2),
        environment: process.env,
      }),
  },
})
