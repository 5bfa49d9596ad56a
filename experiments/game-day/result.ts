import type { BlockRecovery } from '../judge/recovery.ts'
import type { ArmReport, Plan, RunReport } from '../run/result.ts'
import type { GameDay } from './schema.ts'

/** Something that happened to an arm; seconds from its first arrival. */
export interface DayEvent {
  atSeconds: number
  kind: 'crowd' | 'fault-on' | 'fault-over' | 'partners' | 'partners-done' | 'human' | 'stopped'
  /** Name of the fault, rate of the crowd, text of the human step, the stop condition. */
  subject: string
  /** Times that a fault acted, seconds that partners or a person took; null where unknown. */
  amount: number | null
}

/** How a person's step went. */
export interface HumanStep {
  text: string
  atSeconds: number
  /** Seconds until it was ticked off; null where it was not. */
  tookSeconds: number | null
  end: 'done' | 'not-done' | 'skipped'
}

/** What partners were given. */
export interface PartnersEnded {
  /** Until the last one had its coupons; null where one never had them. */
  seconds: number | null
  requests: number
  coupons: number
  /** What the audit of the coupons found. */
  findings: string[]
}

/** A stop condition that came true. */
export interface Stopped {
  condition: string
  atSeconds: number
  /** From then until no fault was on. */
  faultsOffMs: number | null
}

/** What was seen of one arm besides its block. */
export interface ArmFollowed {
  firstArrivalMs: number | null
  events: DayEvent[]
  humanSteps: HumanStep[]
  partners: PartnersEnded | null
  stopped: Stopped | null
}

/** One expectation in one arm. */
export interface Outcome {
  arm: string
  wanted: 'holds' | 'breaks' | 'either'
  holds: boolean
  /** What was measured; null = no data. `Infinity` is written as text. */
  value: number | 'more than any' | null
  unit: '%' | '/s' | 'ms' | 's' | '' | 'audit'
  /** Why there is no data, or what the audit found. */
  why?: string
}

export interface Judged {
  title: string
  /** The title in Korean. */
  ko?: string
  condition: string
  fromSeconds: number
  toSeconds: number
  outcomes: Outcome[]
}

/** report.json of a game day. */
export interface GameDayReport extends RunReport {
  file: string
  day: Pick<GameDay, 'title' | 'goal' | 'ko' | 'rate' | 'steps'>
  stopWhen: string[]
  plan: Plan
  isUnattended: boolean
  arms: Record<string, ArmReport>
  followed: Record<string, ArmFollowed>
  recoveries: Record<string, BlockRecovery | string>
  expectations: Judged[]
  findings: Finding[]
}

/** What the run found, as data: its words are in words.ts, in each language. */
export type Finding =
  | { kind: 'missed' | 'not-broken'; arm: string; title: string }
  | { kind: 'stopped'; arm: string; condition: string; atSeconds: number }
  | {
      kind: 'broken-data' | 'known-broken' | 'broken-as-written' | 'unknown-data'
      arm: string
      checks: string[]
    }
  | { kind: 'no-bite'; fault: string }
  /** A crowd that was milder than planned has shown nothing of an arm that met it. */
  | { kind: 'dropped' | 'dropped-but-missed'; arm: string; percent: number }
  | { kind: 'not-quiet'; arm: string }
  | { kind: 'not-done'; arm: string; text: string }
