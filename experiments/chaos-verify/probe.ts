import { createConnection, type RowDataPacket } from 'mysql2/promise'
import type { PrivateArm } from '../run/arm.ts'
import { addToCart, answerMsMax, call, payByCard } from './requests.ts'

/** How one fault is seen to bite, from outside the processes that it acts in. */
export interface Probe {
  fault: string
  /** In words: what a sample is. */
  measures: string
  settings: object
  /** What a bite should add to a sample. */
  asked: number
  unit: 'ms' | '%'
  /** Samples within a round without a bite are few and short; only long ones are bites. */
  isInRounds?: true
  open(arm: PrivateArm): Promise<Sampler>
}

export interface Sampler {
  /** One figure in the probe's unit. @throws Error where the shop does not answer as it should */
  sample(): Promise<number>
  close(): Promise<void>
}

/** A sampler that times something. */
const timing = (work: () => Promise<unknown>, close = async () => {}): Sampler => ({
  async sample() {
    const startedMs = performance.now()
    await work()
    return performance.now() - startedMs
  },
  close,
})

/** A statement on a connection of its own, again and again. */
async function onConnection({ databaseUrl }: PrivateArm, statement: string): Promise<Sampler> {
  const connection = await createConnection({ uri: databaseUrl, connectTimeout: 2000 })
  const work = () => connection.query<RowDataPacket[]>({ sql: statement, timeout: answerMsMax })
  return timing(work, async () => connection.destroy())
}

const whole = { measures: 'time of GET /designs', unit: 'ms' } as const
const cart = { measures: 'time of a write to a cart', unit: 'ms' } as const
const readDesigns = async ({ api }: PrivateArm) => timing(() => call(`${api.url}/designs`))
const writeCart = async (arm: PrivateArm) => timing(() => addToCart(arm))

/** One for each fault whose bite has a size; the others are counted by their tests. */
export const probes: readonly Probe[] = [
  {
    ...{ fault: 'slow-answers', ...whole, asked: 30 },
    settings: { latencyMs: 30, target: { process: 'api' } },
    open: readDesigns,
  },
  {
    ...{ fault: 'event-loop-blocked', ...whole, asked: 20 },
    settings: { blockMs: 20, target: { process: 'api' } },
    open: readDesigns,
  },
  {
    ...{ fault: 'slow-query', ...cart, asked: 30 },
    settings: { latencyMs: 30, target: { point: 'cart.item.added' } },
    open: writeCart,
  },
  {
    ...{ fault: 'slow-commit', ...cart, asked: 30 },
    settings: { latencyMs: 30, target: { process: 'api' } },
    open: writeCart,
  },
  {
    ...{ fault: 'bank', measures: 'time of a payment by card', asked: 60, unit: 'ms' },
    settings: { latencyMs: 60, target: { process: 'api' } },
    open: async (arm) => ({ sample: () => payByCard(arm), close: async () => {} }),
  },
  {
    ...{ fault: 'network-latency', measures: 'time of a payment by card', asked: 40, unit: 'ms' },
    settings: { server: 'bank', latencyMs: 40, direction: 'answers' },
    open: async (arm) => ({ sample: () => payByCard(arm), close: async () => {} }),
  },
  {
    ...{ fault: 'read-only', measures: 'share of refused writes to a cart', asked: 100, unit: '%' },
    settings: { target: { process: 'api' } },
    open: async (arm) => ({
      async sample() {
        const { response } = await addToCart(arm, [201, 503])
        return response.status === 503 ? 100 : 0
      },
      close: async () => {},
    }),
  },
  {
    ...{ fault: 'retry-storm', measures: 'time-out that is announced to clients', asked: 400 },
    ...{ unit: 'ms', settings: { timeoutMs: 400 } },
    open: async ({ api }) => ({
      async sample() {
        const { response } = await call(`${api.url}/healthz`)
        const policy = response.headers.get('x-client-policy') ?? ''
        return Number(/timeout-ms=(\d+)/.exec(policy)?.[1] ?? 0)
      },
      close: async () => {},
    }),
  },
  {
    ...{ fault: 'lock-hold', measures: 'wait for the row of an item', asked: 100, unit: 'ms' },
    ...{ isInRounds: true, settings: { rows: 4, holdMs: 100, pauseMs: 20 } },
    open: (arm) => onConnection(arm, 'select id from product_options where id = 1 for update'),
  },
  {
    ...{ fault: 'metadata-lock', measures: 'wait of a reader for the table', asked: 100 },
    ...{ unit: 'ms', isInRounds: true },
    settings: { table: 'payments', holdMs: 100, pauseMs: 20 },
    open: (arm) => onConnection(arm, 'select id from payments limit 1'),
  },
]

/** The faults whose bite is measured. */
export const measuredFaults = probes.map(({ fault }) => fault)
