import { describe, expect, test } from 'bun:test'
import type { Block } from '../run/result.ts'
import { fixtureEnvironment, fixturePlan } from '../testing/fixture-blocks.ts'
import { abba, judged, rehearsal } from '../testing/fixture-rehearsal.ts'
import { rehearsalReport } from './result.ts'

/** A rehearsal whose blocks of after met another crowd, as planned as the first. */
const other = (change: (block: Block) => Block) =>
  judged(rehearsal().map((block) => (block.arm === 'after' ? change(block) : block)))

describe('what arrived is compared, not the plan with itself', () => {
  test('how many', () => {
    const fewer = (block: Block) => ({
      ...block,
      ...{ started: 1150, dropped: 50, history: block.history.slice(0, 1150) },
    })
    const { verdict, reasons } = other(fewer)
    expect(verdict).toBe('untrusted')
    expect(reasons.join('\n')).toMatch(/different crowds in 4 of 4 pairs: pair 1: 1,200 and 1,150/)
  })

  test('who', () => {
    const swapped = (block: Block) => ({
      ...block,
      history: block.history.map((journey) => ({ ...journey, userId: `9${journey.userId}` })),
    })
    const { verdict, ratios, reasons } = other(swapped)
    expect([verdict, ratios]).toEqual(['untrusted', null])
    expect(reasons.join('\n')).toContain('pair 1: journey 0 was another customer')
  })

  test('when: the same number, but later', () => {
    const later = (block: Block) => ({
      ...block,
      history: block.history.map((journey) => ({
        ...journey,
        startedMs: Math.max(journey.startedMs, block.crowdStartMs + 4000),
        endedMs: journey.endedMs + 4000,
      })),
    })
    expect(other(later).reasons.join('\n')).toMatch(
      /after \d s the arrivals were 1\d\.\d % .* apart/,
    )
  })

  test('a journey that was cut off and has no line is no other crowd', () => {
    const cut = (block: Block) => ({ ...block, history: block.history.slice(30) })
    expect(other(cut).reasons.join('\n')).not.toContain('different crowds')
  })
})

test('an fsync too fast to be durable is reported', () => {
  const blocks = rehearsal({}, abba(4))
  const versions = { ...fixtureEnvironment(), fsyncMicros: 4 }
  const { verdict, reasons } = rehearsalReport(fixturePlan({ blocks: 4 }), blocks, versions)
  expect(verdict).toBe('as-expected')
  expect(reasons.join('\n')).toContain('An fsync takes 4 µs here, too fast to be durable')
})
