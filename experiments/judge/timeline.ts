import { median } from 'simple-statistics'
import type { JourneyOutcome, JourneyRecord } from '../../loadtests/crowd/history.ts'
import type { LockSample } from '../run/locks.ts'
import type { Block } from '../run/result.ts'
import { percentileSorted } from './statistics.ts'
import { servedCheckoutMs } from './summarize.ts'
import { isServed } from './times.ts'

/** Charts stop this long after the last arrival: a stuck journey must not flatten the picture. */
const TAIL_SECONDS_MAX = 60

/** One arm over time: element k is the second [k, k+1) after the crowd began. */
export interface Timeline {
  seconds: number[]
  /** Journeys that arrived, by the second of their start; median of the arm's blocks. */
  offered: number[]
  /** Journeys that ended so in this second; medians of the arm's blocks. */
  paid: number[]
  failed: number[]
  unknown: number[]
  /** Transactions that wait for a row lock, and rows that are locked: medians of the most seen. */
  waiting: (number | null)[]
  rowsLocked: (number | null)[]
  /** Checkout ms of served journeys by the second of their arrival, pooled; null = none. */
  p50: (number | null)[]
  p99: (number | null)[]
  /** Ms from arrival to the end, of all that came; null = beyond any time, or none came. */
  sojournP50: (number | null)[]
  sojournP99: (number | null)[]
  /** Fault windows in seconds since the crowd began, as they really were in the first block. */
  faults: { name: string; fromSeconds: number; toSeconds: number }[]
  /** Seconds of crowd; what is later is the tail. */
  crowdSeconds: number
}

/** The blocks of one arm laid over each other, second by second. */
export function timelineOf(blocks: readonly Block[]): Timeline {
  const crowdSeconds = Math.max(0, ...blocks.map(crowdSecondsOfBlock))
  const lastEnd = Math.max(0, ...blocks.map(lastEndSecond))
  const length = Math.min(
    Math.ceil(crowdSeconds) + TAIL_SECONDS_MAX,
    Math.ceil(Math.max(crowdSeconds, lastEnd)),
  )
  const seconds = Array.from({ length }, (_, second) => second)
  const medians = (momentsOf: (block: Block) => number[]) => {
    const counts = blocks.map((block) => countsPerSecond(block, momentsOf(block), length))
    if (counts.length === 0) return seconds.map(() => 0)
    return seconds.map((second) => median(counts.map((count) => count[second] ?? 0)))
  }
  const ended = (wanted: JourneyOutcome) =>
    medians(({ history }) =>
      history.flatMap(({ outcome, endedMs }) => (outcome === wanted ? [endedMs] : [])),
    )
  const checkout = pooled(blocks, length, servedCheckoutMs)
  const sojourn = pooled(blocks, length, sojournMs)
  return {
    seconds,
    offered: medians(({ history }) => history.map(({ startedMs }) => startedMs)),
    paid: ended('paid'),
    failed: ended('failed'),
    unknown: ended('unknown'),
    waiting: mostSeen(blocks, length, ({ waiting }) => waiting),
    rowsLocked: mostSeen(blocks, length, ({ rowsLocked }) => rowsLocked),
    p50: checkout(0.5),
    p99: checkout(0.99),
    sojournP50: sojourn(0.5),
    sojournP99: sojourn(0.99),
    faults: faultsOf(blocks[0]),
    crowdSeconds,
  }
}

const secondOf = ({ crowdStartMs }: Block, atMs: number) =>
  Math.max(0, Math.floor((atMs - crowdStartMs) / 1000))

function countsPerSecond(block: Block, momentsMs: readonly number[], length: number): number[] {
  const counts = new Array<number>(length).fill(0)
  for (const atMs of momentsMs) {
    const second = secondOf(block, atMs)
    if (second < length) counts[second] = (counts[second] ?? 0) + 1
  }
  return counts
}

/** The most that the samples of a second show, median of the blocks; null without a sample. */
function mostSeen(
  blocks: readonly Block[],
  length: number,
  figureOf: (sample: LockSample) => number,
): (number | null)[] {
  const most = blocks.map((block) => {
    const seconds = new Array<number | undefined>(length)
    for (const sample of block.locks?.samples ?? []) {
      const second = secondOf(block, sample.atMs)
      seconds[second] = Math.max(seconds[second] ?? 0, figureOf(sample))
    }
    return seconds
  })
  return Array.from({ length }, (_, second) => {
    const seen = most.flatMap((seconds) => seconds[second] ?? [])
    return seen.length === 0 ? null : median(seen)
  })
}

/** One that was not answered rightly took longer than any time. */
const sojournMs = (journey: JourneyRecord) =>
  isServed(journey) ? journey.endedMs - journey.startedMs : Infinity

/** Percentiles by the second of arrival; null where there is none, or it is beyond any time. */
function pooled(
  blocks: readonly Block[],
  length: number,
  msOf: (journey: JourneyRecord) => number | null,
) {
  const perSecond = Array.from({ length }, (): number[] => [])
  for (const block of blocks) {
    for (const journey of block.history) {
      const ms = msOf(journey)
      if (ms !== null) perSecond[secondOf(block, journey.startedMs)]?.push(ms)
    }
  }
  for (const times of perSecond) times.sort((a, b) => a - b)
  return (share: number) =>
    perSecond.map((times) => {
      const ms = times.length === 0 ? Infinity : percentileSorted(times, share)
      return Number.isFinite(ms) ? ms : null
    })
}

function faultsOf(block: Block | undefined): Timeline['faults'] {
  if (!block) return []
  return block.faults.map((fault) => ({
    name: fault.name,
    fromSeconds: (fault.startMs - block.crowdStartMs) / 1000,
    toSeconds: (fault.endMs - block.crowdStartMs) / 1000,
  }))
}

const crowdSecondsOfBlock = (block: Block) => (block.crowdEndMs - block.crowdStartMs) / 1000

const lastEndSecond = (block: Block) =>
  block.history.reduce((last, { endedMs }) => Math.max(last, secondOf(block, endedMs) + 1), 0)
