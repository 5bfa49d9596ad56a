import { withDeadline } from '../deadline.ts'
import { recordsOf } from '../designs/axes.ts'
import type { Design } from '../designs/design.ts'
import type { Shadow } from '../designs/flags/shadow.ts'
import { bucketOf } from '../designs/flags/share.ts'
import type { FlowCtx } from '../designs/flow-ctx.ts'
import type { OpenedOptions } from '../designs/opened-options.ts'
import { logError } from '../log.ts'
import type { RouteName } from '../route-names.ts'
import { byField, differences, type ShadowAnswer } from './compare.ts'
import { judgePair, type Repeated } from './judge-pair.ts'
import { type ShadowMeter, ShadowRecord, silentShadowMeter } from './record.ts'

/** A request that is answered, and how it is run again. */
export interface ShadowJob {
  route: RouteName
  shadow: Shadow
  /** The design that the answer is from. */
  design: Design
  requestId: string
  served(): Promise<ShadowAnswer>
  /** Of the request, parsed. */
  body(): Promise<unknown>
  run(ctx: FlowCtx): Promise<ShadowAnswer>
}

/** What a run has answered. */
export interface ShadowRun extends ShadowAnswer {
  /** Transactions that waited for its locks at its end; absent = not looked at, or not known. */
  blocked?: number
}

/** How requests of an axis are run again. */
export interface ShadowWay {
  /** Gets ready what it needs; none of its requests runs before. */
  ready(): Promise<void>
  /**
   * What the other option is compared with, and fields in which the customer's answer differs from
   * it by nature.
   * @throws Skipped
   */
  first(job: ShadowJob): Promise<{ answer: ShadowRun; natural: string[] }>
  run(job: ShadowJob, design: Design): Promise<ShadowRun>
}

/** The request is one that cannot be repeated. */
export class Skipped extends Error {}

/** Another process runs as much as may run. */
export class Dropped extends Error {}

/** The run took too long. */
export class TimedOut extends Error {}

/** Of routes that only read: on the data as it is, and compared with what the customer got. */
export const readsAgain = (options: Pick<OpenedOptions, 'ctx'>): ShadowWay => ({
  ready: async () => {},
  first: async (job) => ({ answer: await job.served(), natural: [] }),
  run: (job, design) => job.run(options.ctx(design, job.route)),
})

interface ShadowsOptions {
  wayOf(shadow: Pick<Shadow, 'axis' | 'writes'>): ShadowWay
  /** True while customers use all that the process has: then none runs. */
  isBusy(): boolean
  meter?: ShadowMeter
  limits?: Partial<ShadowLimits>
  nowMs?: () => number
  sleep?: (ms: number) => Promise<unknown>
}

interface ShadowLimits {
  /** Run at a time. */
  running: number
  /** Wait for their turn; more are dropped. */
  waiting: number
  /** Wait until what an option may have been behind is over; more are dropped. */
  repeating: number
  /** One run of an option is given up after it. */
  runMsMax: number
}

const defaultLimits: ShadowLimits = { running: 2, waiting: 32, repeating: 32, runMsMax: 2000 }

/** How far the option of the axis may be behind the database, as it declares. */
const stalenessOf = ({ shadow: { axis } }: ShadowJob, { options }: Design): number =>
  recordsOf(axis)[options[axis]]?.stalenessMs ?? 0

/**
 * Runs requests again that are answered, with another option, and records where that differs.
 * in: answered requests · out: a record for each axis · Nothing waits for it: it runs a few at a
 * time, drops and counts what is too much, and gives up a run that takes too long.
 */
export class Shadows {
  readonly #records = new Map<string, ShadowRecord>()
  readonly #given: ShadowsOptions
  readonly #meter: ShadowMeter
  readonly #limits: ShadowLimits
  readonly #queue: (() => Promise<void>)[] = []
  #running = 0
  #repeating = 0
  #isClosed = false

  constructor(given: ShadowsOptions) {
    this.#given = given
    this.#meter = given.meter ?? silentShadowMeter
    this.#limits = { ...defaultLimits, ...given.limits }
  }

  /** What was seen of an axis since the change that set its shadow; undefined = nothing yet. */
  recordOf({ axis, epoch }: Pick<Shadow, 'axis' | 'epoch'>): ShadowRecord | undefined {
    const record = this.#records.get(axis)
    return record?.shadow.epoch === epoch ? record : undefined
  }

