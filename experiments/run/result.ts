import type { CheckResult } from '../../audit/checker.ts'
import type { MachineAccount } from '../../lab/machine/machine-watch.ts'
import type { Arrivals } from '../../loadtests/crowd/arrival-times.ts'
import type { JourneyOutcome, JourneyRecord } from '../../loadtests/crowd/history.ts'
import type { Stage } from '../../loadtests/crowd/profiles.ts'
import type { EffectsEnded } from './effects-ended.ts'
import type { Locks } from './locks.ts'
import type { BusiestSecond } from './starts.ts'

/** How much there is to sell: enough for all, or so little that most find it sold out. */
export type StockLevel = 'plenty' | 'scarce'

export type Driver = 'k6' | 'simulator'

/** Where the processor time of a block went, in percent of one core. */
export interface CpuShares {
  /** Null where it is unknown. */
  generator: number | null
  server: number
  database: number
  /** All cores together, 0..100. */
  machineBusyPercent: number
}

/** InnoDB and pool counters over one block. */
export interface Contention {
  deadlocks: number
  lockWaits: number
  lockTimeMs: number
  /** Requests that had to wait for a pooled connection, and those that gave up waiting. */
  poolWaits: number
  poolTimeouts: number
}

/** Mean times of a journey in the last third of a warm-up and in the third before it. */
export interface WarmUpEnd {
  beforeMs: number
  lastMs: number
}

/** What a driver sent of the crowd that was planned. */
export interface CrowdSent {
  planned: number
  /** Journeys 0 to started - 1 were begun. Those cut off at the end have no line in the history. */
  started: number
  /** Planned but not started: too many under way, or the generator was stopped. */
  dropped: number
  /** Every line with its intended start and how late it was. */
  history: JourneyRecord[]
  busiestSecond: BusiestSecond
  /** 99th percentile of the driver's event loop's delay; null where it has none, as k6. */
  eventLoopDelayMs: number | null
}

/** One arm under the crowd, once. */
export interface Block extends CrowdSent {
  index: number
  arm: string
  /** Epoch ms at which the crowd (after warm-up) began and at which its last arrival was due. */
  crowdStartMs: number
  crowdEndMs: number
  machine: MachineAccount
  /** Journeys that warmed the arm up, and how many were wanted. */
  warmUp: { journeys: number; wanted: number; end: WarmUpEnd | null }
  /** What was still open when the crowd came; empty = at rest. */
  openBeforeCrowd: string[]
  /** What the arm’s processes used then, percent of one core; null where it is unknown. */
  restPercent: number | null
  contention: Contention
  /** Row locks meanwhile; absent where the user may not see them. */
  locks?: Locks | undefined
  cpu: CpuShares
  checks: CheckResult[]
  /** Fault windows as they really were, epoch ms. */
  faults: { name: string; settings: unknown; startMs: number; endMs: number; injected: number }[]
  /** When the crowd was at its peak, epoch ms; absent = all the time. */
  plateau?: { startMs: number; endMs: number }
  /** What was still to do when the last customer had gone: `12 events not relayed`. */
  workLeft?: string[]
  /** Milliseconds from the last arrival until quiescence, null if it never came. */
  quietAfterMs: number | null
  /** Once it was quiescent; absent in older reports. */
  effects?: EffectsEnded
}

/** What the last arm is to be beside the first. */
export type Expectation = 'better' | 'no-worse' | 'any'

/** What a shop must reach, over all that came. */
export interface Objective {
  servedPercentMin: number
  /** Of the 99th percentile of the checkout. */
  p99MsMax: number
  /** Of the 99th percentile from the intended arrival to the end. */
  sojournMsMax: number
}

export interface ArmSpec {
  name: string
  /** The whole design, an option for every axis. */
  design: string
  /** Name of the arm that it is compared with; the first where absent. */
  base?: string
  /** As the command line named it, e.g. a preset; the repeat command uses it again. */
  asked?: string
}

