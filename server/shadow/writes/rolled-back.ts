import type { Connections } from '../../db/connections.ts'
import { HeldTooLong, openHeldTransactions } from '../../db/held-transaction.ts'
import { defaultLimits } from '../../db/pool.ts'
import type { Design } from '../../designs/design.ts'
import type { Effects, OrderPaid } from '../../designs/effects/effects.ts'
import type { FlowCtx } from '../../designs/flow-ctx.ts'
import type { Ids } from '../../designs/ids/ids.ts'
import type { OpenedOptions } from '../../designs/opened-options.ts'
import { Problem, type ProblemCode } from '../../errors.ts'
import { Dropped, type ShadowJob, type ShadowRun, type ShadowWay, TimedOut } from '../shadows.ts'
import { lockWaits } from './lock-waits.ts'
import { pretended } from './pretended.ts'
import { openShadowOptions, type WriteSettings } from './shadow-services.ts'
import { changedSince, touchedOf } from './shadow-writes.ts'
import type { TouchedRows } from './touched-rows.ts'
import { undoneChanges } from './undone-changes.ts'

/** Customers wait for a lock up to 3 s: one run, and its own wait for a lock, are over by then. */
const heldMsMax = 1000
const limits = {
  ...defaultLimits,
  connections: 1,
  queueLimit: 8,
  lockWaitTimeoutSeconds: 1,
  statementTimeoutSeconds: 1,
  answerTimeoutMs: 3000,
}

/** Ids of runs: far above all that the shop's own sources give, a million apart. */
const idsFrom = 2n ** 62n
const runsMax = 2n ** 40n
const idsOfRun = 2n ** 20n

/**
 * Runs requests that write again on the shop's own tables, each in a transaction that is rolled
 * back.
 * in: an answered request · out: its answer and the data that it would have left, as one answer ·
 * What leaves the transaction is pretended: bank and partners as on shadow tables, ids are counted,
 * events are kept · leaves open: customers wait for its row locks, up to two seconds.
 * @param reading reads the shop's rows, without a lock
 */
export function openRolledBack(
  settings: WriteSettings,
  reading: Connections,
): ShadowWay & { options: OpenedOptions; close(): Promise<void> } {
  const transactions = openHeldTransactions(settings.DATABASE_URL, limits)
  const outside = pretended()
  const databases = { connections: reading, side: reading }
  const { options, close } = openShadowOptions(settings, databases, outside)
  const touched = new WeakMap<ShadowJob, TouchedRows>()
  const looks = lockWaits(reading)

  const run = async (job: ShadowJob, design: Design): Promise<ShadowRun> => {
    const served = await job.served()
    const waitersFor = await looks()
    const work = transactions.run(async (held) => {
      outside.begin(served, idsBefore(job))
      const shadowKey = keyOf(job)
      const events: OrderPaid[] = []
      const own = options.ctx(design, job.route)
      const { connections } = held
      const { status, body } = await job.run({ ...inside(own, events), connections, shadowKey })
      const changes = await undoneChanges(held, touched.get(job) ?? {}, shadowKey)
      const blocked = await waitersFor(held.session)
      const whole = { answer: JSON.parse(body), ...changes, outbox: events }
      return { status, body: JSON.stringify(whole), ...(blocked === undefined ? {} : { blocked }) }
    }, heldMsMax)
    return await work.catch(givenWay)
  }

  return {
    options,
    ready: async () => {},
    run,
    async first(job) {
      touched.set(job, await touchedOf(reading, job))
      const answer = await run(job, job.design)
      return { answer, natural: changedSince(await job.served(), answer) }
    },
    async close() {
      await close()
      await transactions.close()
    },
  }
}

const taken: readonly ProblemCode[] = ['lock-contention', 'pool-exhausted']

/** A customer has the lock that the run wanted, or another run the connection. */
function givenWay(error: unknown): never {
  if (error instanceof HeldTooLong) throw new TimedOut()
  const isTaken = error instanceof Problem && taken.includes(error.code)
  if (isTaken) throw new Dropped()
  throw error
}

/** The context of a flow that draws no id and sends no event. */
function inside(ctx: FlowCtx, events: OrderPaid[]): FlowCtx {
  const ids: Ids = {
    take: async ({ tickets }, _db, sequence, count) => await tickets.take(sequence, count),
  }
  const effects: Effects = {
    async publish(_ctx, _db, paid) {
      events.push(...paid)
    },
  }
  return { ...ctx, design: { ...ctx.design, ids, effects } }
}

const hashOf = (job: ShadowJob): string =>
  new Bun.CryptoHasher('sha256').update(`${job.shadow.axis} ${job.requestId}`).digest('hex')

/** No client may send a slash in a key, and the order has its own key already. */
const keyOf = (job: ShadowJob): string => `shadow/${hashOf(job).slice(0, 32)}`

const idsBefore = (job: ShadowJob): bigint =>
  idsFrom + (BigInt(`0x${hashOf(job).slice(0, 16)}`) % runsMax) * idsOfRun
