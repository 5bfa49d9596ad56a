import { describe, expect, test } from 'bun:test'
import { cellsOf, nextTrigger, type Outcome, type Tried } from './search.ts'

const triggers = [1, 2, 4, 8, 16]

/** Runs the search against a design that gets over what is at most so long. */
function searched(outcomeOf: (triggerSeconds: number, run: number) => Outcome, runsEach = 2) {
  const tried: Tried[] = []
  for (let turn = 0; turn < 50; turn += 1) {
    const triggerSeconds = nextTrigger(tried, triggers, runsEach)
    if (triggerSeconds === undefined) return { tried, cells: cellsOf(tried, triggers) }
    tried.push({ triggerSeconds, outcome: outcomeOf(triggerSeconds, turn) })
  }
  throw new Error('the search has no end')
}

const upTo = (most: number) => (seconds: number) => (seconds <= most ? 'recovered' : 'stayed-down')
const statesOf = (most: number) => searched(upTo(most)).cells.map(({ state }) => state)

describe('the search', () => {
  const [up, down] = ['implied-recovered', 'implied-down'] as const
  test.each([
    [0, ['stayed-down', down, down, down, 'stayed-down']],
    [1, ['recovered', 'stayed-down', 'stayed-down', down, 'stayed-down']],
    [4, ['recovered', up, 'recovered', 'stayed-down', 'stayed-down']],
    [16, [up, up, up, up, 'recovered']],
  ])('finds what a design gets over that lasts %i s', (most, states) => {
    expect(statesOf(most)).toEqual(states as never)
  })

  test('runs both sides of the border as often as asked, and nothing else again', () => {
    const { cells, tried } = searched(upTo(4), 3)
    expect(cells.map(({ runs }) => runs)).toEqual([1, 0, 3, 3, 1])
    expect(tried.length).toBeLessThanOrEqual(8)
  })

  test('has a mixed cell where seeds disagree', () => {
    let runs = 0
    const { cells } = searched((seconds) => {
      if (seconds !== 4) return seconds < 4 ? 'recovered' : 'stayed-down'
      runs += 1
      return runs % 2 === 0 ? 'stayed-down' : 'recovered'
    })
    expect(cells[2]).toEqual({ triggerSeconds: 4, runs: 2, recovered: 1, state: 'mixed' })
    expect(cells[1]).toEqual({ triggerSeconds: 2, runs: 2, recovered: 2, state: 'recovered' })
  })

  test('gives up a rate at which two runs cannot say', () => {
    const { tried, cells } = searched(() => 'unknown')
    expect(tried.length).toBe(2)
    expect(cells.map(({ state }) => state)).toEqual(['open', 'open', 'open', 'open', 'unknown'])
  })

  test('repeats one run that cannot say', () => {
    const { tried, cells } = searched((_seconds, turn) => (turn === 0 ? 'unknown' : 'recovered'))
    expect(tried.length).toBe(3)
    expect(cells.at(-1)).toMatchObject({ runs: 2, state: 'recovered' })
  })
})
