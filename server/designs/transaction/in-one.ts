import type { StepCtx } from '../step-ctx.ts'
import type { PlainStep } from './transaction.ts'

/** Runs all steps in one transaction, the bank included; tried again, it begins from `state`. */
export async function inOne<State extends object>(
  ctx: StepCtx,
  steps: readonly PlainStep<State>[],
  state: State,
): Promise<void> {
  const result = await ctx.connections.transaction(async (db) => {
    const draft = structuredClone(state)
    for (const step of steps) {
      if (step.kind === 'db') await step.run(ctx, draft, db)
      else await step.run(ctx, draft)
    }
    return draft
  })
  Object.assign(state, result)
}
