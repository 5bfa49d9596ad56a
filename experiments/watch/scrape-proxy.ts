import { Registry } from 'prom-client'
import type { Session } from '../../lab/processes/session.ts'
import { handlerOf } from '../../server/handler.ts'
import { RunBoard } from './run-board.ts'

const answerMsMax = 900

/** Answers requests that are not for metrics. */
type Control = (request: Request, board: RunBoard) => Promise<Response> | Response

/**
 * The one address that Prometheus knows of a session. Arms come and go with every block, and
 * Prometheus takes up to ten seconds to notice a new target: so `/scrape/<instance>` forwards to
 * the process that has this name at the time, and answers 503 if there is none.
 */
export class ScrapeProxy {
  readonly #registry = new Registry()
  readonly #targets = new Map<string, string>()
  readonly #scraped = Promise.withResolvers<void>()
  readonly #control: Control
  readonly #server: Bun.Server<undefined>
  /** The metrics of runs and blocks, at `/metrics`. */
  readonly board = new RunBoard(this.#registry)

  /** A proxy that ends with the session. */
  static open(session: Session, control?: Control): ScrapeProxy {
    const proxy = new ScrapeProxy(control)
    session.add({ name: 'scrape proxy', stop: () => proxy.stop() })
    return proxy
  }

  /** Serves on a free loopback port. */
  constructor(control: Control = notFound) {
    this.#control = control
    this.#server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      maxRequestBodySize: 64 * 1024,
      fetch: handlerOf((request) => this.#answer(request)),
    })
  }

  /** `127.0.0.1:<port>` */
  get address(): string {
    return `127.0.0.1:${this.#server.port}`
  }

  get url(): string {
    return `http://${this.address}`
  }

  /** Settles at the first scrape of `/metrics`. */
  get firstScrape(): Promise<void> {
    return this.#scraped.promise
  }

  /** @param url of the instance's metrics; null if there is no such process any more */
  expose(instance: string, url: string | null): void {
    if (url === null) this.#targets.delete(instance)
    else this.#targets.set(instance, url)
  }

  stop(): Promise<void> {
    return this.#server.stop(true)
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/metrics') {
      this.#scraped.resolve()
      const headers = { 'content-type': this.#registry.contentType }
      return new Response(await this.#registry.metrics(), { headers })
    }
    const instance = /^\/scrape\/([\w-]+)$/.exec(pathname)?.[1]
    return instance === undefined
      ? this.#control(request, this.board)
      : forward(this.#targets.get(instance))
  }
}

async function forward(url: string | undefined): Promise<Response> {
  if (url === undefined) return new Response('no target for this instance', { status: 503 })
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(answerMsMax) })
    const headers = { 'content-type': answer.headers.get('content-type') ?? 'text/plain' }
    return new Response(await answer.bytes(), { status: answer.status, headers })
  } catch {
    return new Response('the target does not answer', { status: 502 })
  }
}

function notFound(): Response {
  return new Response('not found', { status: 404 })
}
