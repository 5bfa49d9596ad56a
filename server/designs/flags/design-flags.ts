import type { TicketClient } from '../../clients/ticket-client.ts'
import { withDeadline } from '../../deadline.ts'
import { Problem } from '../../errors.ts'
import { described, log } from '../../log.ts'
import type { Design } from '../design.ts'
import { assertSameLedger } from '../same-ledger.ts'
import { type Judge, judged, lacking } from './change.ts'
import type { DesignLog, Entry, LoggedEntry } from './design-log.ts'
import { type Flags, flagsOf, flagsText, parseFlags } from './flags.ts'
import { type Mix, mixOf } from './mix.ts'
import { movesOf } from './moves.ts'

/** Why, and by whom: what the log keeps of a change besides the flags. */
export type Authored = Pick<Entry, 'reason' | 'author'>

export interface FlagsHealth {
  /** Of the flags in force; undefined until they were read once. */
  epoch: number | undefined
  /** Since the flags in force were last seen to be the newest. */
  ageMs: number
  /** Why they cannot be read now. */
  problem?: string
}

interface FlagsOptions {
  log: DesignLog
  /** Design of the process while no change was made. */
  start: Design
  /** Database server that the designs are to run on; absent = not judged. */
  engine?: Judge['engine']
  /** Whether this process has them; absent = not judged. */
  hasLockServers?: boolean
  nowMs?: () => number
  /** Gets the least id that the ticket server may give of a sequence that has moved. */
  skipTo?: TicketClient['skipTo']
}

/** A reading that takes longer than this has failed, and another begins. */
const readMsMax = 1000

/**
 * The flags of one process. In: the log that all processes share. Out: the mix in force, which is
 * never older than the last reading, and never older than a change that this process made. While
 * the log cannot be read, or has what this version cannot run, the last mix stays.
 */
export class DesignFlags {
  readonly log: DesignLog
  readonly #judge: Judge
  readonly #nowMs: () => number
  readonly #skipTo: TicketClient['skipTo']
  #mix: Mix | undefined
  #notes = new Map<number, LoggedEntry>()
  #readAtMs: number
  #problem: string | undefined
  #reading: Promise<Mix> | undefined

  constructor({ log, nowMs, skipTo = () => {}, ...judge }: FlagsOptions) {
    this.log = log
    this.#judge = { engine: undefined, ...judge }
    this.#skipTo = skipTo
    this.#nowMs = nowMs ?? (() => performance.now())
    this.#readAtMs = this.#nowMs()
  }

  /** As after the first reading of a log that is empty. */
  static unchanged(options: FlagsOptions): DesignFlags {
    const flags = new DesignFlags(options)
    flags.#mix = mixOf(flagsOf(options.start), 0, options.start)
    return flags
  }

  /**
   * What is in force.
   * @throws Problem `database-unavailable` before the flags have been read once: what this process
   * was started with may be another ledger of the stock than the one that is in force
   */
  get mix(): Mix {
    if (this.#mix) return this.#mix
    throw new Problem('database-unavailable', { detail: 'The design flags were not read yet' })
  }

  /** Where a flag is from, for those that were changed. */
  noteOf(epoch: number): LoggedEntry | undefined {
    return this.#notes.get(epoch)
  }

  health(): FlagsHealth {
    const health = { epoch: this.#mix?.epoch, ageMs: this.#nowMs() - this.#readAtMs }
    return this.#problem === undefined ? health : { ...health, problem: this.#problem }
  }

  /** Reads what is newest; calls at once share one reading. @throws what kept it from being read */
  async refresh(): Promise<Mix> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined
    })
    return await withDeadline(this.#reading, readMsMax, () => {
      throw new Problem('database-unavailable')
    })
  }

  /** The same for a loop: never throws, and logs the first failure and its end alone. */
  async poll(): Promise<void> {
    const before = this.#problem
    try {
      await this.refresh()
      this.#problem = undefined
    } catch (error) {
      this.#problem = described(error)
    }
    if (this.#problem !== undefined && before === undefined) {
      log(`design flags: cannot be read, ${this.#kept()}: ${this.#problem}`)
    }
    if (this.#problem === undefined && before !== undefined) log('design flags: read again')
  }

  /**
   * Changes the design of all processes.
   * @param expected epoch of the flags that the operator has seen; absent = whatever they are
   * @param make the flags after it; those that it changes have `epoch`
   * @param startId where sequences that it moves to another source begin at least
   * @throws Problem `epoch-conflict`, `design-refused`, `unknown-design`
   */
  async change(
    authored: Authored,
    expected: number | undefined,
    make: (current: Mix, epoch: number) => Flags,
    startId?: number,
  ): Promise<Mix> {
    const current = await this.refresh()
    if (expected !== undefined && expected !== current.epoch) throw conflict(current.epoch)
    const next = judged(make(current, current.epoch + 1), current, this.#judge)
    const { epoch } = next
    const entry: Entry = { ...authored, epoch, flags: flagsText(next.flags) }
    const moves = movesOf(current, next, startId)
    if (!(await this.log.append(entry, moves))) throw conflict((await this.refresh()).epoch)
    return await this.refresh()
  }

  /** Flags as they were after a change; 0 = as this process was started. */
  async flagsAt(epoch: number): Promise<Flags | undefined> {
    if (epoch === 0) return flagsOf(this.#judge.start)
    const [entry] = await this.log.read([epoch])
    return entry && parseFlags(entry.flags)
  }

  async #read(): Promise<Mix> {
    const startedMs = this.#nowMs()
    const epoch = await this.log.lastEpoch()
    if (this.#mix === undefined || epoch !== this.#mix.epoch) await this.#adopt(epoch)
    this.#readAtMs = startedMs
    return this.mix
  }

  async #adopt(epoch: number): Promise<void> {
    const { start } = this.#judge
    const current = this.#mix
    if (current && epoch < current.epoch) {
      throw new Error(`the log ends at change ${epoch}, and ${current.epoch} was in it`)
    }
    const flags = await this.flagsAt(epoch)
    if (!flags) throw new Error(`change ${epoch} is not in the log`)
    const mix = mixOf(flags, epoch, start)
    if (current) assertSameLedger(mix.base, current.base)
    const why = lacking(mix, this.#judge)
    if (why !== undefined) throw new Error(`change ${epoch}: ${why}`)
    const epochs = new Set(Object.values(flags).map((flag) => flag.epoch))
    const notes = await this.log.read([...epochs].filter((one) => one > 0))
    const moved = epoch === 0 ? [] : await this.log.firstIds()
    for (const { sequence, first } of moved) this.#skipTo(sequence, first)
    this.#notes = new Map(notes.map((note) => [note.epoch, note]))
    this.#mix = mix
    if (epoch > 0) log(`design flags: change ${epoch} in force, ${mix.base.label}`)
  }

  #kept(): string {
    return this.#mix ? `those of change ${this.#mix.epoch} stay` : 'and never were'
  }
}

const conflict = (epoch: number) =>
  new Problem('epoch-conflict', {
    detail: `The design is at change ${epoch}: read it, and send "epoch": ${epoch}`,
    field: 'epoch',
  })
