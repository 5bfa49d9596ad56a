import { expect, test } from 'bun:test'
import { createBreaker } from './breaker.ts'

/** A peer that answers, or not, and how often it was asked. */
function peer() {
  let nowMs = 0
  const state = { answers: false, asked: 0 }
  const breaker = createBreaker({ failuresMax: 3, restMs: 1000, nowMs: () => nowMs })
  const call = (until?: Promise<void>) =>
    breaker.run(
      async () => {
        state.asked += 1
        await until
        return state.answers
      },
      (hasAnswer) => hasAnswer,
    )
  const pass = (ms: number) => {
    nowMs += ms
  }
  return { breaker, state, call, pass }
}

test('a peer that is away is asked by a few, then left alone, then tried by one', async () => {
  const { breaker, state, call, pass } = peer()
  for (let turn = 0; turn < 10; turn += 1) await call()
  expect([state.asked, breaker.isOpen(), await call()]).toEqual([3, true, undefined])
  pass(1001)
  expect(breaker.isOpen()).toBe(false)
  const answer = Promise.withResolvers<void>()
  const trial = call(answer.promise)
  await Promise.all([call(), call(), call()])
  expect([state.asked, breaker.isOpen()]).toEqual([4, true])
  answer.resolve()
  await trial
  expect(breaker.isOpen()).toBe(true)
})

test('one answer closes it, and only failures in a row count', async () => {
  const { breaker, state, call, pass } = peer()
  for (const answers of [false, false, true, false, false]) {
    state.answers = answers
    await call()
  }
  expect([state.asked, breaker.isOpen()]).toEqual([5, false])
  await call()
  expect(breaker.isOpen()).toBe(true)
  pass(1001)
  state.answers = true
  expect(await call()).toBe(true)
  expect([breaker.isOpen(), await call()]).toEqual([false, true])
})
