import { createBuffer } from '../clients/ticket-buffer.ts'
import { type Range, sizeOf } from './ranges.ts'
import { createStep } from './step.ts'

/** A sequence has come to the end of its range. */
export class SequenceExhausted extends Error {
  override name = 'SequenceExhausted'
}

/** More than `sequencesMax` sequences: most likely ids are being used as sequence names. */
export class TooManySequences extends Error {
  override name = 'TooManySequences'
}

/** A durable mark is below ids that were handed out: going on could hand them out again. */
export class MarkWentBack extends Error {
  override name = 'MarkWentBack'
}

/** The lease failed, and what was leased before is used up. Nothing was consumed. */
export class NoLease extends Error {
  override name = 'NoLease'
}

export const sequencesMax = 64

export interface SequencesOptions {
  /**
   * A range above all that were leased before, durable before it resolves; settles in bounded time.
   */
  lease(sequence: string, count: number): Promise<Range>
  now?: () => number
}

/** What is known of one sequence since this process began. */
export interface SequenceState {
  sequence: string
  /** What the next caller gets; undefined while nothing is buffered. */
  next: number | undefined
  /** Largest id leased. */
  highWater: number
  /** Ids in the next lease, those that need no lease, and those handed out. */
  step: number
  buffered: number
  handedOut: number
  leases: number
  leaseErrors: number
}

/** A lease is to last 10 to 20 s: so long, too, the database may be away. */
const lastsMs = 10_000
const stepLeast = 10_000
const stepMost = 1_000_000
/** Leased again once a tenth of the last lease is used: nearly one to two of them are there. */
const refillBelow = 0.9
/** Below the second after which a client gives up, so that it learns why. */
const waitMsMax = 800

/**
 * In: sequences by name. Out: ranges that were never handed out before, in rising order.
 * Race closed: an id leaves only once the lease that it is from is durable; a lease that lies not
 * above the last one stops its sequence for good, since the mark was put back behind our back.
 */
export function createSequences({ lease, now }: SequencesOptions) {
  const known = new Map<string, ReturnType<typeof open>>()

  function open(sequence: string) {
    const step = createStep({ least: stepLeast, most: stepMost, lastsMs, now })
    const counts = { refills: 0, refillErrors: 0, waits: 0 }
    const state = { step, counts, highWater: 0, handedOut: 0, wentBack: false }
    const request = async (count: number) => {
      refuseWentBack(state.wentBack, sequence)
      const range = await lease(sequence, count)
      state.wentBack = range.first <= state.highWater
      refuseWentBack(state.wentBack, sequence)
      state.highWater = range.last
      return range
    }
    const buffer = createBuffer({
      step,
      counts,
      request,
      unavailable: (cause) => (isExpected(cause) ? cause : new NoLease('no lease', { cause })),
      refillBelow,
      requestMax: stepMost,
      timeoutMs: waitMsMax,
      isWhole: true,
    })
    return Object.assign(state, { buffer })
  }

  function find(sequence: string) {
    const there = known.get(sequence)
    if (there) return there
    if (known.size >= sequencesMax) {
      throw new TooManySequences(`no more than ${sequencesMax} sequences`)
    }
    const opened = open(sequence)
    known.set(sequence, opened)
    return opened
  }

  return {
    /** One range. Throws `SequenceExhausted`, `TooManySequences`, `MarkWentBack`, `NoLease`. */
    async take(sequence: string, count: number): Promise<Range> {
      const found = find(sequence)
      refuseWentBack(found.wentBack, sequence)
      const [range] = await found.buffer.take(count)
      if (!range) throw new NoLease('no range came')
      found.handedOut += sizeOf(range)
      return range
    },
    /** One id of a known sequence, if one is buffered. */
    nextBuffered(sequence: string): number | undefined {
      const found = known.get(sequence)
      if (!found || found.wentBack) return undefined
      const id = found.buffer.nextBuffered()
      if (id !== undefined) found.handedOut++
      return id
    },
    list: (): SequenceState[] =>
      [...known].map(([sequence, { buffer, step, counts, highWater, handedOut }]) => ({
        sequence,
        next: buffer.peek(),
        highWater,
        step: step.current(),
        buffered: buffer.buffered(),
        handedOut,
        leases: counts.refills,
        leaseErrors: counts.refillErrors,
      })),
  }
}

export type Sequences = ReturnType<typeof createSequences>

function refuseWentBack(wentBack: boolean, sequence: string): void {
  if (!wentBack) return
  const why = `the mark of ${sequence} is below ids that were handed out`
  throw new MarkWentBack(`${why}: stopped until an operator has checked it`)
}

const isExpected = (cause: unknown): cause is Error =>
  cause instanceof SequenceExhausted || cause instanceof MarkWentBack
