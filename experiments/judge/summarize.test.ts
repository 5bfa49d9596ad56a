import { describe, expect, test } from 'bun:test'
import { FIXTURE_START_MS, fixtureBlock, fixtureJourney } from '../testing/fixture-blocks.ts'
import { armReport, blocksOf, mergeChecks } from './summarize.ts'
import { timelineOf } from './timeline.ts'

const five = ['paid', 'soldOut', 'left', 'failed', 'unknown'] as const

describe('armReport', () => {
  test('offered, started and dropped add up over the blocks, and outcomes to started', () => {
    const blocks = [
      fixtureBlock({ planned: 12, started: 10, dropped: 2 }, five, 10),
      fixtureBlock({ index: 1 }, five, 10),
    ]
    const arm = armReport('x', blocks)
    expect(arm).toMatchObject({ offered: 22, started: 20, dropped: 2 })
    expect(arm.outcomes).toEqual({
      refusedWrongly: 0,
      ...{ paid: 4, soldOut: 4, left: 4, failed: 4, unknown: 4 },
    })
    expect(arm.servedPercent).toBeCloseTo((12 / 22) * 100, 10)
  })

  test('a journey that started and wrote no line is unknown', () => {
    const arm = armReport('x', [fixtureBlock({ planned: 13, started: 13 }, ['paid'], 10)])
    expect(arm.outcomes).toMatchObject({ paid: 10, unknown: 3 })
  })

  test('goodput is of those who came at the peak and were paid within their patience', () => {
    const at = (second: number, waitedMs: number) => {
      const startedMs = FIXTURE_START_MS + second * 1000
      return fixtureJourney({ startedMs, endedMs: startedMs + waitedMs })
    }
    const plateau = { startMs: FIXTURE_START_MS + 9000, endMs: FIXTURE_START_MS + 24_000 }
    // One before the peak, two in it, of whom one waited too long; the last after it.
    const history = [at(8, 100), at(9, 10_000), at(23, 10_001), at(24, 100)]
    const block = fixtureBlock({ history, started: 4, planned: 4, plateau })
    expect(armReport('x', [block]).goodputPerSecond).toBeCloseTo(1 / 15, 10)
    expect(armReport('x', [block]).outcomes.paid).toBe(4)
    const { plateau: _, ...whole } = block
    expect(armReport('x', [whole]).goodputPerSecond).toBeCloseTo(3 / 30, 10)
  })

  test('a slow answer is not less goodput by the edge of a short crowd', () => {
    const plateau = { startMs: FIXTURE_START_MS, endMs: FIXTURE_START_MS + 5000 }
    const goodputOf = (waitedMs: number) => {
      const history = fixtureBlock({}, ['paid'], 300).history.map((journey) => ({
        ...journey,
        endedMs: journey.startedMs + waitedMs,
      }))
      return armReport('x', [fixtureBlock({ history, plateau })]).goodputPerSecond
    }
    expect(goodputOf(3000)).toBe(goodputOf(200))
  })

  test('fast failures do not improve the latency', () => {
    const history = [
      fixtureJourney({ checkoutMs: 400 }),
      fixtureJourney({ outcome: 'failed', checkoutMs: 1 }),
      fixtureJourney({ outcome: 'unknown', checkoutMs: 1 }),
      fixtureJourney({ outcome: 'soldOut', checkoutMs: 200 }),
    ]
    const { latencyMs } = armReport('x', [fixtureBlock({ history })])
    expect(latencyMs).toEqual({ p50: 200, p95: 400, p99: 400, max: 400, samples: 2 })
  })

  test('no served checkout means no latency, not zero', () => {
    expect(armReport('x', [fixtureBlock({}, ['failed', 'left'], 10)]).latencyMs).toBeNull()
  })

  test('one block that was never quiescent makes the arm so; else the slowest counts', () => {
    const slow = fixtureBlock({ quietAfterMs: 900 })
    expect(armReport('x', [slow, fixtureBlock()]).quietAfterMs).toBe(900)
    expect(armReport('x', [slow, fixtureBlock({ quietAfterMs: null })]).quietAfterMs).toBeNull()
  })

  test('attempts per intent weighs journeys by their intents', () => {
    const history = [
      fixtureJourney({ attempts: 9, intents: 1 }),
      fixtureJourney({ attempts: 1, intents: 4 }),
    ]
    expect(armReport('x', [fixtureBlock({ history })]).attemptsPerIntent).toBe(2)
  })

  test('refuses an arm without blocks', () => {
    expect(() => armReport('x', [])).toThrow(RangeError)
  })
})

