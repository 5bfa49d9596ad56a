import type { Axis } from '../../server/designs/axes.ts'
import type { ShadowFlag } from '../../server/designs/flags/flags.ts'
import { slowScaleOf } from './slow-test.ts'
import { type Interval, Mismatches, Watch } from './watch.ts'

/** What a canary is to do. */
export interface CanaryPlan {
  subject: Axis
  /** Option that all customers have, and the one that is tried. */
  base: string
  canary: string
  /** Percent of the customers, rising, of which the last is 100. */
  steps: readonly number[]
  stepSeconds: number
  /** Compares both options meanwhile; its mismatches stop the canary. */
  shadow?: ShadowFlag
}

/** So long the old option alone is watched, before the first step. */
export const baselineSeconds = 30
/** Requests of the new option that a step needs, and those of the old one before the first. */
export const requestsMin = 50
/** A step that has too few requests by then has no data. */
const stepsWaited = 3
/** So long there may be no request at all, and before the first: a crowd takes time to start. */
const silentMsMax = 5000
const firstMsMax = 20_000

const stopped = (why: string): Move => ({ kind: 'stop', why, isData: true })

export type Move =
  | { kind: 'wait' }
  | { kind: 'raise'; percent: number }
  | { kind: 'finish' }
  | { kind: 'stop'; why: string; isData: boolean }

/** The state of a canary: what it has seen, and what is to be done. It acts on nothing. */
export class Canary {
  readonly #plan: CanaryPlan
  #step = -1
  #stepAtMs: number
  #lastRequestAtMs: number
  #silentMsMax = firstMsMax
  #stepRequests = 0
  #watch: Watch | undefined
  /** Before the first step too: no customer has the new option yet. */
  readonly #mismatches = new Mismatches()

  constructor(plan: CanaryPlan, nowMs: number) {
    this.#plan = plan
    this.#stepAtMs = nowMs
    this.#lastRequestAtMs = nowMs
  }

  /** Percent that the flag is to have; 0 before the first step. */
  get percent(): number {
    return this.#plan.steps[this.#step] ?? 0
  }

  /** In the first step, or before it. */
  get isFirst(): boolean {
    return this.#step <= 0
  }

  /**
   * Takes in what came since the last call.
   * @param interval undefined where the counts could not be read
   * @param total of the old option since the canary began
   */
  saw(interval: Interval | undefined, total: Interval['base'], nowMs: number): Move {
    const requests = interval ? interval.base.requests + interval.canary.requests : 0
    if (requests > 0) {
      this.#lastRequestAtMs = nowMs
      this.#silentMsMax = silentMsMax
    }
    if (nowMs - this.#lastRequestAtMs > this.#silentMsMax) {
      return this.#noData(`no request was counted for ${this.#silentMsMax / 1000} s`)
    }
    if (interval && this.#watch) this.#watch.add(interval)
    if (interval?.shadow) this.#mismatches.add(interval.shadow)
    const alarm = this.#watch?.alarm()
    if (alarm) return stopped(`${alarm}: not as often as under ${this.#plan.base}`)
    if (this.#mismatches.isAlarmed) return stopped('mismatched: the shadow found another answer')
    this.#stepRequests += interval
      ? this.#step < 0
        ? interval.base.requests
        : interval.canary.requests
      : 0
    return this.#next(total, nowMs)
  }

  #next(total: Interval['base'], nowMs: number): Move {
    const { steps, stepSeconds } = this.#plan
    const seconds = this.#step < 0 ? baselineSeconds : stepSeconds
    const inStepMs = nowMs - this.#stepAtMs
    if (inStepMs < seconds * 1000) return { kind: 'wait' }
    if (this.#stepRequests < requestsMin) {
      if (inStepMs < seconds * 1000 * stepsWaited) return { kind: 'wait' }
      return this.#noData(`${this.#stepRequests} requests in ${Math.round(inStepMs / 1000)} s`)
    }
    if (this.#step === steps.length - 1) return { kind: 'finish' }
    if (this.#step < 0) {
      this.#watch = new Watch(slowScaleOf(total))
    }
    this.#step += 1
    this.#stepAtMs = nowMs
    this.#stepRequests = 0
    return { kind: 'raise', percent: this.percent }
  }

  #noData = (what: string): Move => ({
    kind: 'stop',
    why: `no data: ${what}, ${requestsMin} are needed for each step`,
    isData: false,
  })
}
