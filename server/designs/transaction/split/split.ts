import type { Database } from '../../../db/connections.ts'
import { Problem } from '../../../errors.ts'
import { plainCopy } from '../../../plain-copy.ts'
import type { Option } from '../../option.ts'
import type { StepCtx } from '../../step-ctx.ts'
import { inOne, lineByLine, linesAsStockCan } from '../expand.ts'
import type { DbStep, Flow, PlainFlow, PlainStep, TransactionShape } from '../transaction.ts'
import { changedParts, partsOf, type StateParts } from './saga-state.ts'
import {
  beginSaga,
  extendAfterMs,
  extendLease,
  LeaseLost,
  moveSaga,
  recordFenced,
  recordSteps,
  recordUndo,
  releaseSaga,
} from './sagas.ts'

export const split: Option<TransactionShape> = {
  summary: 'a transaction up to the bank, the bank outside, a transaction after it; saga rows',
  doc:
    'Items are locked in the order of their ids, as late as the flow allows. What needs no bank ' +
    'is one transaction, and leaves nothing to be recovered.',
  out: 'done, undone, or in the hands of recovery',
  closes:
    'locks held while the bank is waited for, the deadlock, and a charge without a payment, ' +
    'since the bank is asked again for its outcome',
  leavesOpen: 'others see an order that is on its way to the bank',
  commitsAlone: 'it commits before the bank is asked',
  open: () => ({
    async execute(ctx, flow, state) {
      if (goesOutside(flow)) await runInSagas(ctx, flow, state)
      else await inOne(ctx, flow, linesAsStockCan(ctx, flow.steps), state)
    },
  }),
}

const outsideAt = ({ steps }: Pick<Flow<never>, 'steps'>): number =>
  steps.findIndex(({ kind }) => kind === 'outside')

/** Whether a step of the flow leaves the database, so that no transaction holds all of it. */
export const goesOutside = (flow: Pick<Flow<never>, 'steps'>): boolean => outsideAt(flow) >= 0

/** Runs a flow with a transaction up to the step that goes outside, and one after it. */
export async function runInSagas<State extends object>(
  ctx: StepCtx,
  flow: Flow<State>,
  state: State,
): Promise<void> {
  const steps = flow.steps.slice(0, outsideAt(flow))
  const first = linesAsStockCan(ctx, steps) as DbStep<State>[]
  await runOn({ ...newRun(ctx, flow, state), first })
}

/** A run of a flow from its first step. */
export const newRun = <State extends object>(
  ctx: StepCtx,
  flow: Flow<State>,
  state: State,
): SagaRun<State> => ({
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

/** A flow on its way, from a request or from recovery. */
export interface SagaRun<State extends object> {
  ctx: StepCtx
  flow: PlainFlow<State>
  /** What the first transaction runs: the same work as its positions, in another order. */
  first?: readonly DbStep<State>[]
  /** Each line is a transaction of its own. */
  commitsLines?: boolean
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
 * Runs the remaining steps of a flow; the shape says which share a transaction.
 * @throws Problem of the failed step once all is undone; `in-recovery` or `bank-unknown` otherwise
 */
export async function runOn<State extends object>(run: SagaRun<State>): Promise<void> {
  const { ctx, flow, state } = run
  for (;;) {
    const step = flow.steps[run.position]
    if (!step) return
    try {
      if (step.kind === 'outside') {
        await step.run(ctx, state)
        run.unrecorded.push({ position: run.position, isFenced: false })
        run.position += 1
      } else run.position += await commitSteps(run, stepsFrom(run))
    } catch (error) {
      await fallBack(run, error)
      throw error
    }
  }
}

/** The steps of the next transaction: up to one that goes outside, or a line alone. */
function stepsFrom<State extends object>(run: SagaRun<State>): DbStep<State>[] {
  const isAlone = (step?: PlainStep<State>) =>
    step?.kind === 'outside' || (run.commitsLines === true && step?.isLine === true)
  const [next, ...rest] = run.flow.steps.slice(run.position)
  const end = isAlone(next) ? 0 : rest.findIndex(isAlone)
  return [next, ...(end < 0 ? rest : rest.slice(0, end))] as DbStep<State>[]
}

/** @returns how many steps are done by it */
async function commitSteps<State extends object>(
  run: SagaRun<State>,
  steps: readonly DbStep<State>[],
): Promise<number> {
  const { ctx, flow, state, sagaId } = run
  const isLast = run.position + steps.length === flow.steps.length
  const isLate = performance.now() - run.leasedAtMs > extendAfterMs
  const names = steps.map(({ name }, index) => ({ position: run.position + index, name }))
  let begunId = sagaId
  const draft = await ctx.connections.transaction(async (db) => {
    const draft = plainCopy(state)
    // Before the steps: who has lost the saga finds out before they do anything.
    if (sagaId !== undefined) {
      if (isLast) moveSaga(db, sagaId, 'running', 'done')
      else if (isLate) extendLease(db, sagaId)
      recordOutside(db, sagaId, run)
      if (isLast) recordSteps(db, sagaId, names)
    }
    for (const step of run.position === 0 && run.first ? run.first : steps) {
      await step.run(ctx, draft, db)
    }
    if (isLast) flow.ended?.(draft, db)
    else if (sagaId === undefined) {
      const { kind, idempotencyKey } = flow
      const saga = { kind, idempotencyKey, design: ctx.design.label, state: draft }
      beginSaga(db, saga, names, (id) => {
        begunId = id
      })
    } else recordSteps(db, sagaId, withChanges(names, changedParts(partsOf(state), partsOf(draft))))
    return draft
  })
  run.sagaId = begunId
  run.recorded = partsOf(draft)
  run.unrecorded = []
  if (isLate) run.leasedAtMs = performance.now()
  Object.assign(state, draft)
  return steps.length
}

/** With the first of them: it is undone last, and until then what they have changed is needed. */
const withChanges = <Step>(steps: readonly Step[], changes: string) =>
  steps.map((step, index) => (index === 0 ? { ...step, changes } : step))

function recordOutside<State extends object>(
  db: Database,
  sagaId: number,
  { flow, state, recorded, unrecorded }: SagaRun<State>,
): void {
  const changes = unrecorded.length > 0 ? changedParts(recorded, partsOf(state)) : ''
  for (const { position, isFenced } of unrecorded) {
    const name = flow.steps[position]?.name ?? ''
    if (isFenced) recordFenced(db, sagaId, { position, changes })
    else recordSteps(db, sagaId, [{ position, name, changes }])
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
      await ctx.connections.transaction(async (db) => moveSaga(db, sagaId, 'running', 'undoing'))
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
      if (index === 0) moveSaga(db, sagaId, 'undoing', 'undone')
      else if (isLate) extendLease(db, sagaId)
      recordUndo(db, sagaId, index)
      if (step?.kind === 'db') await step.undo?.(ctx, state, db)
    })
    if (isLate) run.leasedAtMs = performance.now()
  }
}
