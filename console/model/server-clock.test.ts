import { afterEach, expect, setSystemTime, test } from 'bun:test'
import { clockHeader, readServerClock, serverNowMs } from './server-clock.ts'

const answerAt = (text: string) => new Response('', { headers: { [clockHeader]: text } })
const readersMs = 1_800_000_000_000

afterEach(() => {
  setSystemTime()
  readServerClock(answerAt(String(Date.now())))
})

test.each([-600_000, 0, 600_000])('a server that is %p ms ahead has its own now', (aheadMs) => {
  setSystemTime(readersMs)
  readServerClock(answerAt(String(readersMs + aheadMs)))
  setSystemTime(readersMs + 5000)
  expect(serverNowMs()).toBe(readersMs + aheadMs + 5000)
})

test('an answer without a clock changes nothing', () => {
  setSystemTime(readersMs)
  readServerClock(answerAt(String(readersMs + 7000)))
  for (const answer of [new Response(''), answerAt('soon')]) readServerClock(answer)
  expect(serverNowMs()).toBe(readersMs + 7000)
})
