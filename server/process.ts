import { withDeadline } from './deadline.ts'
import { listenEnvironment, readEnvironment } from './environment.ts'
import { handlerOf } from './handler.ts'
import { log } from './log.ts'
import { keepLoopbackDirect } from './loopback.ts'

/** In-flight requests get this long after a stop signal; so does `onDrain`. */
const drainMs = 10_000
/** Above the bound of each process's own, so that a body too large is answered in words. */
const bodyBytesMax = 1024 * 1024

export interface ServeOptions {
  /** Names the process in its log lines. */
  name: string
  /** 0 takes a free one. */
  port: number
  fetch(request: Request, server: Bun.Server<undefined>): Response | Promise<Response>
  /** Runs at the first signal, before waiting for requests: be not ready, let go of held ones. */
  onStop?(): void
  /** Runs once no request is in flight: close pools and files. */
  onDrain?(): void | Promise<void>
  /** Idle seconds before Bun cuts a connection, running handlers included (Bun's own: 10). */
  idleTimeoutSeconds?: number
}

/** Prints why a process cannot start (a message, no stack) and exits with code 1. */
export function failStart(name: string, error: unknown): never {
  log(`${name}: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}

/**
 * Serves those who may call on 127.0.0.1 (or on STAMPEDE_HOST), prints `{"listening":PORT}` once
 * ready, and drains on SIGTERM or SIGINT: no new connections, requests in flight finish (10 s at
 * most), `onDrain`, exit 0. A second signal exits with code 1 at once, and so does an `onDrain`
 * that fails or takes over 10 s.
 */
export function serveUntilSignal(options: ServeOptions): { port: number } {
  keepLoopbackDirect()
  const server = listen(options)
  let stopping = false
  const stop = (signal: string) => {
    if (stopping) process.exit(1)
    stopping = true
    log(`${options.name}: ${signal}, draining`)
    drain(options, server).then(
      () => process.exit(0),
      (error) => failStart(options.name, error),
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  const port = server.port ?? options.port
  process.stdout.write(`${JSON.stringify({ listening: port })}\n`)
  return { port }
}

function listen(options: ServeOptions): Bun.Server<undefined> {
  const { STAMPEDE_HOST: hostname, STAMPEDE_ALLOWED_HOSTS } = readEnvironment(listenEnvironment)
  try {
    return Bun.serve({
      hostname,
      port: options.port,
      fetch: handlerOf(options.fetch, STAMPEDE_ALLOWED_HOSTS),
      idleTimeout: options.idleTimeoutSeconds ?? 30,
      maxRequestBodySize: bodyBytesMax,
    })
  } catch (error) {
    return failStart(options.name, error)
  }
}

async function drain(options: ServeOptions, server: Bun.Server<undefined>): Promise<void> {
  options.onStop?.()
  await withDeadline(server.stop(), drainMs, () => {
    log(`${options.name}: cut ${server.pendingRequests} requests still in flight`)
    return server.stop(true)
  })
  await withDeadline(Promise.resolve(options.onDrain?.()), drainMs, () => {
    throw new Error('draining took too long')
  })
}
