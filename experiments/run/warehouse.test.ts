import { expect, test } from 'bun:test'
import type { Answer, Http } from '../../loadtests/crowd/http.ts'
import { handOut, Pickers } from './warehouse.ts'

/** Answers in turn, then says that nothing waits; time passes only by pauses. */
function shopWith(answers: Answer[]): Http {
  let nowMs = 0
  return {
    now: () => nowMs,
    async pause(milliseconds) {
      nowMs += milliseconds
    },
    send: async () => answers.shift() ?? { status: 204 },
  }
}

const order = (orderId: string): Answer => ({ status: 200, body: { orderId } })

test('workers take what there is, and go when the sale is over and nothing waits', async () => {
  const answers = [order('1'), { status: 503 }, order('2'), { status: 204 }, order('3')]
  let looks = 0
  expect(await handOut(shopWith(answers), () => ++looks > 8)).toEqual({ orders: 3, twice: [] })
})

test('an order that two workers were handed is found', async () => {
  const answers = [order('7'), order('8'), order('7')]
  const { orders, twice } = await handOut(shopWith(answers), () => true)
  expect([orders, twice]).toEqual([2, ['order 7 was handed to w0 and w2']])
})

test('a shop that answers nothing any more does not hold them for ever', async () => {
  const silent = { ...shopWith([]), send: async () => ({ status: 0 }) }
  expect(await handOut(silent, () => true)).toEqual({ orders: 0, twice: [] })
})

test('pickers of a rehearsal go home when the crowd does, and leave the rest', async () => {
  const waiting = ['1', '2', '1', '3', '4'].map(order)
  const pickers = new Pickers({ ...shopWith(waiting), pause: () => Bun.sleep(5) })
  await Bun.sleep(0)
  expect(await pickers.leave()).toEqual([])
  expect(waiting.length).toBeGreaterThan(0)
})
