import { Database } from 'bun:sqlite'
import type { Hono } from 'hono'
import { type BankOptions, createBankApp } from '../bank/app.ts'
import { createLedger, type Ledger } from '../bank/ledger.ts'
import { createPartners, type Partners } from '../bank/partners.ts'
import { type BankClient, createBankClient } from '../clients/bank-client.ts'
import { createBreaker } from '../clients/breaker.ts'
import { createPartnersClient, type PartnersClient } from '../clients/partners-client.ts'

/**
 * `lost` = it happened, the answer never came; `vanished` = the request never came; `refused` = no
 * connection was made.
 */
export type Loss = 'lost' | 'vanished' | 'refused' | undefined

/** The real bank and its real client, joined without sockets: what gets lost is up to the test. */
export interface PretendBank {
  ledger: Ledger
  partners: Partners
  client: BankClient
  partnersClient: PartnersClient
  /** Asked before each call of the client, as in `POST /v1/charges`; it waits for the answer. */
  loses(call: string): Loss | Promise<Loss>
  /** Empties the ledgers and loses nothing any more. */
  reset(): void
  /** Serves the same bank over a socket, for what cannot do without. */
  serve(): { url: string; stop(): Promise<void> }
}

/** The bank's own app on empty ledgers in memory; it takes no time unless `options` say so. */
export function bankInMemory(options: Partial<BankOptions> = {}) {
  const database = new Database(':memory:')
  const [ledger, partners] = [createLedger(database), createPartners(database)]
  const usual = { ledger, partners, latencyMs: 0, partnersLatencyMs: 0, seed: 1 }
  return { app: createBankApp({ ...usual, ...options }), ledger, partners }
}

export function createPretendBank(): PretendBank {
  const { app, ledger, partners } = bankInMemory()
  const url = 'http://bank.test'
  const bank: PretendBank = {
    ledger,
    partners,
    client: createBankClient({
      url,
      // What one test loses must not count in the next.
      breaker: createBreaker({ failuresMax: Number.POSITIVE_INFINITY }),
      send: (to, init) => deliver(app, bank, to, init),
    }),
    partnersClient: createPartnersClient({ url, send: async (to, init) => app.request(to, init) }),
    loses: () => undefined,
    reset() {
      ledger.clear()
      partners.clear()
      for (const sink of ['data-platform', 'messages', 'slack'] as const) {
        partners.setFailure(sink, 0)
      }
      bank.loses = () => undefined
    },
    serve() {
      const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: app.fetch })
      return { url: server.url.href, stop: () => server.stop(true) }
    },
  }
  return bank
}

async function deliver(
  app: Hono,
  bank: PretendBank,
  to: string,
  init: RequestInit,
): Promise<Response> {
  const path = new URL(to).pathname.replace(/\/[0-9a-f]{32}/, '')
  const loss = await bank.loses(`${init.method ?? 'GET'} ${path}`)
  if (loss === 'refused') throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
  if (loss === 'vanished') throw new Error('the connection was lost')
  const answer = await app.request(to, init)
  if (loss === 'lost') throw new Error('the answer was lost')
  return answer
}
