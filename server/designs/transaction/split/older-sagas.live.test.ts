import { expect, test } from 'bun:test'
import { cancelOrderFlow } from '../../../flows/cancel-order.ts'
import { referenceOf } from '../../../flows/collect.ts'
import { flowOf } from '../../../flows/flow-of.ts'
import { type PayState, payOrderFlow } from '../../../flows/pay-order.ts'
import { placeOrderFlow } from '../../../flows/place-order.ts'
import { describeLive, withWorld } from '../../../testing/fixtures.ts'
import { lines, newKey } from '../../../testing/shopping.ts'
import { lineByLine } from '../expand.ts'
import type { Flow } from '../transaction.ts'
import { recoverSagas } from './recovery.ts'
import { changedParts, partsOf } from './saga-state.ts'
import { beginSaga, recordSteps } from './sagas.ts'

const world = withWorld('older_sagas', { isAudited: true })

/** Leaves a flow behind as versions did that committed each step, and each line, by itself. */
async function leaveAfter<State extends object>(
  flow: Flow<State>,
  state: State,
  count: number,
): Promise<void> {
  const ctx = world.ctx('after')
  let sagaId = 0
  for (const [position, step] of lineByLine(flow).steps.slice(0, count).entries()) {
    if (step.kind !== 'db') throw new Error('only of the database')
    await ctx.connections.transaction(async (db) => {
      const before = partsOf(state)
      const { kind, idempotencyKey } = flow
      const saga = { kind, idempotencyKey, design: ctx.design.label, state: { ...state } }
      if (position === 0) {
        beginSaga(db, saga, [], (id) => {
          sagaId = id
        })
        await db.flush()
      }
      await step.run(ctx, state, db)
      const changes = changedParts(before, partsOf(state))
      recordSteps(db, sagaId, [{ position, name: step.name, changes }])
    })
  }
}

const orderState = () => ({
  ...{ userId: '1', idempotencyKey: newKey(), balanceVersion: 0, cartItemIds: [] },
  lines: lines('2x1', '1x2').map((line) => ({ ...line, unitPriceMinor: 1000 })),
  ...{ totalMinor: 3000, expiresAtMs: Date.now() + 900_000, orderId: '', itemIds: [] },
})

async function payState(): Promise<PayState> {
  const { id, totalMinor } = await world.place('after', ['2x1', '1x2'])
  const idempotencyKey = newKey()
  const reference = referenceOf(`order ${id}`, idempotencyKey, 0)
  return {
    ...{ idempotencyKey, orderId: id, userId: '1', totalMinor, balanceVersion: 0 },
    lines: lines('2x1', '1x2'),
    payment: { method: 'balance', paymentId: '', reference },
  }
}

async function expectEnds(states: string[], stock: number): Promise<void> {
  await world.expireLeases()
  expect(await recoverSagas(world.otherOptions, flowOf)).toEqual({ ended: 1, left: 0 })
  expect(await world.orderStates()).toEqual(states)
  expect(await world.stockOf('1')).toBe(stock)
}

describeLive('sagas of older versions, a transaction for each step', ['TEST_DATABASE_URL'], () => {
  test.each([1, 2])('an order with %i of its steps done is undone', async (steps) => {
    const state = orderState()
    await leaveAfter(placeOrderFlow(state), state, steps)
    await expectEnds([], 100)
  })

  test('a payment from the balance that has only claimed is undone', async () => {
    const state = await payState()
    await leaveAfter(payOrderFlow(state, undefined, true), state, 1)
    await expectEnds(['pending'], 98)
  })

  test('a payment from the balance that has collected is finished', async () => {
    const state = await payState()
    await leaveAfter(payOrderFlow(state, undefined, true), state, 2)
    await expectEnds(['paid'], 98)
  })

  test.each([1, 2, 3])('a cancelled order with %i of its steps done is finished', async (steps) => {
    const { id } = await world.place('after', ['2x1', '1x2'])
    const state = {
      ...{ orderId: id, reason: 'customer' as const, userId: '1' },
      lines: lines('2x1', '1x2'),
    }
    await leaveAfter(cancelOrderFlow(state), state, steps)
    await expectEnds(['cancelled customer'], 100)
  })
})
