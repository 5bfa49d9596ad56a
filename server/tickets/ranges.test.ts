import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { firstOverlap } from './overlap.ts'
import {
  type AllocatorOptions,
  createAllocator,
  type Marks,
  type Range,
  SequenceExhausted,
  TooManySequences,
} from './ranges.ts'

const never = () => {
  throw new Error('disk full')
}
const allocator = (options: Partial<AllocatorOptions> = {}) =>
  createAllocator({ start: 100, step: 10, saved: new Map(), persist: () => {}, ...options })

/**
 * Takes `rounds` of counts, crashing after each round; `makePersist` decides what reaches the disk.
 */
function crashRounds(
  rounds: number[][],
  makePersist: (disk: { marks: Marks }) => AllocatorOptions,
) {
  const disk = { marks: new Map() as Marks }
  const issued: Range[] = []
  for (const counts of rounds) {
    const tickets = createAllocator(makePersist(disk))
    for (const count of counts) issued.push(tickets.take('orders', count))
  }
  return issued
}

const base = { start: 1, step: 5 }
const persistBefore = (disk: { marks: Marks }): AllocatorOptions => ({
  ...base,
  saved: disk.marks,
  persist: (marks) => {
    disk.marks = marks
  },
})
/** The seeded bug: a mark reaches the disk only when the next one is raised, after its ids left. */
const persistAfter = (disk: { marks: Marks }): AllocatorOptions => {
  let waiting = disk.marks
  return {
    ...base,
    saved: disk.marks,
    persist: (marks) => {
      disk.marks = waiting
      waiting = marks
    },
  }
}

const roundsOfCounts = fc.array(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), {
  minLength: 2,
})

describe('no id is issued twice', () => {
  test('whatever is taken and whenever it crashes', () => {
    fc.assert(
      fc.property(roundsOfCounts, (rounds) => {
        const issued = crashRounds(rounds, persistBefore)
        expect(firstOverlap(issued)).toBeUndefined()
        expect(
          issued.every((range, i) => i === 0 || range.first > (issued[i - 1]?.last ?? 0)),
        ).toBe(true)
      }),
    )
  })

  test('a server that persists after use is caught', () => {
    fc.assert(
      fc.property(roundsOfCounts, (rounds) => {
        expect(firstOverlap(crashRounds(rounds, persistAfter))).toBeDefined()
      }),
    )
  })

  test('the checker sees one shared id among ranges in any order', () => {
    const shared = { first: 5, last: 9 }
    const ranges = [{ first: 9, last: 9 }, { first: 1, last: 4 }, shared]
    expect(firstOverlap(ranges)).toEqual([shared, { first: 9, last: 9 }])
  })
})

describe('marks', () => {
  test('are saved before use, a step ahead, and only when needed', () => {
    const saves: [string, number][][] = []
    const tickets = allocator({ persist: (marks) => saves.push([...marks]) })
    expect(tickets.take('orders', 5)).toEqual({ first: 100, last: 104 })
    expect(tickets.take('orders', 10)).toEqual({ first: 105, last: 114 })
    expect(tickets.take('constructor', 1)).toEqual({ first: 100, last: 100 })
    expect(saves).toEqual([
      [['orders', 114]],
      [
        ['orders', 114],
        ['constructor', 110],
      ],
    ])
  })

  test('that cannot be saved consume nothing', () => {
    let full = true
    const tickets = allocator({ persist: () => full && never() })
    expect(() => tickets.take('orders', 1)).toThrow('disk full')
    expect(tickets.list()).toEqual([])
    full = false
    expect(tickets.take('orders', 1).first).toBe(100)
  })

  test('of a restart are skipped, and other sequences start at the start', () => {
    const tickets = allocator({ saved: new Map([['orders', 500]]) })
    expect(tickets.take('orders', 1).first).toBe(501)
    expect(tickets.take('payments', 1).first).toBe(100)
  })
})

describe('limits', () => {
  test('2^53-1 is the last id', () => {
    const tickets = allocator({ start: Number.MAX_SAFE_INTEGER - 1 })
    expect(() => tickets.take('orders', 3)).toThrow(SequenceExhausted)
    expect(tickets.take('orders', 2).last).toBe(Number.MAX_SAFE_INTEGER)
    expect(() => tickets.take('orders', 1)).toThrow(SequenceExhausted)
    expect(tickets.list()[0]?.highWater).toBe(Number.MAX_SAFE_INTEGER)
  })

  test('64 sequences', () => {
    const tickets = allocator()
    for (let i = 0; i < 64; i++) tickets.take(`s${i}`, 1)
    expect(() => tickets.take('one_more', 1)).toThrow(TooManySequences)
    expect(tickets.take('s0', 1).first).toBe(101)
  })
})
