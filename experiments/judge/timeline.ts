import { median } from 'simple-statistics'
import type { Block } from '../run/result.ts'
import { percentileSorted } from './statistics.ts'
import { servedCheckoutMs } from './summarize.ts'

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
  /** Checkout ms of served journeys by the second of their arrival, pooled; null = none. */
  p50: (number | null)[]
  p99: (number | null)[]
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
    Math.max(crowdSeconds, lastEnd),
  )
  const seconds = Array.from({ length: Math.ceil(length) }, (_, second) => second)
  const counts = blocks.map((block) => countsOf(block, seconds.length))
  const middle = (of: (count: Counts) => number[]) =>
    seconds.map((second) =>
      counts.length === 0 ? 0 : median(counts.map((c) => of(c)[second] ?? 0)),
    )
  const checkouts = checkoutsBySecond(blocks, seconds.length)
  const at = (share: number) =>
    checkouts.map((sorted) => (sorted.length === 0 ? null : percentileSorted(sorted, share)))
  return {
    seconds,
    offered: middle((count) => count.offered),
    paid: middle((count) => count.paid),
    failed: middle((count) => count.failed),
    unknown: middle((count) => count.unknown),
    p50: at(0.5),
    p99: at(0.99),
    faults: faultsOf(blocks[0]),
    crowdSeconds,
  }
}

interface Counts {
  offered: number[]
  paid: number[]
  failed: number[]
  unknown: number[]
}

function countsOf(block: Block, length: number): Counts {
  const zeros = () => new Array<number>(length).fill(0)
  const counts: Counts = { offered: zeros(), paid: zeros(), failed: zeros(), unknown: zeros() }
  const add = (into: number[], atMs: number) => {
    const second = Math.max(0, Math.floor((atMs - block.crowdStartMs) / 1000))
    if (second < length) into[second] = (into[second] ?? 0) + 1
  }
  for (const journey of block.history) {
    add(counts.offered, journey.startedMs)
    const { outcome } = journey
    if (outcome === 'paid' || outcome === 'failed' || outcome === 'unknown') {
      add(counts[outcome], journey.endedMs)
    }
  }
  return counts
}

function checkoutsBySecond(blocks: readonly Block[], length: number): number[][] {
  const bySecond = Array.from({ length }, (): number[] => [])
  for (const block of blocks) {
    for (const journey of block.history) {
      const checkoutMs = servedCheckoutMs(journey)
      const second = Math.max(0, Math.floor((journey.startedMs - block.crowdStartMs) / 1000))
      if (checkoutMs !== null) bySecond[second]?.push(checkoutMs)
    }
  }
  return bySecond.map((checkouts) => checkouts.sort((a, b) => a - b))
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
  block.history.reduce(
    (last, { endedMs }) => Math.max(last, Math.floor((endedMs - block.crowdStartMs) / 1000) + 1),
    0,
  )
