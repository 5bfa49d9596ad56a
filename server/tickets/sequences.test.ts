import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { memoryMarks } from '../testing/memory-marks.ts'
import { firstOverlap, type Range } from './ranges.ts'
import {
  MarkWentBack,
  NoLease,
  SequenceExhausted,
  Sequences,
  type SequencesOptions,
} from './sequences.ts'

type Lease = SequencesOptions['lease']

const settle = () => new Promise((resolve) => setImmediate(resolve))
const roundsOfCounts = fc.array(fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1 }), {
  minLength: 2,
})

/** Takes `rounds` of counts, crashing after each: what is buffered then is lost. */
async function crashRounds(rounds: number[][], lease: Lease): Promise<Range[]> {
  const issued: Range[] = []
  for (const counts of rounds) {
    const sequences = new Sequences({ lease })
    for (const count of counts) issued.push(await sequences.take('orders', count))
  }
  return issued
}

describe('no id is issued twice', () => {
  test('whatever is taken and whenever it crashes, and later ids are larger', async () => {
    const property = fc.asyncProperty(roundsOfCounts, async (rounds) => {
      const issued = await crashRounds(rounds, memoryMarks().lease)
      expect(firstOverlap(issued)).toBeUndefined()
      expect(issued).toEqual(issued.toSorted((a, b) => a.first - b.first))
      expect(issued.map(({ first, last }) => last - first + 1)).toEqual(rounds.flat())
    })
    await fc.assert(property, { numRuns: 50 })
  })

  test('a mark that is not durable is caught: its lease comes again', async () => {
    const forgetful: Lease = async (_, count) => ({ first: 1, last: count })
    const issued = await crashRounds([[5], [5]], forgetful)
    expect(firstOverlap(issued)).toBeDefined()
  })

  test('two instances at once have disjoint ranges', async () => {
    const { lease } = memoryMarks()
    const instances = [new Sequences({ lease }), new Sequences({ lease })]
    const takes = Array.from({ length: 200 }, (_, index) =>
      instances[index % 2]?.take('orders', 1 + ((index * 7919) % 5000)),
    )
    const ranges = (await Promise.all(takes)).flatMap((range) => range ?? [])
    expect(ranges).toHaveLength(200)
    expect(firstOverlap(ranges)).toBeUndefined()
  })

  test('the checker sees one shared id among ranges in any order', () => {
    const shared = { first: 5, last: 9 }
    const ranges = [{ first: 9, last: 9 }, { first: 1, last: 4 }, shared]
    expect(firstOverlap(ranges)).toEqual([shared, { first: 9, last: 9 }])
  })
})

describe('leases', () => {
  test('are taken ahead of need: nearly one to two of them are there', async () => {
    let nowMs = 0
    const sequences = new Sequences({ lease: memoryMarks().lease, now: () => nowMs })
    await sequences.take('orders', 1)
    for (let turn = 0; turn < 100; turn += 1) {
      nowMs += 1500
      await sequences.take('orders', 1000)
      await settle()
      const [{ buffered = 0, step = 0 } = {}] = sequences.list()
      expect([10_000, 20_000]).toContain(step)
      expect(buffered).toBeGreaterThanOrEqual(9_000 - 1)
      expect(buffered).toBeLessThanOrEqual(40_000)
    }
  })

  test('grow while they are used up fast, and shrink when they last', async () => {
    let nowMs = 0
    const sequences = new Sequences({ lease: memoryMarks().lease, now: () => nowMs })
    const step = () => sequences.list()[0]?.step
    const use = async (ids: number, ms: number) => {
      nowMs += ms
      await sequences.take('orders', ids)
      await settle()
    }
    await use(1, 0)
    for (let turn = 0; turn < 20; turn += 1) await use(100_000, 100)
    expect(step()).toBe(1_000_000)
    for (let turn = 0; turn < 200; turn += 1) await use(100_000, 30_000)
    expect(step()).toBeLessThan(1_000_000)
  })

  test('that fail consume nothing; what is buffered outlives the database', async () => {
    const { lease } = memoryMarks()
    let isDown = true
    const sequences = new Sequences({
      lease: (...range) => (isDown ? Promise.reject(new Error('gone')) : lease(...range)),
    })
    await expect(sequences.take('orders', 1)).rejects.toBeInstanceOf(NoLease)
    isDown = false
    expect((await sequences.take('orders', 1)).first).toBe(1)
    await settle()
    const buffered = sequences.list()[0]?.buffered ?? 0
    isDown = true
    for (let left = buffered; left > 0; left -= 1000) {
      await sequences.take('orders', Math.min(left, 1000))
    }
    await expect(sequences.take('orders', 1)).rejects.toBeInstanceOf(NoLease)
    isDown = false
    expect((await sequences.take('orders', 1)).first).toBe(buffered + 2)
  })

  test('one of a mark that went back stops its sequence, and no other', async () => {
    const { lease, marks } = memoryMarks()
    const sequences = new Sequences({ lease })
    await sequences.take('orders', 1)
    await sequences.take('payments', 1)
    marks.set('orders', 50)
    await sequences.take('orders', 5000)
    await settle()
    await expect(sequences.take('orders', 1)).rejects.toBeInstanceOf(MarkWentBack)
    // Put right or not: only somebody who has looked starts it again.
    marks.set('orders', 10_000_000)
    await expect(sequences.take('orders', 1)).rejects.toBeInstanceOf(MarkWentBack)
    expect(sequences.nextBuffered('orders')).toBeUndefined()
    expect((await sequences.take('payments', 1)).first).toBe(2)
  })
})

describe('limits', () => {
  test('the end of the range is reported', async () => {
    const lease: Lease = () => Promise.reject(new SequenceExhausted('no ids left'))
    const sequences = new Sequences({ lease })
    await expect(sequences.take('orders', 1)).rejects.toBeInstanceOf(SequenceExhausted)
  })
})
