import { type BufferCounts, TicketBuffer } from '../clients/ticket-buffer.ts'
import { type Range, sizeOf } from './ranges.ts'
import { createStep, type Step } from './step.ts'

/** A sequence has come to the end of its range. */
export class SequenceExhausted extends Error {
  override name = 'SequenceExhausted'
}

/** Another source has the sequence now. */
export class SequenceRetired extends Error {
  override name = 'SequenceRetired'
}

/** A durable mark is below ids that were handed out: going on could hand them out again. */
export class MarkWentBack extends Error {
  override name = 'MarkWentBack'
}

/** The lease failed, and what was leased before is used up. Nothing was consumed. */
export class NoLease extends Error {
  override name = 'NoLease'
}

export interface SequencesOptions {
  /** A range above all leased before, durable before it resolves; settles in bounded time. */
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
export class Sequences {
  readonly #options: SequencesOptions
  readonly #known = new Map<string, Sequence>()

  constructor(options: SequencesOptions) {
    this.#options = options
  }

  /**
   * One range.
   * @param above the ids up to this one are given no more
   * @throws SequenceExhausted, SequenceRetired, MarkWentBack, NoLease
   */
  async take(sequence: string, count: number, above = 0): Promise<Range> {
    return await this.#find(sequence).take(count, above)
  }

  /** Drops what is leased of a sequence below an id. */
  skipTo(sequence: string, first: number): void {
    this.#known.get(sequence)?.skipTo(first)
  }

  /** One id of a known sequence, if one is buffered. */
  nextBuffered(sequence: string): number | undefined {
    return this.#known.get(sequence)?.nextBuffered()
  }

  list(): SequenceState[] {
    return [...this.#known.values()].map((sequence) => sequence.state())
  }

  #find(name: string): Sequence {
    const known = this.#known.get(name)
    if (known) return known
    const opened = new Sequence(name, this.#options)
    this.#known.set(name, opened)
    return opened
  }
}

class Sequence {
  readonly #name: string
  readonly #lease: SequencesOptions['lease']
  readonly #step: Step
  readonly #counts: BufferCounts = { refills: 0, refillErrors: 0, waits: 0 }
  readonly #buffer: TicketBuffer
  #highWater = 0
  #handedOut = 0
  #wentBack = false

  constructor(name: string, { lease, now }: SequencesOptions) {
    this.#name = name
    this.#lease = lease
    this.#step = createStep({ least: stepLeast, most: stepMost, lastsMs, now })
    this.#buffer = new TicketBuffer({
      step: this.#step,
      counts: this.#counts,
      request: (count) => this.#request(count),
      unavailable: (cause) => (isExpected(cause) ? cause : new NoLease('no lease', { cause })),
      refillBelow,
      requestMax: stepMost,
      timeoutMs: waitMsMax,
      isWhole: true,
    })
  }

  async take(count: number, above: number): Promise<Range> {
    this.#refuseWentBack()
    this.#buffer.skipTo(above + 1)
    const [range] = await this.#buffer.take(count)
    if (!range) throw new NoLease('no range came')
    this.#handedOut += sizeOf(range)
    return range
  }

  skipTo(first: number): void {
    this.#buffer.skipTo(first)
  }

  nextBuffered(): number | undefined {
    if (this.#wentBack) return undefined
    const id = this.#buffer.nextBuffered()
    if (id !== undefined) this.#handedOut++
    return id
  }

  state(): SequenceState {
    return {
      sequence: this.#name,
      next: this.#buffer.peek(),
      highWater: this.#highWater,
      step: this.#step.current(),
      buffered: this.#buffer.buffered(),
      handedOut: this.#handedOut,
      leases: this.#counts.refills,
      leaseErrors: this.#counts.refillErrors,
    }
  }

  async #request(count: number): Promise<Range> {
    this.#refuseWentBack()
    const range = await this.#lease(this.#name, count)
    this.#wentBack = range.first <= this.#highWater
    this.#refuseWentBack()
    this.#highWater = range.last
    return range
  }

  #refuseWentBack(): void {
    if (!this.#wentBack) return
    const why = `the mark of ${this.#name} is below ids that were handed out`
    throw new MarkWentBack(`${why}: stopped until an operator has checked it`)
  }
}

const isExpected = (cause: unknown): cause is Error =>
  cause instanceof SequenceExhausted ||
  cause instanceof SequenceRetired ||
  cause instanceof MarkWentBack
