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

const slower = all('slower')
const written = (kind: Kind) => ({ ...all(kind), browse: 'slower' as const })
const inBoth = (worst: Record<Verb, Kind>): Promised => ({ before: worst, after: worst })

/**
 * What is promised of the shop: how bad each verb may become under a fault, at worst. Wrong data is
 * promised of none.
 */
export const promises: Record<string, FaultPromise> = {
  'slow-query': { settings: { latencyMs: 100 }, worst: inBoth(slower) },
  'lock-hold': {
    settings: { rows: 20, holdMs: 1000, pauseMs: 1000 },
    worst: inBoth({ ...written('refused'), coupon: 'slower' }),
  },
  bank: {
    settings: { latencyMs: 500, errorRate: 0.2, lostRate: 0.1 },
    // The charge has no answer, and the transaction that it was made in is rolled back.
    worst: { before: { ...slower, pay: 'fails' }, after: { ...slower, pay: 'degraded' } },
  },
  // A COMMIT whose connection ends may have happened.
  'connections-killed': { settings: { pauseMs: 2000 }, worst: inBoth(written('fails')) },
  'slow-commit': { settings: { latencyMs: 100 }, worst: inBoth(slower) },
  'read-only': { settings: {}, worst: inBoth(written('refused')) },
  'retry-storm': {
    settings: { attempts: 5, timeoutMs: 300, backoff: 'none' },
    worst: inBoth(slower),
  },
  'consumer-fails': {
    settings: { firstTries: 1, probability: 0.5 },
    spares: ['before'],
    worst: inBoth(slower),
  },
  'pool-squeeze': { settings: { share: 0.75, holdMs: 8000 }, worst: inBoth(slower) },
  'deadlock-pair': {
    settings: { pauseMs: 200 },
    worst: inBoth({ ...written('refused'), coupon: 'slower' }),
  },
  'tickets-down': {
    settings: {},
    spares: ['before'],
    // Ids that were leased before last for a while.
    worst: { before: slower, after: { ...slower, order: 'refused', pay: 'refused' } },
  },
  'relay-stopped': { settings: {}, spares: ['before'], worst: inBoth(slower) },
  'network-latency': {
    settings: { server: 'database', latencyMs: 10, direction: 'answers' },
    worst: { before: all('refused'), after: slower },
  },
  'network-reset': {
    settings: { server: 'database', probability: 0.05 },
    worst: inBoth({ ...all('fails'), browse: 'refused' }),
  },
  'redis-down': { settings: {}, worst: inBoth(slower) },
  'redis-frozen': { settings: {}, worst: inBoth(slower) },
}