  /** Takes a request that is being answered; never throws, and waits for nothing. */
  offer(job: ShadowJob): void {
    const record = this.#open(job.shadow)
    const isTooMuch = this.#queue.length >= this.#limits.waiting || this.#given.isBusy()
    if (this.#isClosed || isTooMuch) record.ended('dropped')
    else this.#enqueue(() => this.#compare(job, record))
  }

  /** Nothing runs any more once it resolves, or the longest run is over; the ways stay open. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#queue.length = 0
    const endsAtMs = performance.now() + this.#limits.runMsMax
    while (this.#running > 0 && performance.now() < endsAtMs) await Bun.sleep(10)
  }

  #open(shadow: Shadow): ShadowRecord {
    const known = this.recordOf(shadow)
    if (known) return known
    const { axis, epoch } = shadow
    const record = new ShadowRecord({ axis, epoch }, this.#meter)
    this.#records.set(axis, record)
    return record
  }

  #enqueue(work: () => Promise<void>): void {
    this.#queue.push(work)
    // Behind what the process has to send now, the answer of the request among it.
    setImmediate(() => this.#next())
  }

  #next(): void {
    if (this.#running >= this.#limits.running) return
    const work = this.#queue.shift()
    if (!work) return
    this.#running += 1
    work().finally(() => {
      this.#running -= 1
      this.#next()
    })
  }

  async #compare(job: ShadowJob, record: ShadowRecord): Promise<void> {
    await this.#recorded(job, record, async () => {
      const { design, shadow } = job
      const isFloor = record.isFloorDue || shadow.design === design
      await this.#given.wayOf(job.shadow).ready()
      const { answer: served, natural } = await this.#inTime(
        this.#given.wayOf(job.shadow).first(job),
      )
      if (served.blocked !== undefined) record.hasBlocked(served.blocked)
      record.differedByNature(natural)
      const other = await this.#run(job, isFloor ? design : shadow.design, record)
      const fields = [...byField(differences(served, other)).keys()]
      if (isFloor) {
        record.floorDiffered(fields)
        return record.ended(fields.length > 0 ? 'natural' : 'same')
      }
      const noise = fields.filter((field) => record.isNoise(field))
      record.differedByNature(noise)
      if (noise.length === fields.length) return record.ended('same')
      await this.#repeat(job, record, { served, shadow: other })
    })
  }

  /** At once, or after a while in which others have their turn. */
  async #repeat(
    job: ShadowJob,
    record: ShadowRecord,
    first: Pick<Repeated, 'served' | 'shadow'>,
  ): Promise<void> {
    const stalenessMs = Math.max(stalenessOf(job, job.design), stalenessOf(job, job.shadow.design))
    const again = async () => {
      const { servedAgain, shadowAgain } = await this.#runBoth(job, record)
      const pair = { ...first, servedAgain, shadowAgain, stalenessMs }
      const { mismatches, natural } = judgePair(pair, (field) => record.isNoise(field))
      record.differedByNature(natural)
      if (mismatches.length > 0) record.mismatched(job.route, mismatches, Date.now())
      if (mismatches.length > 0) record.ended('mismatched')
      else record.ended(natural.length > 0 ? 'natural' : 'late')
    }
    if (stalenessMs === 0) return await again()
    if (this.#repeating >= this.#limits.repeating) return record.ended('dropped')
    this.#repeating += 1
    void this.#whenFresh(job, record, stalenessMs).then(() => {
      this.#repeating -= 1
      if (!this.#isClosed) this.#enqueue(() => this.#recorded(job, record, again))
    })
  }

  /** A cache may keep an old answer until somebody reads: the options are asked half way. */
  async #whenFresh(job: ShadowJob, record: ShadowRecord, stalenessMs: number): Promise<void> {
    const { sleep = Bun.sleep } = this.#given
    await sleep(stalenessMs / 2)
    const asked = Promise.withResolvers<void>()
    if (!this.#isClosed) {
      const end = () => asked.resolve()
      this.#enqueue(() => this.#runBoth(job, record).then(end, end))
      await asked.promise
    }
    await sleep(stalenessMs / 2)
  }

  /** In an order that is drawn: neither option always meets what the other one has left. */
  async #runBoth(job: ShadowJob, record: ShadowRecord) {
    const { design, shadow, requestId } = job
    const served = () => this.#run(job, design, record)
    const other = () => this.#run(job, shadow.design, record)
    if (bucketOf('shadow order', shadow.seed, requestId) % 2 === 0) {
      const servedAgain = await served()
      return { servedAgain, shadowAgain: await other() }
    }
    const shadowAgain = await other()
    return { servedAgain: await served(), shadowAgain }
  }

  async #run(job: ShadowJob, design: Design, record: ShadowRecord): Promise<ShadowRun> {
    const startedMs = performance.now()
    const answer = await this.#inTime(this.#given.wayOf(job.shadow).run(job, design))
    record.ran(performance.now() - startedMs)
    if (answer.blocked !== undefined) record.hasBlocked(answer.blocked)
    return answer
  }

  async #inTime<T>(running: Promise<T>): Promise<T> {
    return await withDeadline(running, this.#limits.runMsMax, () => {
      running.catch(() => {})
      throw new TimedOut()
    })
  }

  /** What fails is the shadow's own: it is counted, and logged where it begins to. */
  async #recorded(job: ShadowJob, record: ShadowRecord, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (error instanceof TimedOut) record.ended('timed-out')
      else if (error instanceof Skipped) record.ended('skipped')
      else if (error instanceof Dropped) record.ended('dropped')
      else if (record.failed(error)) {
        logError(`shadow of ${job.shadow.axis}: cannot run, customers are served`, error)
      }
    }
  }
}
