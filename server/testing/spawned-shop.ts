import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type SpawnedProcess, spawnProcess } from '../spawn-process.ts'
import { tokenForTest } from './app-for-test.ts'

type Name = 'server' | 'replica' | 'worker' | 'tickets' | 'bank' | 'gateway'

const entries: Record<Name, string> = {
  server: 'main.ts',
  replica: 'main.ts',
  worker: 'worker/main.ts',
  tickets: 'tickets/main.ts',
  bank: 'bank/main.ts',
  gateway: 'coupon-gateway/main.ts',
}

export type SpawnedShop = Awaited<ReturnType<typeof startShop>>

/**
 * Starts the whole shop as processes of its own, on free ports: ticket server and bank, then API
 * server and worker on the schema. A second API server, the replica, and the coupon gateway are
 * started by name.
 * @param design of requests that ask for no other
 * @param serverUrl the same schema, as the first API server is to reach it
 */
export async function startShop(databaseUrl: string, design = 'after', serverUrl = databaseUrl) {
  const folder = mkdtempSync(join(tmpdir(), 'stampede-shop-'))
  const running = new Map<Name, SpawnedProcess>()
  const url = (name: Name) => running.get(name)?.url ?? ''

  const settings: Record<Name, () => Record<string, string>> = {
    tickets: () => ({ DATABASE_URL: databaseUrl, ...atItsPort('tickets') }),
    bank: () => ({
      BANK_FILE: join(folder, 'bank.sqlite'),
      BANK_LATENCY_MS: '20',
      BANK_MAY_FORGET: 'on',
    }),
    server: () => ({ ...api(), DATABASE_URL: serverUrl }),
    replica: () => api(),
    gateway: () => ({ ISSUER_URL: url('server') }),
    worker: () => ({ ...shared(), SLACK_WEBHOOK_URL: `${url('bank')}/partners/slack` }),
  }
  /** Those that have its address find it there again. */
  const atItsPort = (name: Name) =>
    running.has(name) ? { STAMPEDE_PORT: new URL(url(name)).port } : {}
  const api = () => ({ ...shared(), STAMPEDE_REHEARSAL: 'on', CHAOS_TOKEN: tokenForTest })
  function shared() {
    return {
      DATABASE_URL: databaseUrl,
      STAMPEDE_DESIGN: design,
      REDIS_URL: Bun.env.TEST_REDIS_URL ?? '',
      TICKETS_URL: url('tickets'),
      BANK_URL: url('bank'),
    }
  }

  async function start(name: Name): Promise<void> {
    const entry = resolve(import.meta.dir, '..', entries[name])
    running.set(name, await spawnProcess(entry, settings[name]()))
  }

  await Promise.all([start('tickets'), start('bank')])
  await Promise.all([start('server'), start('worker')])
  return {
    url,
    /** Starts a process again, with the same ledgers and the same database. */
    start,
    /** kill -9; resolves once the process is gone. */
    async kill(name: Name) {
      running.get(name)?.kill('SIGKILL')
      await running.get(name)?.exited
    },
    /** Asks it to stop; resolves with its exit code once it has drained. */
    async drain(name: Name) {
      running.get(name)?.kill('SIGTERM')
      return (await running.get(name)?.exited) ?? null
    },
    async stop() {
      for (const child of running.values()) child.kill('SIGKILL')
      await Promise.all([...running.values()].map(({ exited }) => exited))
      rmSync(folder, { recursive: true })
    },
  }
}
