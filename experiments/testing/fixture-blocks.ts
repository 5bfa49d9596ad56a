import type { CheckResult } from '../../audit/checker.ts'
import type { MachineAccount } from '../../lab/machine/machine-watch.ts'
import type { JourneyOutcome, JourneyRecord } from '../../loadtests/crowd/history.ts'
import { journeyRandom } from '../../loadtests/crowd/random.ts'
import { parseDesign } from '../../server/designs/design.ts'
import type { Block, Environment, Plan } from '../run/result.ts'

/** 2026-01-05 09:00 UTC, so that fixtures and screenshots are the same on every day. */
export const FIXTURE_START_MS = 1_767_603_600_000

const BEFORE = parseDesign('before').label
const AFTER = parseDesign('after').label

const PROMISES: Record<string, string> = {
  'no-lost-order': 'Every order confirmed to a client is in the database.',
  'no-phantom-order': 'Every order in the database was asked for by a client.',
  'one-order-per-key': 'No idempotency key made two orders.',
  'one-charge-per-key': 'No order was charged twice.',
  'stock-conserved': 'Initial stock = on hand + sold, and never below zero.',
  'captures-match-bank': "Our captures and the bank's ledger name the same charges, both ways.",
  'ids-unique-and-ordered': 'Ids are unique; inversions are counted.',
  'effects-once': 'Every event was effected once, or is dead with an alert.',
  'sagas-settled': 'Every step of an order is done or undone.',
  'chaos-off': 'No fault is active after the run.',
}

export const fixturePromises = (): Record<string, string> => ({ ...PROMISES })

export function fixturePlan(changes: Partial<Plan> = {}): Plan {
  return {
    scenario: 'flash-sale',
    arms: [
      { name: 'before', design: BEFORE },
      { name: 'after', design: AFTER },
    ],
    blocks: 4,
    durationSeconds: 30,
    rate: 60,
    seed: 20_260_105,
    driver: 'k6',
    faults: [],
    ...changes,
  }
}

export function fixtureEnvironment(): Environment {
  return {
    stampede: '0.1.0',
    gitCommit: '6038bd2f3c1a',
    bun: '1.4.5',
    database: 'MariaDB 10.11.14',
    redis: 'Redis 7.0.15',
    driver: 'k6 2.2.0',
    machine: 'AMD EPYC 7B13, Linux 6.1',
    cores: 2,
    memoryGiB: 7.8,
    databaseSettings: {
      innodb_flush_log_at_trx_commit: '1',
      innodb_doublewrite: 'ON',
      transaction_isolation: 'REPEATABLE-READ',
    },
    fsyncMicros: 412,
    notExercised: [
      'the network between machines: everything ran on one',
      'a replica that lags: there is one database',
    ],
  }
}

/** A journey that paid in 100 ms, one second into the crowd; a test changes what matters to it. */
export function fixtureJourney(changes: Partial<JourneyRecord> = {}): JourneyRecord {
  const startedMs = changes.startedMs ?? FIXTURE_START_MS + 1000
  const outcome = changes.outcome ?? 'paid'
  return {
    index: 0,
    userId: '1',
    startedMs,
    lateMs: 0,
    endedMs: startedMs + 150,
    outcome,
    checkoutMs: outcome === 'left' || outcome === 'failed' || outcome === 'unknown' ? null : 100,
    attempts: 4,
    intents: 4,
    ...changes,
  }
}

/** A machine that is there for the rehearsal alone. */
export const idleMachine: MachineAccount = {
  cores: 2,
  generatorWorstPercent: 30,
  unrelatedPercent: 1,
  stealPercent: 0,
  pressurePercent: 10,
  quotaCores: 'none',
  throttledPercent: 0,
  clockStepMs: 1,
}

/** A healthy block of `count` journeys with these outcomes in turn. */
export function fixtureBlock(
  changes: Partial<Block> = {},
  outcomes: readonly JourneyOutcome[] = ['paid'],
  count = 1200,
): Block {
  const index = changes.index ?? 0
  const crowdStartMs = FIXTURE_START_MS + index * 60_000
  const history = Array.from({ length: count }, (_, journey) =>
    fixtureJourney({
      index: journey,
      startedMs: crowdStartMs + Math.floor((journey / count) * 30_000),
      outcome: outcomes[journey % outcomes.length] ?? 'paid',
    }),
  )
  return {
    index,
    arm: 'after',
    crowdStartMs,
    crowdEndMs: crowdStartMs + 30_000,
    planned: count,
    started: count,
    dropped: 0,
    history,
    busiestSecond: { planned: 60, started: 60 },
    eventLoopDelayMs: null,
    machine: idleMachine,
    warmUp: { journeys: 300, wanted: 300, end: { beforeMs: 200, lastMs: 199 } },
    openBeforeCrowd: [],
    restPercent: 4,
    contention: { deadlocks: 0, lockWaits: 0, lockTimeMs: 0, poolWaits: 0, poolTimeouts: 0 },
    cpu: { generator: 20, server: 60, database: 40, machineBusyPercent: 70 },
    checks: checksOf({}),
    faults: [],
    quietAfterMs: 300,
    ...changes,
  }
}