describe('mergeChecks', () => {
  const check = (verdict: 'true' | 'false' | 'unknown', count = 0, first?: string) => ({
    name: 'a',
    verdict,
    count,
    ...(first === undefined ? {} : { first }),
  })

  test('false beats unknown beats true, counts add up, the first example names its block', () => {
    const [merged] = mergeChecks([
      fixtureBlock({ checks: [check('unknown', 0, 'crashed')] }),
      fixtureBlock({ index: 1, checks: [check('false', 2, 'order 7')] }),
      fixtureBlock({ index: 2, checks: [check('false', 3, 'order 8')] }),
    ])
    expect(merged).toEqual({ name: 'a', verdict: 'false', count: 5, first: 'block 2: order 7' })
  })

  test('how often it was exercised adds up; where no block says so, the arm does not', () => {
    const blocks = [3, 0].map((exercised) =>
      fixtureBlock({ checks: [{ ...check('true'), exercised }] }),
    )
    expect(mergeChecks(blocks)[0]?.exercised).toBe(3)
    expect(mergeChecks([fixtureBlock({ checks: [check('true')] })])[0]).not.toHaveProperty(
      'exercised',
    )
  })

  test('a checker that is missing from one block is unknown, never a pass', () => {
    const merged = mergeChecks([fixtureBlock({ checks: [check('true')] }), fixtureBlock()])
    expect(merged.find(({ name }) => name === 'a')?.verdict).toBe('unknown')
  })
})

test('blocks of an arm come in the order in which they ran', () => {
  const late = fixtureBlock({ index: 2 })
  const early = fixtureBlock({ index: 1 })
  const other = fixtureBlock({ arm: 'before' })
  expect(blocksOf('after', [late, other, early])).toEqual([early, late])
})

describe('timelineOf', () => {
  const at = (second: number, changes: Parameters<typeof fixtureJourney>[0] = {}) => {
    const startedMs = FIXTURE_START_MS + second * 1000
    return fixtureJourney({ startedMs, endedMs: startedMs + 1000, ...changes })
  }

  test('counts arrivals when they start and outcomes when they end', () => {
    const history = [at(0), at(0, { outcome: 'failed' }), at(2, { outcome: 'unknown' })]
    const timeline = timelineOf([fixtureBlock({ history })])
    expect(timeline.offered.slice(0, 4)).toEqual([2, 0, 1, 0])
    expect(timeline.paid.slice(0, 4)).toEqual([0, 1, 0, 0])
    expect(timeline.failed.slice(0, 4)).toEqual([0, 1, 0, 0])
    expect(timeline.unknown.slice(0, 4)).toEqual([0, 0, 0, 1])
    expect(timeline.seconds).toHaveLength(30)
  })

  test('blocks are overlaid: counts by their median, checkout times pooled by arrival', () => {
    const one = fixtureBlock({ history: [at(0, { checkoutMs: 10 })] })
    const two = fixtureBlock({ history: [at(0, { checkoutMs: 30 }), at(0, { checkoutMs: 20 })] })
    const timeline = timelineOf([one, two])
    expect(timeline.offered[0]).toBe(1.5)
    expect(timeline.p50[0]).toBe(20)
    expect(timeline.p99[0]).toBe(30)
    expect(timeline.p99[1]).toBeNull()
  })

  test('the tail is drawn, but a journey stuck for an hour does not stretch the chart', () => {
    const timeline = timelineOf([
      fixtureBlock({ history: [at(0), at(1, { endedMs: at(40).startedMs })] }),
    ])
    expect(timeline.seconds).toHaveLength(41)
    const stuck = timelineOf([fixtureBlock({ history: [at(1, { endedMs: at(3600).startedMs })] })])
    expect(stuck.seconds).toHaveLength(90)
  })

  test('fault windows are relative to the crowd', () => {
    const startMs = FIXTURE_START_MS + 5000
    const fault = { name: 'bank', settings: {}, startMs, endMs: startMs + 4000, injected: 3 }
    expect(timelineOf([fixtureBlock({ faults: [fault] })]).faults).toEqual([
      { name: 'bank', fromSeconds: 5, toSeconds: 9 },
    ])
  })
})
