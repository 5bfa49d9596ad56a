import type { TransactionShape } from './transaction.ts'

/**
 * Everything in one transaction, in the customer's order, the bank included: each lock is held
 * until the slowest part has answered, and a rollback cannot take back what the bank did.
 */
export const oneBig: TransactionShape = {
  async execute(ctx, flow, state) {
    const result = await ctx.connections.transaction(async (db) => {
      const draft = structuredClone(state)
      for (const step of flow.steps) {
        if (step.kind === 'db') await step.run(ctx, draft, db)
        else await step.run(ctx, draft)
      }
      return draft
    })
    Object.assign(state, result)
  },
}