/** All checkers true, but for those named here with how many violations each has. */
export function checksOf(broken: Record<string, number>): CheckResult[] {
  return Object.keys(PROMISES).map((name) => {
    const count = broken[name] ?? 0
    if (count === 0) return { name, verdict: 'true', count }
    return { name, verdict: 'false', count, first: `order 7000017 violates "${name}"` }
  })
}

/** These faults, each in its window and often. */
export const playedFaults = (faults: Plan['faults'], crowdStartMs: number): Block['faults'] =>
  faults.map(({ name, settings, fromSeconds, toSeconds }) => ({
    name,
    settings,
    startMs: crowdStartMs + fromSeconds * 1000,
    endMs: crowdStartMs + toSeconds * 1000,
    injected: 57,
  }))

/** A believable session in ABBA order: before drowns at 14 orders a second, after does not. */
export function fixtureSession(plan: Plan = fixturePlan()): Block[] {
  const [before, after] = plan.arms
  if (!before) return []
  return Array.from({ length: plan.blocks * plan.arms.length }, (_, index) => {
    const arm = after && (index % 4 === 1 || index % 4 === 2) ? after : before
    return crowdedBlock(plan, arm.name, arm.design === BEFORE, index)
  })
}

function crowdedBlock(plan: Plan, arm: string, drowns: boolean, index: number): Block {
  const random = journeyRandom(plan.seed, index)
  const crowdStartMs = FIXTURE_START_MS + index * 60_000
  const history: JourneyRecord[] = []
  let backlog = 0
  for (let second = 0; second < plan.durationSeconds; second++) {
    const arrivals = Math.round(plan.rate * spikeShare(second / plan.durationSeconds))
    for (let n = 0; n < arrivals; n++) {
      backlog = Math.max(0, backlog + 1 - (drowns ? 14 : 220) / Math.max(1, arrivals))
      const startedMs = crowdStartMs + second * 1000 + Math.floor((n / arrivals) * 1000)
      history.push(shopped(history.length, startedMs, backlog, drowns, random))
    }
  }
  const waited = drowns ? history.length : Math.round(history.length / 60)
  return fixtureBlock({
    index,
    arm,
    crowdStartMs,
    crowdEndMs: crowdStartMs + plan.durationSeconds * 1000,
    planned: history.length,
    started: history.length,
    history,
    contention: {
      deadlocks: drowns ? 31 + Math.floor(random() * 9) : 0,
      lockWaits: waited,
      lockTimeMs: waited * (drowns ? 240 : 3),
      poolWaits: drowns ? Math.round(waited * 0.7) : 0,
      poolTimeouts: drowns ? 12 : 0,
    },
    cpu: {
      generator: 22 + random() * 6,
      server: drowns ? 31 : 74,
      database: drowns ? 45 : 38,
      machineBusyPercent: drowns ? 55 : 72,
    },
    checks: checksOf({}),
    faults: playedFaults(plan.faults, crowdStartMs),
    quietAfterMs: drowns ? 6200 : 240,
  })
}

/** Share of the peak rate at a point 0..1 of the crowd: warm-up, ramp, spike, ebb. */
function spikeShare(at: number): number {
  if (at < 0.2) return 0.15
  if (at < 0.3) return 0.15 + (at - 0.2) * 8.5
  return at < 0.7 ? 1 : Math.max(0.1, 1 - (at - 0.7) * 3.5)
}

function shopped(
  index: number,
  startedMs: number,
  backlog: number,
  drowns: boolean,
  random: () => number,
): JourneyRecord {
  const service = (drowns ? 90 : 45) * Math.exp((random() + random() + random() - 1.5) * 1.1)
  const checkoutMs = Math.round(service + (backlog / (drowns ? 14 : 220)) * 1000)
  const common = { index, userId: String(index + 1), startedMs, intents: 4 }
  if (random() < 0.06) {
    return fixtureJourney({ ...common, outcome: 'left', endedMs: startedMs + 40, checkoutMs: null })
  }
  if (drowns && checkoutMs > 3000) {
    const outcome = random() < 0.8 ? 'failed' : 'unknown'
    const endedMs = startedMs + 3000 + Math.floor(random() * 1500)
    return fixtureJourney({ ...common, outcome, endedMs, checkoutMs: null, attempts: 9 })
  }
  const outcome = random() < 0.04 ? 'soldOut' : 'paid'
  return fixtureJourney({ ...common, outcome, endedMs: startedMs + checkoutMs + 30, checkoutMs })
}
