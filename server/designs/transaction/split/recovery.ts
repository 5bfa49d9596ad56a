import { Problem } from '../../../errors.ts'
import { parseDesign } from '../../design.ts'
import type { OpenedOptions } from '../../opened-options.ts'
import type { StepCtx } from '../../step-ctx.ts'
import { lineByLine } from '../expand.ts'
import type { Flow } from '../transaction.ts'
import { claimStale, releaseSaga, type Saga, stepsOf, turnRound } from './sagas.ts'
import { runOn, type SagaRun, undoAll } from './split.ts'

/** Rebuilds a flow from what its saga row records. */
export type FlowOf = (kind: string, state: object) => Flow<object>

const batch = 20
/** Pause before an outcome that is still unknown is asked for again, doubling up to the longest. */
const retryMs = 500
const retryMsMax = 5000

/**
 * One turn of the recovery loop: finishes or undoes sagas whose process died or gave up.
 * @returns how many sagas it brought to an end, and how many it had to leave for later
 */
export async function recoverSagas(
  options: OpenedOptions,
  flowOf: FlowOf,
): Promise<{ ended: number; left: number }> {
  const { connections } = options.services
  const stale = await claimStale(connections, batch)
  let ended = 0
  for (const saga of stale) {
    try {
      await recover(options.ctx(parseDesign(saga.design), 'recovery'), flowOf, saga)
      ended += 1
    } catch (error) {
      // A saga of an unknown kind must not hold up those behind it.
      if (!(error instanceof Problem)) console.error(`recovery of saga ${saga.id}:`, error)
      const pauseMs = Math.min(retryMs * 2 ** saga.attempts, retryMsMax)
      await releaseSaga(connections, saga.id, pauseMs)
    }
  }
  return { ended, left: stale.length - ended }
}

async function recover(ctx: StepCtx, flowOf: FlowOf, saga: Saga): Promise<void> {
  const records = await stepsOf(ctx.connections, saga.id)
  const done = records.filter(({ status }) => status === 'done')
  const state = done.at(-1)?.state ?? saga.state
  const flow = lineByLine(flowOf(saga.kind, state))
  const position = (done.at(-1)?.position ?? -1) + 1
  const run: SagaRun<object> = { ctx, flow, state, sagaId: saga.id, position, unrecorded: [] }
  if (saga.status === 'undoing') return await undoAll(run, saga.id)

  const step = flow.steps[position]
  const pivot = flow.steps.findIndex(({ name }) => name === flow.pivot)
  if (step?.kind === 'outside') {
    const outcome = await step.settle(ctx, state)
    if (outcome === 'unknown') throw new Problem('bank-unknown')
    if (outcome === 'done') {
      return await runOn({ ...run, position: position + 1, unrecorded: [position] })
    }
  } else if (position > pivot) {
    return await runOn(run)
  }
  await turnRound(ctx.connections, saga.id, position, step?.name ?? '')
  await undoAll(run, saga.id)
}
