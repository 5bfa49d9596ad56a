import type { Kind } from './classify.ts'
import type { Verb } from './verbs.ts'

/** The designs of the matrix. */
export const designs = ['before', 'after'] as const
export type DesignName = (typeof designs)[number]

/** What each verb may become at worst, in either design. */
type Promised = Record<DesignName, Record<Verb, Kind>>

export interface FaultPromise {
  settings: object
  /** In these designs there is nothing for it to bite. */
  spares?: readonly DesignName[]
  worst: Promised
}

const all = (kind: Kind): Record<Verb, Kind> => ({
  browse: kind,
  order: kind,
  pay: kind,
  cancel: kind,
  coupon: kind,
})

const slowerOnly = all('slower')

/**
 * What is promised of the shop: how bad each verb may become under a fault, at worst. Wrong data is
 * promised of none.
 */
export const promises: Record<string, FaultPromise> = {
  'slow-query': {
    settings: { latencyMs: 100 },
    worst: { before: all('fails'), after: { ...slowerOnly, order: 'refused' } },
  },
  'lock-hold': {
    settings: { rows: 20, holdMs: 1000, pauseMs: 1000 },
    worst: {
      before: all('fails'),
      after: { ...all('refused'), browse: 'slower', coupon: 'slower' },
    },
  },
  bank: {
    settings: { latencyMs: 500, errorRate: 0.2, lostRate: 0.1 },
    worst: { before: all('fails'), after: { ...slowerOnly, pay: 'degraded' } },
  },
  'connections-killed': {
    settings: { pauseMs: 2000 },
    worst: { before: all('fails'), after: all('fails') },
  },
  'slow-commit': {
    settings: { latencyMs: 100 },
    worst: { before: all('fails'), after: slowerOnly },
  },
  'read-only': {
    settings: {},
    worst: {
      before: { ...all('refused'), browse: 'slower' },
      after: { ...all('refused'), browse: 'slower' },
    },
  },
  'retry-storm': {
    settings: { attempts: 5, timeoutMs: 300, backoff: 'none' },
    worst: { before: all('fails'), after: slowerOnly },
  },
  'consumer-fails': {
    settings: { firstTries: 1, probability: 0.5 },
    spares: ['before'],
    worst: { before: slowerOnly, after: slowerOnly },
  },
}
