/** Inclusive, both ends safe integers. */
export interface Range {
  first: number
  last: number
}

/** `next` has not been handed out; no id above `highWater` may be before a higher mark is saved. */
export interface SequenceState {
  sequence: string
  next: number
  highWater: number
}

/** High-water mark by sequence: every id up to it may have been handed out. */
export type Marks = ReadonlyMap<string, number>

/** A sequence ran into 2^53-1, the largest id that JSON readers keep exact. */
export class SequenceExhausted extends Error {
  override name = 'SequenceExhausted'
}

/** More than `sequencesMax` sequences: most likely ids are being used as sequence names. */
export class TooManySequences extends Error {
  override name = 'TooManySequences'
}

export const sequencesMax = 64

/** Most ids that one request may take. */
export const rangeCountMax = 100_000

export interface AllocatorOptions {
  /** First id of a sequence that has no saved mark. */
  start: number
  /**
   * Ids reserved ahead per save: what a crash may skip, and how seldom a take waits for the disk.
   */
  step: number
  saved: Marks
  /** Makes all marks durable before it returns; throws when it could not. */
  persist(marks: Marks): void
}

/**
 * In: a sequence and a count. Out: a range that was never handed out before, crashes included.
 * Race closed: the mark is durable before an id below it leaves, and `take` never awaits, so no
 * two takes interleave. A failed save changes nothing in memory.
 */
export function createAllocator({ start, step, saved, persist }: AllocatorOptions) {
  const sequences = new Map<string, SequenceState>()
  for (const [sequence, highWater] of saved) {
    sequences.set(sequence, { sequence, next: highWater + 1, highWater })
  }

  function raise(sequence: string, highWater: number): number {
    const marks = new Map([...sequences].map(([name, state]) => [name, state.highWater]))
    persist(marks.set(sequence, highWater))
    return highWater
  }

  /** Throws `SequenceExhausted`, `TooManySequences`, or what `persist` threw. */
  function take(sequence: string, count: number): Range {
    const state = sequences.get(sequence) ?? { sequence, next: start, highWater: start - 1 }
    if (!sequences.has(sequence) && sequences.size >= sequencesMax) {
      throw new TooManySequences(`no more than ${sequencesMax} sequences`)
    }
    // Subtracted, not added: a sum beyond 2^53 is rounded and could pass.
    if (count - 1 > Number.MAX_SAFE_INTEGER - state.next) {
      throw new SequenceExhausted(`${sequence} has no ${count} ids left below 2^53`)
    }
    const last = state.next + count - 1
    const highWater =
      last <= state.highWater
        ? state.highWater
        : raise(sequence, Math.min(last + step, Number.MAX_SAFE_INTEGER))
    sequences.set(sequence, { sequence, next: last + 1, highWater })
    return { first: state.next, last }
  }

  return { take, list: (): SequenceState[] => [...sequences.values()] }
}

export type Allocator = ReturnType<typeof createAllocator>