/** What the last arm was found to serve on this machine, and how much of that the crowd is. */
export interface FoundRate {
  servedPerSecond: number
  /** Every probe was served, so the limit is above. */
  isAtLeast: boolean
  sharePercent: number
}

export interface Plan {
  scenario: string
  arms: ArmSpec[]
  /** Blocks per arm. */
  blocks: number
  /** Seconds of crowd per block. */
  durationSeconds: number
  /** Peak arrivals per second. */
  rate: number
  /** An arrival curve of this peak and length; that of the scenario where absent. */
  stages?: readonly Stage[]
  /** How the rate was found, where it was not asked for. */
  found?: FoundRate
  /** Even where absent. */
  arrivals?: Arrivals | undefined
  seed: number
  driver: Driver
  faults: { name: string; settings: unknown; fromSeconds: number; toSeconds: number }[]
  /** What the run is judged by, where that is not the usual: see judge/terms.ts. */
  terms?: {
    margin?: number | undefined
    expect?: Expectation | undefined
    objective?: Objective | undefined
  }
  /** Plenty where absent. */
  stock?: StockLevel
  /** Set when the arms were those of docker compose. */
  target?: 'compose'
}

export interface Environment {
  stampede: string
  gitCommit: string
  bun: string
  database: string
  redis: string
  driver: string
  machine: string
  cores: number
  memoryGiB: number
  /** Durability and isolation settings of the private database, by variable name. */
  databaseSettings: Record<string, string>
  /** Median fdatasync time of the data directory, microseconds. */
  fsyncMicros: number
  notExercised: string[]
  /** Exported variables that could have mattered, and whether they were passed on. */
  variables?: string[]
  /** Other sessions of this checkout when the run began: they took processors and disk. */
  alsoRunning?: string[]
}

/** A figure or a ratio with the ends of its interval or range. */
export interface Ratio {
  value: number
  low: number
  high: number
}

/** Nearest-rank percentiles, milliseconds. A p99 from under 1,000 samples is indicative only. */
export interface Latency {
  p50: number
  p95: number
  p99: number
  max: number
  samples: number
}

/** Over all that came: those who were not answered rightly took longer than any time. */
export interface OfferedTimes {
  p50: OfferedTime
  p95: OfferedTime
  p99: OfferedTime
  samples: number
}

export interface OfferedTime {
  ms: number
  /** True = more than that. */
  isBound: boolean
}

export interface ArmReport {
  design: string
  /** Journeys the schedule wanted: `started + dropped`. The outcomes add up to `started`. */
  offered: number
  started: number
  dropped: number
  goodputPerSecond: number
  /** Refused wrongly, by the audit: neither sold out nor left. */
  outcomes: Record<JourneyOutcome | 'refusedWrongly', number>
  /** Share of offered journeys that were answered rightly, 0..100. */
  servedPercent: number
  /** Checkout time of served journeys: first order attempt to settled purchase. */
  latencyMs: Latency | null
  /** The same over all that came; null where none came. */
  checkoutMs: OfferedTimes | null
  /** From the intended arrival to the end, over all that came. */
  sojournMs: OfferedTimes | null
  attemptsPerIntent: number
  deadlocks: number
  lockWaits: number
  poolWaits: number
  quietAfterMs: number | null
  /** Of the block that left most, what was still to do when the last customer had gone. */
  workLeft: string[]
  checkers: CheckResult[]
}

/** `as-expected` 0, `invariant-broken` 1, `target-missed` 2, `untrusted` 3: the exit codes. */
export type RunVerdict = 'as-expected' | 'invariant-broken' | 'target-missed' | 'untrusted'

/** What report.json of every experiment has. */
export interface RunReport {
  verdict: RunVerdict
  /** Why, a sentence each; worst first. */
  reasons: string[]
  versions: Environment
  startedAt: string
}
