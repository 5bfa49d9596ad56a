import type { Pool } from 'mysql2/promise'
import type { JourneyRecord } from '../loadtests/crowd/history.ts'
import type { Asked } from '../loadtests/crowd/shopping.ts'

/** True, false, or could not be established. A crashed checker is unknown, never a pass. */
export type Verdict = 'true' | 'false' | 'unknown'

export interface CheckResult {
  name: string
  verdict: Verdict
  /** How many things violate the invariant (or were counted, for a count that is only reported). */
  count: number
  /** First violation in words, or why the verdict is unknown. */
  first?: string
  /** Of the measured crowd, the journeys that were refused wrongly. */
  journeys?: number[]
  /** How often what it is about occurred; 0 = true, not exercised. Absent in older reports. */
  exercised?: number
}

/** One charge as the bank's own ledger has it. */
export interface BankCharge {
  reference: string
  amountMinor: number
  status: 'captured' | 'declined' | 'refunded' | 'voided'
}

/** The bank entered a charge, or refunded it; in the order in which it did. */
export interface BankChange extends Pick<BankCharge, 'reference' | 'status'> {
  /** By the clock of the bank. */
  atMs: number
}

/** How often a partner received an event. */
export interface Delivery {
  sink: string
  eventId: string
  count: number
}

/** What a partner asked for, and how the last of its tries was answered. */
export interface CouponAnswer {
  partner: string
  requestId: string
  quantity: number
  /** Absent where it was given none, or had no answer. */
  numbers?: readonly string[]
  /** The refusal is for good: nothing was issued, and it has not asked again. */
  isRefused?: boolean
}

/** What one crowd has sent, by its own account. */
export interface CrowdAccount {
  history: JourneyRecord[]
  /** Journeys started; keys are `<keyPrefix>-<index>-o|p|b[-n]`, so it is known what was sent. */
  started: number
  keyPrefix: string
  /** What journey `index` was sent to ask for, known without asking the journey. */
  asked(index: number): Asked
}

/** Everything that an audit may read, taken once the system is quiescent. */
export interface Evidence extends CrowdAccount {
  db: Pool
  /** The crowd that came before the measured one: its orders are in the database too. */
  warmUp?: CrowdAccount
  /** The design promises that of two ids the later one is larger. */
  idsInOrder?: boolean
  /** By how much what the design shows may be behind the database; absent = 0. */
  stalenessMs?: number
  /** Orders that two workers of the warehouse were handed, in words. */
  handedOutTwice?: string[]
  /** Answers that partners were given, one a request id. */
  couponAnswers?: CouponAnswer[]
  bank: BankCharge[]
  bankChanges: BankChange[]
  deliveries: Delivery[]
  /** Active faults as the chaos board lists them. */
  activeFaults: string[]
  /** Work that was still open when the wait for quiescence ended; empty when there was none. */
  pendingWork: string[]
}

/** Evidence from outside the database. */
export type Witness =
  | 'history'
  | 'bank'
  | 'bankChanges'
  | 'deliveries'
  | 'activeFaults'
  | 'pendingWork'

export interface Checker {
  name: string
  /** One sentence for the reference page: what holds when this is true. */
  promise: string
  /** Without these the verdict would say nothing, or be wrong. */
  needs?: readonly Witness[]
  check(evidence: Evidence): Promise<Finding>
  /** Of what it needs some to have been put to the test. */
  exercise: Exercise
}

/** What a checker found, before it has its name on it. */
export type Finding = Omit<CheckResult, 'name' | 'exercised'>

/** The thing that an invariant is about: without any of it, it is true of nothing. */
export interface Exercise {
  /** In the plural, e.g. `refused journeys`. */
  by: string
  /** How many there were. */
  count(evidence: Evidence): Promise<number>
}
