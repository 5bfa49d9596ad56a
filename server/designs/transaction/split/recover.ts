import { Problem } from '../../../errors.ts'
import type { StepCtx } from '../../step-ctx.ts'
import type { Flow, PlainStep } from '../transaction.ts'
import { stateAfter } from './saga-state.ts'
import { fence, type Saga, stepsOf, turnRound } from './sagas.ts'
import { newRun, runOn, type SagaRun, undoAll } from './split.ts'

/** A saga as its rows show it, and what there is to do about it. */
export interface SagaPlan {
  saga: Saga
  run: SagaRun<object> & { sagaId: number }
  /** Where it stopped: may be under way in a process that is slow. */
  step: PlainStep<object> | undefined
  /** Its executor can record that step no more. */
  isFenced: boolean
  /** The step that decides has been done: the rest is to be done too. */
  isPastPivot: boolean
  /** True = whether the step happened is for the outside to say, or it is to be undone there. */
  asksOutside: boolean
}

/** @throws Problem where this version knows no such flow, or option */
export async function planOf(
  ctx: StepCtx,
  flowOf: (kind: string, state: object) => Flow<object>,
  saga: Saga,
): Promise<SagaPlan> {
  const records = await stepsOf(ctx.connections, saga.id)
  const done = records.filter(({ status }) => status === 'done')
  const changes = done.map(({ state }) => state)
  const state = stateAfter(saga.state, changes)
  const begun = newRun(ctx, flowOf(saga.kind, state), state)
  const { flow } = begun
  const position = (done.at(-1)?.position ?? -1) + 1
  const step = flow.steps[position]
  const isFenced = records.some((one) => one.position === position && one.status === 'fenced')
  const isOutside = step?.kind === 'outside'
  return {
    saga,
    run: { ...begun, sagaId: saga.id, attempts: saga.attempts, position },
    step,
    isFenced,
    isPastPivot: position > flow.steps.findIndex(({ name }) => name === flow.pivot),
    asksOutside: isOutside && (saga.status === 'running' || isFenced),
  }
}

/**
 * Finishes or undoes a saga.
 * in: its rows · out: an ended saga · closes: an executor, or another recovery, that wakes up with
 * another answer of the outside. The step is fenced before the outside is asked, and the saga has
 * turned round, for everybody, before anything is undone there.
 * @throws Problem `bank-unknown` where the outside does not say, `in-recovery` where another won
 */
export async function recover(plan: SagaPlan): Promise<void> {
  const { saga, run, step, isFenced, isPastPivot } = plan
  const { ctx, state, position, sagaId } = run
  if (step?.kind !== 'outside') {
    if (saga.status === 'running' && isPastPivot) return await runOn(run)
    const toFence = { position, name: step?.name ?? '' }
    if (saga.status === 'running') await turnRound(ctx.connections, sagaId, toFence)
    return await undoAll(run, sagaId)
  }
  if (saga.status === 'running') {
    if (!isFenced) await fence(ctx.connections, sagaId, { position, name: step.name })
    const found = await step.find(ctx, state)
    if (found === 'unknown') throw new Problem('bank-unknown')
    if (found === 'done') {
      return await runOn({
        ...run,
        position: position + 1,
        unrecorded: [{ position, isFenced: true }],
      })
    }
    await turnRound(ctx.connections, sagaId)
  }
  if (isFenced || saga.status === 'running') await step.undo(ctx, state)
  await undoAll(run, sagaId)
}
