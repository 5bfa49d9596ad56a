import { expect, test } from 'bun:test'
import { longestWait } from './answer-times.ts'

const request = (askedMs: number, endedMs: number, status = 200) => ({
  ...{ name: 'order', status, askedMs, endedMs },
})

test('the longest wait of all journeys is found, answered or not', () => {
  const history = [{}, { slow: [request(0, 2000), request(2000, 9500, 0)] }, { slow: [] }]
  expect(longestWait(history)).toEqual({ ms: 7500, words: '7.5 s for order (no answer)' })
  expect(longestWait([{}])).toEqual({ ms: 0, words: 'below 1 s' })
})

test('what overlaps with a stop of the API server is taken off, and nothing else', () => {
  const stopped = { fromMs: 1000, toMs: 9000 }
  const within = { slow: [request(3000, 9500)] }
  const around = { slow: [request(0, 10_000)] }
  const after = { slow: [request(9000, 18_000, 503)] }
  expect(longestWait([within], stopped).ms).toBe(500)
  expect(longestWait([within, around], stopped).ms).toBe(2000)
  expect(longestWait([within, around, after], stopped).words).toBe('9.0 s for order (503)')
})
