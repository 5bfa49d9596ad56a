import type { OpenAPIHono } from '@hono/zod-openapi'
import { completeDocument } from './openapi.ts'

const directory = new URL('.', import.meta.resolve('swagger-ui-dist/package.json'))

/** Files of Swagger UI, served from the installed package: the page works offline. */
const assets: Record<string, string> = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
}

const start = `SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#reference', validatorUrl: null, deepLinking: true,
})`

const page = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Stampede API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<main id="reference"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>`

/** Nothing from elsewhere, no frame around it: the page can send real orders. */
const pageHeaders = {
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}

const information = {
  openapi: '3.1.0',
  info: {
    title: 'Stampede shop',
    version: '1',
    description:
      'An order-to-payment flow. No customer authenticates: it is a laboratory. Besides what ' +
      'each operation lists, any request may be refused as HTTP with 400, 403, 412, 417 or 501.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/', description: 'The process that serves this document' }],
}

/** `/openapi.json` from the routes' own schemas, and `/docs`, a page to browse and try it. */
export function mountReference(app: OpenAPIHono): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'The token of this process, `CHAOS_TOKEN`.',
  })
  let document: ReturnType<typeof completeDocument> | undefined
  app.get('/openapi.json', (c) => {
    document ??= completeDocument(app.getOpenAPI31Document(information))
    return c.json(document)
  })
  app.get('/docs', (c) => c.html(page, 200, pageHeaders))
  app.get('/docs/start.js', (c) => c.body(start, 200, { 'content-type': 'text/javascript' }))
  // Literal paths: one parameter beside them would turn Hono's fast router off for every route.
  for (const [name, type] of Object.entries(assets)) {
    const headers = { 'content-type': type, 'cache-control': 'max-age=3600' }
    app.get(`/docs/${name}`, () => new Response(Bun.file(new URL(name, directory)), { headers }))
  }
}
