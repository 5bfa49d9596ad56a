import { atOnce } from '../../../at-once.ts'
import { Problem } from '../../../errors.ts'
import { logError } from '../../../log.ts'
import { parseDesign } from '../../design.ts'
import type { OpenedOptions } from '../../opened-options.ts'
import type { Flow } from '../transaction.ts'
import { planOf, recover, type SagaPlan } from './recover.ts'
import { claimOn, claimSaga, dueSagas, putOff, releaseSaga, type Saga } from './sagas.ts'

/** Rebuilds a flow from what its saga row records. */
export type FlowOf = (kind: string, state: object) => Flow<object>

const batch = 200
const atOnceMax = 8
/** A turn begins nothing more after so long: what fell due meanwhile comes before the rest. */
const lookMsMax = 5000
const askMsMax = 5000
/** Pause of sagas that a turn has no time for, or does not ask a silent bank about. */
const putOffMs = 1000
/** Pause before a saga is tried again, doubling up to the longest. */
const retryMs = 500
const retryMsMax = 300_000
/** The longest where the cause passes: a silent bank, a lock, a database that was away. */
const passingRetryMsMax = 5000
/** After so many tries a person has to look. It is tried all the same. */
export const stuckAttempts = 10

export interface Recovered {
  /** Sagas brought to an end. */
  ended: number
  /** Sagas that were tried, or put off, and left for later. */
  left: number
}

interface Waiting {
  saga: Saga
  plan: SagaPlan
}

interface Turn extends Recovered {
  options: OpenedOptions
  flowOf: FlowOf
  /** Those that can end only once the outside has answered. */
  outside: Waiting[]
  isSilent: boolean
}

/**
 * One turn of the recovery loop: finishes or undoes sagas whose process died or gave up. Sagas
 * that need the database alone go first. The others follow until the outside is silent once: the
 * rest is put off, so that no saga waits behind a bank that does not answer.
 */
export async function recoverSagas(options: OpenedOptions, flowOf: FlowOf): Promise<Recovered> {
  const { connections } = options.services
  const turn: Turn = { ended: 0, left: 0, options, flowOf, outside: [], isSilent: false }
  const due = await dueSagas(connections, batch)
  await atOnce(due, atOnceMax, (id) => look(turn, id), timeFor(lookMsMax))
  const hasTime = timeFor(askMsMax)
  const rest = await atOnce(
    turn.outside,
    atOnceMax,
    (waiting) => ask(turn, waiting),
    () => hasTime() && !turn.isSilent,
  )
  await putOff(
    connections,
    rest.map(({ saga }) => saga),
    putOffMs,
  )
  return { ended: turn.ended, left: turn.left + rest.length }
}

function timeFor(forMs: number): () => boolean {
  const endsAtMs = performance.now() + forMs
  return () => performance.now() < endsAtMs
}

/** Ends a saga, or keeps it for when the outside is asked. */
async function look(turn: Turn, id: number): Promise<void> {
  const { options, flowOf } = turn
  const saga = await claimSaga(options.services.connections, id).catch(() => undefined)
  if (!saga) return
  await attempt(turn, saga, async () => {
    const ctx = options.ctx(parseDesign(saga.design), 'recovery')
    const plan = await planOf(ctx, flowOf, saga)
    if (plan.asksOutside) turn.outside.push({ saga, plan })
    else await end(turn, plan)
  })
}

/** Its turn may come when its lease is nearly over: one that another process has is left alone. */
async function ask(turn: Turn, { saga, plan }: Waiting): Promise<void> {
  const { connections } = turn.options.services
  await attempt(turn, saga, async () => {
    if (!(await claimOn(connections, saga))) return
    plan.run.leasedAtMs = performance.now()
    await end(turn, plan)
  })
}

async function end(turn: Turn, plan: SagaPlan): Promise<void> {
  await recover(plan)
  turn.ended += 1
}

/** Where it fails, the saga is released for later: it holds up no other. */
async function attempt(turn: Turn, saga: Saga, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    turn.left += 1
    turn.isSilent ||= error instanceof Problem && error.code === 'bank-unknown'
    if (!(error instanceof Problem)) logError(`recovery of saga ${saga.id}`, error)
    const pauseMs = Math.min(retryMs * 2 ** (saga.attempts - 1), longestPauseMs(error))
    // Where that fails too, its lease runs out.
    await releaseSaga(turn.options.services.connections, saga, pauseMs).catch(() => {})
  }
}

function longestPauseMs(error: unknown): number {
  const isPassing = error instanceof Problem && error.status !== 500 && error.status !== 400
  return isPassing ? passingRetryMsMax : retryMsMax
}
