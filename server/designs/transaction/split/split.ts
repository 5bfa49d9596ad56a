import { Problem } from '../../../errors.ts'
import type { Option } from '../../option.ts'
import type { StepCtx } from '../../step-ctx.ts'
import { lineByLine } from '../expand.ts'
import type { DbStep, PlainFlow, TransactionShape } from '../transaction.ts'
import { beginSaga, LeaseLost, moveSaga, recordStep, recordUndo, releaseSaga } from './sagas.ts'

export const split: Option<TransactionShape> = {
  summary: 'a transaction per item, the bank outside, undo on failure, recovery by saga rows',
  out: 'done, undone, or in the hands of recovery',
  closes:
    'locks held while the bank is waited for, the deadlock, and a charge without a payment, ' +
    'since the bank is asked again for its outcome',
  leavesOpen: 'others see an order half done, and a commit for each step is paid',
  open: () => ({
    async execute(ctx, flow, state) {
      const progress = { sagaId: undefined, position: 0, unrecorded: [] }
      await runFrom(ctx, lineByLine(flow), progress, state)
    },
  }),
}

export interface Progress {
  sagaId: number | undefined
  /** Position of the next step. */
  position: number
  /** Outside steps that have happened; the next transaction writes them down. */
  unrecorded: number[]
}

/** How soon recovery may look at what a request had to leave unfinished. */
const handOverMs = 500

/**
 * Runs the remaining steps of a flow, from a request or from recovery.
 * @throws Problem of the failed step once all is undone; `in-recovery` or `bank-unknown` otherwise
 */
export async function runFrom<State extends object>(
  ctx: StepCtx,
  flow: PlainFlow<State>,
  progress: Progress,
  state: State,
): Promise<void> {
  while (progress.position < flow.steps.length) {
    const step = flow.steps[progress.position]
    if (!step) return
    try {
      if (step.kind === 'outside') {
        await step.run(ctx, state)
        progress.unrecorded.push(progress.position)
      } else {
        await commitStep(ctx, flow, step, progress, state)
      }
    } catch (error) {
      await fallBack(ctx, flow, progress, state, error)
      throw error
    }
    progress.position += 1
  }
}

async function commitStep<State extends object>(
  ctx: StepCtx,
  flow: PlainFlow<State>,
  step: DbStep<State>,
  progress: Progress,
  state: State,
): Promise<void> {
  const { position } = progress
  const { kind, idempotencyKey } = flow
  const isLast = position === flow.steps.length - 1
  const committed = await ctx.connections.transaction(async (db) => {
    const draft = structuredClone(state)
    const sagaId =
      progress.sagaId ??
      (await beginSaga(db, { kind, idempotencyKey, design: ctx.design.label, state }))
    // Before the step: who has lost the saga finds out at once, and the step's rows are held less.
    for (const outside of progress.unrecorded) {
      const name = flow.steps[outside]?.name ?? ''
      await recordStep(db, sagaId, { position: outside, name, state })
    }
    if (isLast) await moveSaga(db, sagaId, 'running', 'done')
    await step.run(ctx, draft, db)
    await recordStep(db, sagaId, { position, name: step.name, state: draft })
    return { draft, sagaId }
  })
  progress.sagaId = committed.sagaId
  progress.unrecorded = []
  Object.assign(state, committed.draft)
}

/** Undoes what is done, or leaves the saga to recovery where the way back is closed or unknown. */
async function fallBack<State extends object>(
  ctx: StepCtx,
  flow: PlainFlow<State>,
  progress: Progress,
  state: State,
  error: unknown,
): Promise<void> {
  const { sagaId, position } = progress
  if (sagaId === undefined || error instanceof LeaseLost) return
  const pivot = flow.steps.findIndex((step) => step.name === flow.pivot)
  const isOpen = error instanceof Problem && openOutcomes.has(error.code)
  // Outside, whatever is not a clear no may have happened: only `settle` can tell.
  const isClearNo = error instanceof Problem && error.definite
  const isUnclear = flow.steps[position]?.kind === 'outside' && !isClearNo
  try {
    if (position > pivot || isOpen || isUnclear) {
      await releaseSaga(ctx.connections, sagaId, handOverMs)
    } else {
      await ctx.connections.use((db) => moveSaga(db, sagaId, 'running', 'undoing'))
      await undoFrom(ctx, flow, sagaId, position - 1, state)
      return
    }
  } catch (cause) {
    throw new Problem('in-recovery', { cause })
  }
  if (!isOpen) throw new Problem('in-recovery', { cause: error })
}

const openOutcomes = new Set(['bank-unknown', 'commit-unknown'])

/** Undoes the done steps from `position` down to the first, each in its own transaction. */
export async function undoFrom<State extends object>(
  ctx: StepCtx,
  flow: PlainFlow<State>,
  sagaId: number,
  position: number,
  state: State,
): Promise<void> {
  for (let index = position; index >= 0; index -= 1) {
    const step = flow.steps[index]
    await ctx.connections.transaction(async (db) => {
      await recordUndo(db, sagaId, index)
      if (step?.kind === 'db') await step.undo?.(ctx, state, db)
      if (index === 0) await moveSaga(db, sagaId, 'undoing', 'undone')
    })
  }
}
