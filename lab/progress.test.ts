import { describe, expect, test } from 'bun:test'
import { progressText, runStep } from './progress.ts'

describe('says what, how far and the time left', () => {
  test.each([
    [1_000, { fraction: null, detail: '' }, 'building · 1 s'],
    [
      20_000,
      { fraction: null, detail: '', expectedMs: 80_000 },
      'building · 20 s, about 60 s left',
    ],
    [90_000, { fraction: null, detail: '', expectedMs: 80_000 }, 'building · 90 s'],
    [30_000, { fraction: 0.25, detail: 'net' }, 'building · 25 % · net · 30 s, about 90 s left'],
    [600_000, { fraction: 0.5, detail: '' }, 'building · 50 % · 10 min, about 10 min left'],
  ])('after %p ms, %j', (elapsedMs, state, text) => {
    expect(progressText('building', elapsedMs, state)).toBe(text)
  })
})

test('a short step says nothing and hands its result on', async () => {
  const lines: string[] = []
  const options = { terminal: false, write: (line: string) => void lines.push(line) }
  expect(await runStep('short', async () => 7, options)).toBe(7)
  await expect(runStep('broken', () => Promise.reject(new Error('no')), options)).rejects.toThrow(
    'no',
  )
  expect(lines).toEqual([])
})
