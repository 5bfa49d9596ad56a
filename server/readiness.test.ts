import { expect, test } from 'bun:test'
import { Problem } from './errors.ts'
import { createReadiness } from './readiness.ts'

/** A database whose answers the test gives. */
function database() {
  const asked: PromiseWithResolvers<void>[] = []
  let nowMs = 0
  const isReady = createReadiness({
    ask() {
      const question = Promise.withResolvers<void>()
      asked.push(question)
      return question.promise
    },
    waitMsMax: 1,
    silentMsMax: 10_000,
    nowMs: () => nowMs,
  })
  const outcome = () =>
    isReady().then(
      () => 'ready',
      (error: Problem) => error.code,
    )
  const pass = (ms: number) => {
    nowMs += ms
  }
  return { asked, outcome, pass }
}

test('slow is ready, and all who ask share one question', async () => {
  const { asked, outcome, pass } = database()
  expect(await Promise.all([outcome(), outcome()])).toEqual(['ready', 'ready'])
  pass(9_000)
  expect(await outcome()).toBe('ready')
  expect(asked).toHaveLength(1)
})

test('silent for too long is not, until it answers', async () => {
  const { asked, outcome, pass } = database()
  expect(await outcome()).toBe('ready')
  pass(10_001)
  expect(await outcome()).toBe('database-unavailable')
  asked[0]?.resolve()
  expect(await outcome()).toBe('ready')
})

test('away is not, nor is who hangs after that, until it answers', async () => {
  const { asked, outcome } = database()
  const first = outcome()
  asked[0]?.reject(new Problem('database-unavailable'))
  expect(await first).toBe('database-unavailable')
  expect(await outcome()).toBe('database-unavailable')
  asked[1]?.resolve()
  const next = outcome()
  asked[2]?.resolve()
  expect(await next).toBe('ready')
  expect(await outcome()).toBe('ready')
})
