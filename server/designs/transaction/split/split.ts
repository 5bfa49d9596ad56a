import type { Database } from '../../../db/connections.ts'
import { Problem } from '../../../errors.ts'
import type { Option } from '../../option.ts'
import type { StepCtx } from '../../step-ctx.ts'
import { lineByLine } from '../expand.ts'
import type { DbStep, PlainFlow, TransactionShape } from '../transaction.ts'
import { changedParts, partsOf, type StateParts } from './saga-state.ts'
import {
  beginSaga,
  extendAfterMs,
  extendLease,
  LeaseLost,
  moveSaga,
  recordFenced,
  recordStep,
  recordUndo,
  releaseSaga,
} from './sagas.ts'

export const split: Option<TransactionShape> = {
  summary: 'a transaction per item, the bank outside, undo on failure, recovery by saga rows',
  out: 'done, undone, or in the hands of recovery',
  closes:
    'locks held while the bank is waited for, the deadlock, and a charge without a payment, ' +
    'since the bank is asked again for its outcome',
  leavesOpen: 'others see an order half done, and a commit for each step is paid',
  open: () => ({
    async execute(ctx, flow, state) {
      await runOn({
        ctx,
        flow: lineByLine(flow),
        state,
        recorded: partsOf(state),
        sagaId: undefined,
        attempts: 0,
        leasedAtMs: performance.now(),
        position: 0,
        unrecorded: [],
      })
    },
  }),
}

/** A flow on its way, from a request or from recovery. */
export interface SagaRun<State extends object> {
  ctx: StepCtx
  flow: PlainFlow<State>
  state: State
  /** The state as the saga's rows have it. */
  recorded: StateParts
  sagaId: number | undefined
  /** Of recovery, its own included: who has the saga knows by them that it still does. */
  attempts: number
  /** When the lease was begun or extended, of the monotonic clock. */
  leasedAtMs: number
  /** Position of the next step. */
  position: number
  /** Outside steps that have happened; the next transaction writes them down. */
  unrecorded: { position: number; isFenced: boolean }[]
}

/** How soon recovery may look at what a request had to leave unfinished. */
const handOverMs = 500

/**
 * Runs the remaining steps of a flow.
 * @throws Problem of the failed step once all is undone; `in-recovery` or `bank-unknown` otherwise
 */
export async function runOn<State extends object>(run: SagaRun<State>): Promise<void> {
  const { ctx, flow, state } = run
  while (run.position < flow.steps.length) {
    const step = flow.steps[run.position]
    if (!step) return
    try {
      if (step.kind === 'outside') {
        await step.run(ctx, state)
        run.unrecorded.push({ position: run.position, isFenced: false })
      } else {
        await commitStep(run, step)
      }
    } catch (error) {
      await fallBack(run, error)
      throw error
    }
    run.position += 1
  }
}

async function commitStep<State extends object>(
  run: SagaRun<State>,
  step: DbStep<State>,
): Promise<void> {
  const { ctx, flow, state, position } = run
  const { kind, idempotencyKey } = flow
  const isLast = position === flow.steps.length - 1
  const isLate = performance.now() - run.leasedAtMs > extendAfterMs
  const committed = await ctx.connections.transaction(async (db) => {
    const draft = structuredClone(state)
    const saga = { kind, idempotencyKey, design: ctx.design.label, state }
    const sagaId = run.sagaId ?? (await beginSaga(db, saga))
    // Before the step: who has lost the saga finds out at once, and the step's rows are held less.
    if (isLast) await moveSaga(db, sagaId, 'running', 'done')
    else if (isLate) await extendLease(db, sagaId)
    const before = run.unrecorded.length > 0 ? partsOf(state) : run.recorded
    await recordOutside(db, sagaId, run, before)
    await step.run(ctx, draft, db)
    const after = partsOf(draft)
    await recordStep(db, sagaId, {
      position,
      name: step.name,
      changes: changedParts(before, after),
    })
    return { draft, sagaId, after }
  })
  run.sagaId = committed.sagaId
  run.recorded = committed.after
  run.unrecorded = []
  if (isLate) run.leasedAtMs = performance.now()
  Object.assign(state, committed.draft)
}

async function recordOutside<State extends object>(
  db: Database,
  sagaId: number,
  { flow, recorded, unrecorded }: SagaRun<State>,
  now: StateParts,
): Promise<void> {
  const changes = changedParts(recorded, now)
  for (const { position, isFenced } of unrecorded) {
    const name = flow.steps[position]?.name ?? ''
    if (isFenced) await recordFenced(db, sagaId, { position, changes })
    else await recordStep(db, sagaId, { position, name, changes })
  }
}

/** Undoes what is done, or leaves the saga to recovery where the way back is closed or unknown. */
async function fallBack<State extends object>(run: SagaRun<State>, error: unknown): Promise<void> {
  const { ctx, flow, sagaId, attempts, position } = run
  if (sagaId === undefined || error instanceof LeaseLost) return
  const pivot = flow.steps.findIndex((step) => step.name === flow.pivot)
  const isOpen = error instanceof Problem && openOutcomes.has(error.code)
  // Outside, whatever is not a clear no may have happened: only `find` can tell.
  const isClearNo = error instanceof Problem && error.definite
  const isUnclear = flow.steps[position]?.kind === 'outside' && !isClearNo
  try {
    if (position > pivot || isOpen || isUnclear) {
      await releaseSaga(ctx.connections, { id: sagaId, attempts }, handOverMs)
    } else {
      await ctx.connections.use((db) => moveSaga(db, sagaId, 'running', 'undoing'))
      await undoAll(run, sagaId)
      return
    }
  } catch (cause) {
    throw new Problem('in-recovery', { cause })
  }
  if (!isOpen) throw new Problem('in-recovery', { cause: error })
}

const openOutcomes = new Set(['bank-unknown', 'commit-unknown'])

/** Undoes the steps before the next, down to the first, each in its own transaction. */
export async function undoAll<State extends object>(
  run: SagaRun<State>,
  sagaId: number,
): Promise<void> {
  const { ctx, flow, state, position } = run
  for (let index = position - 1; index >= 0; index -= 1) {
    const step = flow.steps[index]
    const isLate = performance.now() - run.leasedAtMs > extendAfterMs
    await ctx.connections.transaction(async (db) => {
      if (index === 0) await moveSaga(db, sagaId, 'undoing', 'undone')
      else if (isLate) await extendLease(db, sagaId)
      await recordUndo(db, sagaId, index)
      if (step?.kind === 'db') await step.undo?.(ctx, state, db)
    })
    if (isLate) run.leasedAtMs = performance.now()
  }
}
