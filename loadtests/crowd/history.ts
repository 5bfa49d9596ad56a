import type { Item } from './shopping.ts'

/**
 * How one client operation ended. `ok` happened, `fail` surely did not, `info` may have
 * (timeout, lost connection, an answer marked `definite: false`).
 */
export type OperationOutcome = 'ok' | 'fail' | 'info'

/** One intent (an order, a payment) with every key it was tried under. Times are epoch ms. */
export interface Operation {
  outcome: OperationOutcome
  /** Idempotency keys used, in order; more than one only under a `key=new` client policy. */
  keys: string[]
  /** Status of the last answer; 0 when none came. */
  status: number
  /** Problem code of the last answer, e.g. `sold-out`. */
  code?: string
  /** Id that the server gave (order id or payment id), when it gave one. */
  id?: string
  amountMinor?: number
  /** Id of the intake, where the order was taken in with 202. */
  intake?: string
  invokedMs: number
  doneMs: number
  attempts: number
}

/** An option that was put into the cart. */
export interface CartAddition extends Item {
  outcome: OperationOutcome
  /** Requests that it took: each may have added it. */
  attempts: number
  /** Pieces in the line of the cart, by the answer. */
  pieces?: number
}

/** Answers that a share of the customers keep, by what they asked for. */
export type KeptKind = 'products' | 'product' | 'popular' | 'order-read' | 'cart-read' | 'user-read'

/** What the shop showed to a customer, as the audit judges it. Times are epoch ms. */
export interface KeptAnswer {
  kind: KeptKind
  path: string
  /** When it was first asked for, and when the answer had been read. */
  askedMs: number
  answeredMs: number
  /** 200, or 404: other refusals show nothing. */
  status: number
  /** Parsed JSON; null where it was none. */
  body: unknown
}

/** A request that kept its client waiting. Times are epoch ms. */
export interface SlowRequest {
  name: string
  /** 0 = no answer: the connection was closed, or the client gave up. */
  status: number
  askedMs: number
  endedMs: number
}

/** Requests that take longer are written down. */
export const slowMsMin = 1000

/** `left` = the customer walked away by plan, every answer until then was right. */
export const journeyOutcomes = ['paid', 'soldOut', 'left', 'failed', 'unknown'] as const
export type JourneyOutcome = (typeof journeyOutcomes)[number]

/** First line of a history file, written when the first journey starts. */
export interface FirstArrival {
  firstArrivalMs: number
}

/** One journey, one line of JSON in the history file of a block, written when the journey ends. */
export interface JourneyRecord {
  index: number
  userId: string
  /** Epoch ms at which it was due by the schedule. In a line that k6 prints: its actual start. */
  startedMs: number
  /** How much later it really started; absent where there is no schedule, as in a warm-up. */
  lateMs?: number
  /** When it was settled; who then looks at their order again waits for nothing more. */
  endedMs: number
  outcome: JourneyOutcome
  /** From the first order attempt to the answer that settled the purchase; null = never ordered. */
  checkoutMs: number | null
  /** In the order in which they were put in; the last one may have failed. */
  cart?: CartAddition[]
  /** What was added to the balance first. */
  topUp?: Operation
  order?: Operation
  payment?: Operation
  /** The shop has acknowledged that the order is cancelled. */
  cancelled?: true
  /** Set by the audit: nothing that was asked of the shop can have made the refusal right. */
  refusedWrongly?: true
  /** Of a share of the customers: what they saw while they looked around and after paying. */
  kept?: KeptAnswer[]
  /** In the order in which they ended; absent where there is none. */
  slow?: SlowRequest[]
  /** HTTP requests sent, and intents (distinct things wanted) behind them. */
  attempts: number
  intents: number
}
