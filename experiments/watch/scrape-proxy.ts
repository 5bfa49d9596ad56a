import { Registry } from 'prom-client'
import { RunBoard } from './run-board.ts'

/**
 * The one address that Prometheus knows of a session. Arms come and go with every block, and
 * Prometheus takes up to ten seconds to notice a new target: so `/scrape/<instance>` passes the
 * question on to whoever is that instance now, and answers 503 while there is none.
 */
export interface ScrapeProxy {
  /** `127.0.0.1:<port>` */
  address: string
  url: string
  board: RunBoard
  /** Settles when Prometheus has asked for the first time. */
  firstScrape: Promise<void>
  /** @param url where the instance's metrics are; null = it is gone */
  expose(instance: string, url: string | null): void
  stop(): Promise<void>
}

const answerMsMax = 900

/**
 * Serves on a free loopback port.
 * @param control answers what is not a question for metrics (the spikes of `up`)
 */
export function startScrapeProxy(
  control: (request: Request, board: RunBoard) => Promise<Response> | Response = notFound,
): ScrapeProxy {
  const registry = new Registry()
  const board = new RunBoard(registry)
  const instances = new Map<string, string>()
  const { promise: firstScrape, resolve: scraped } = Promise.withResolvers<void>()
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    maxRequestBodySize: 64 * 1024,
    async fetch(request) {
      const { pathname } = new URL(request.url)
      if (pathname === '/metrics') {
        scraped()
        const headers = { 'content-type': registry.contentType }
        return new Response(await registry.metrics(), { headers })
      }
      const instance = /^\/scrape\/([\w-]+)$/.exec(pathname)?.[1]
      if (instance === undefined) return control(request, board)
      return passOn(instances.get(instance))
    },
  })
  const address = `127.0.0.1:${server.port}`
  return {
    address,
    url: `http://${address}`,
    board,
    firstScrape,
    expose(instance, url) {
      if (url === null) instances.delete(instance)
      else instances.set(instance, url)
    },
    stop: () => server.stop(true),
  }
}

async function passOn(url: string | undefined): Promise<Response> {
  if (url === undefined) return new Response('nobody is this instance now', { status: 503 })
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(answerMsMax) })
    const type = answer.headers.get('content-type') ?? 'text/plain'
    return new Response(await answer.bytes(), {
      status: answer.status,
      headers: { 'content-type': type },
    })
  } catch {
    return new Response('it does not answer', { status: 502 })
  }
}

function notFound(): Response {
  return new Response('not found', { status: 404 })
}
