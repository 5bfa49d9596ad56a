import { couponsOf, partnerRush, sendPartners } from '../../loadtests/crowd/partners.ts'
import { fetchHttp } from '../../loadtests/simulator/fetch-http.ts'
import type { PartnerArm, RunningArm } from '../run/arm.ts'
import type { StartedCrowd } from '../run/block.ts'
import { auditPartners } from '../run/partner-audit.ts'
import { pause } from '../run/pause.ts'
import { dueMsOf } from '../run/plan.ts'
import type { Plan } from '../run/result.ts'
import { HistoryReader } from './history-reader.ts'
import { type Checklist, humanStep } from './human-steps.ts'
import { onlyPair } from './judge.ts'
import type { ArmFollowed, DayEvent } from './result.ts'
import type { GameDay, Step } from './schema.ts'
import { graceMs, StopWatch } from './stop-watch.ts'
import { eventLine, progressLine } from './terminal-lines.ts'

const lookEveryMs = 250
const lineEveryMs = 5000
/** Of partners that never get their quantity, after the crowd's last arrival. */
const partnersSlackSeconds = 15

export interface Following {
  day: GameDay
  plan: Plan
  arm: string
  checklist: Checklist | null
  /** Ends the faults and the crowd. */
  stop: AbortController
  say(line: string): void
}

/** Follows an arm from its first arrival: its timeline, its figures, and its stop conditions. */
export class ArmFollower {
  readonly followed: ArmFollowed = {
    ...{ firstArrivalMs: null, events: [], humanSteps: [] },
    ...{ partners: null, stopped: null },
  }
  readonly #following: Following
  readonly #over = new AbortController()
  #work: Promise<unknown> = Promise.resolve()

  constructor(following: Following) {
    this.#following = following
  }

  begin(crowd: StartedCrowd): void {
    this.#work = this.#follow(crowd)
    // Awaited in `end`.
    this.#work.catch(() => {})
  }

  /** Ends what is still under way, partners apart. */
  async end(): Promise<void> {
    this.#over.abort()
    await this.#work
  }

  async #follow(crowd: StartedCrowd): Promise<void> {
    const startMs = await crowd.arrived
    if (startMs === null) return
    this.followed.firstArrivalMs = startMs
    const steps = this.#following.day.steps.map((step) => this.#play(step, crowd, startMs))
    const all = await Promise.allSettled([this.#watch(crowd, startMs), ...steps])
    this.followed.events.sort((a, b) => a.atSeconds - b.atSeconds)
    for (const one of all) if (one.status === 'rejected') throw one.reason
  }

  /** Reads the figures, and looks at the stop conditions, until the crowd is over. */
  async #watch({ historyPath, faults }: StartedCrowd, startMs: number): Promise<void> {
    const { day, plan, arm, say, stop } = this.#following
    const reader = new HistoryReader(historyPath)
    const watch = new StopWatch(day['stop-when'])
    const dueMs = dueMsOf(plan, onlyPair, startMs)
    let nextLineMs = startMs + lineEveryMs + graceMs
    while (!this.#over.signal.aborted) {
      await reader.read()
      const nowMs = Date.now()
      const customers = { dueMs, history: reader.journeys }
      const isCrowd = nowMs < startMs + day.duration * 1000
      const condition = isCrowd ? watch.look(customers, startMs, nowMs) : undefined
      if (condition !== undefined && !stop.signal.aborted) {
        stop.abort()
        this.#event({ kind: 'stopped', subject: condition, amount: null }, startMs)
        const atSeconds = (nowMs - startMs) / 1000
        this.followed.stopped = { condition, atSeconds, faultsOffMs: null }
        await Promise.race([faults, pause(10_000, this.#over.signal)])
        this.followed.stopped.faultsOffMs = Date.now() - nowMs
      }
      if (nowMs >= nextLineMs) {
        const window = { fromMs: nextLineMs - lineEveryMs - graceMs, toMs: nextLineMs - graceMs }
        nextLineMs += lineEveryMs
        if (isCrowd) say(progressLine(arm, customers, window, startMs))
      }
      await pause(lookEveryMs, this.#over.signal)
    }
  }

  async #play(step: Step, { arm }: StartedCrowd, startMs: number): Promise<void> {
    const { stop, checklist } = this.#following
    const ended = AbortSignal.any([stop.signal, this.#over.signal])
    await pause(startMs + step.at * 1000 - Date.now(), ended)
    if (ended.aborted) return
    if (step.crowd) {
      this.#event({ kind: 'crowd', subject: String(step.crowd.rate), amount: null }, startMs)
    }
    if (step.fault) {
      this.#event({ kind: 'fault-on', subject: step.fault.name, amount: null }, startMs)
      await pause(step.fault.for * 1000, ended)
      if (!ended.aborted) {
        this.#event({ kind: 'fault-over', subject: step.fault.name, amount: null }, startMs)
      }
    }
    if (step.partners) await this.#partners(step.partners, arm, startMs)
    if (step.human) {
      this.#event({ kind: 'human', subject: step.human, amount: null }, startMs)
      this.#following.say(checklist ? '    press Enter when it is done' : '    skipped: unattended')
      const end = await humanStep(checklist, step.human, step.at, ended)
      this.followed.humanSteps.push(end)
    }
  }

  async #partners(
    { count, wanted, backoff }: NonNullable<Step['partners']>,
    arm: RunningArm,
    startMs: number,
  ): Promise<void> {
    const { day, plan, stop } = this.#following
    const { couponGateway } = arm as PartnerArm
    this.#event({ kind: 'partners', subject: String(count), amount: null }, startMs)
    const leftSeconds = (startMs - Date.now()) / 1000 + day.duration + partnersSlackSeconds
    const beganMs = Date.now()
    const settings = {
      ...{ target: couponGateway.url, partners: count, wanted, product: '1' },
      quantity: partnerRush.quantity,
      durationSeconds: leftSeconds,
      policy: { backoff, timeoutMs: partnerRush.patienceMs },
      ...{ requestIds: `game-day-${beganMs}`, seed: plan.seed },
    }
    const over = () => ({ over: stop.signal })
    const records = await sendPartners(fetchHttp(couponGateway.url), settings, over)
    const isDone = records.every(({ doneMs }) => doneMs !== null)
    const lastMs = Math.max(...records.map(({ doneMs }) => doneMs ?? 0))
    const seconds = isDone ? (lastMs - beganMs) / 1000 : null
    this.followed.partners = {
      seconds,
      requests: records.reduce((sum, { sent }) => sum + sent, 0),
      coupons: records.reduce((sum, record) => sum + couponsOf(record), 0),
      findings: await auditPartners(arm.db, records),
    }
    this.#event({ kind: 'partners-done', subject: String(count), amount: seconds }, startMs)
  }

  #event(event: Omit<DayEvent, 'atSeconds'>, startMs: number): void {
    const one = { atSeconds: (Date.now() - startMs) / 1000, ...event }
    this.followed.events.push(one)
    this.#following.say(eventLine(this.#following.arm, one))
  }
}
