import type { Services } from '../ctx.ts'
import type { Engine } from '../db/engine.ts'
import type { AnyReading } from '../metrics/register.ts'
import type { MetricTable } from '../metrics/table.ts'

/** What every opened option may have besides the methods of its axis. */
export interface Lifecycle {
  /**
   * Ends what is under way, and what dead processes left behind; safe at any time, by any number of
   * processes at once.
   * @returns how many things it settled; 0 = nothing to do just now
   */
  settle?(): Promise<number>
  /** Runs once, when no request uses the option any more and the services are still open. */
  close?(): Promise<void>
  /** How each of the option's metrics is read; options that share a metric are added up. */
  readings?: Readonly<Record<string, () => AnyReading>>
}

/** Checks of the audit that an option is known to break. */
export interface KnownFailure {
  /** Names of checkers. */
  checks: readonly string[]
  /**
   * `always` = in any busy sale; `at-a-crash` = after a kill -9 in the middle of one;
   * `at-a-rollback` = where a transaction is rolled back after the bank or a partner has acted.
   */
  when: 'always' | 'at-a-crash' | 'at-a-rollback'
}

/** One way to decide an axis: what is known of it, and how a process opens it. */
export interface Option<Api> {
  /** One line, for tables. */
  summary: string
  /** How it works, beyond the summary. */
  doc?: string
  /** Where it differs from what the axis says. */
  in?: string
  out?: string
  /** The race or the queue that it ends. */
  closes?: string
  /** What still goes wrong with it, or still waits, beyond the hazard. */
  leavesOpen?: string
  /** Paragraphs for those who want to know more. */
  notes?: readonly string[]
  /** What is known to go wrong with it; without one, the audit stays green. */
  hazard?: string
  /** What its audit is known to find broken; any other red check fails the run. */
  knownBad?: KnownFailure
  /** What happens where Redis throws its keys out; absent = it keeps none, or only a cache. */
  whenEvicted?: string
  /**
   * Why no transaction around a flow takes back all that it does, so that no shadow can run it on
   * the shop's own tables; absent = one does.
   */
  commitsAlone?: string
  /** The only database server that has what it needs; absent = both have. */
  engine?: Engine
  /** It locks at servers of its own, which a process may lack. */
  needsLockServers?: true
  /** An id that is taken after another one was is larger, whichever process takes it. */
  idsInOrder?: true
  /** What customers are shown may be behind the database by so much; absent = not at all. */
  stalenessMs?: number
  /** What its state is watched by, read by `readings` of what it opens. */
  metrics?: MetricTable
  /**
   * Called once per process and option: what it returns owns the option's state. It opens no
   * connection yet, so that an option that no request asks for costs nothing.
   */
  open(services: Services, self: { name: string }): Api & Lifecycle
}
