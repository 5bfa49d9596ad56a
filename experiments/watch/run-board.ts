import type { Registry } from 'prom-client'
import type { CheckResult } from '../../audit/checker.ts'
import { type LabelledValue, registerMetrics } from '../../server/metrics/register.ts'
import { gauge } from '../../server/metrics/table.ts'
import type { Driver } from '../run/result.ts'

/** What is known of a run when it begins. */
export interface RunFacts {
  run: string
  scenario: string
  driver: Driver
  seed: number
}

/** A crowd that is, or was, at one arm. */
export interface BlockFacts {
  run: string
  block: number
  arm: string
}

const block = { run: [], block: [], arm: [] }

/** Metrics of the scrape proxy; `runsMax` and `blocksMax` bound the values of their labels. */
export const runMetrics = {
  stampede_run_info: gauge('A run of this session: its scenario, driver and seed.', {
    ...{ run: [], scenario: [], driver: ['k6', 'simulator'], seed: [] },
  }),
  stampede_audit_verdict: gauge(
    'What a checker says of the data of an arm so far: 1 true, 0 false, NaN unknown.',
    { run: [], arm: [], checker: [] },
  ),
  stampede_block_active: gauge(
    '1 while the crowd of a block is there; no series before and after.',
    block,
  ),
  stampede_block_start_timestamp_seconds: gauge(
    'When the crowd of a block began, Unix time.',
    block,
  ),
}

/** The oldest go first: series stay bounded however long a session is up. */
const runsMax = 20
const blocksMax = 100

interface Block extends BlockFacts {
  startMs: number
  endsMs: number
  isOver: boolean
}

/** Runs and blocks as they happen; what dashboards lay over everything else. */
export class RunBoard {
  readonly #nowMs: () => number
  readonly #runs: RunFacts[] = []
  readonly #blocks: Block[] = []
  readonly #verdicts = new Map<string, LabelledValue>()

  constructor(registry: Registry, nowMs: () => number = Date.now) {
    this.#nowMs = nowMs
    registerMetrics(registry, runMetrics, {
      stampede_run_info: () =>
        this.#runs.map(({ seed, ...rest }) => ({ labels: { ...rest, seed }, value: 1 })),
      stampede_audit_verdict: () => [...this.#verdicts.values()],
      stampede_block_active: () =>
        this.#blocks.filter((one) => this.#isActive(one)).map((one) => blockValue(one, 1)),
      stampede_block_start_timestamp_seconds: () =>
        this.#blocks.map((one) => blockValue(one, one.startMs / 1000)),
    })
  }

  runBegins(facts: RunFacts): void {
    this.#runs.push(facts)
    const [oldest] = this.#runs.length > runsMax ? this.#runs.splice(0, 1) : []
    for (const [key, { labels }] of this.#verdicts) {
      if (labels.run === oldest?.run) this.#verdicts.delete(key)
    }
  }

  /** @param endsMs epoch ms after which the block is over, though its end was not reported */
  blockBegins(facts: BlockFacts, startMs: number, endsMs: number): void {
    this.#blocks.push({ ...facts, startMs, endsMs, isOver: false })
    if (this.#blocks.length > blocksMax) this.#blocks.shift()
  }

  blockEnds({ run, block, arm }: BlockFacts): void {
    const isIt = (one: Block) => one.run === run && one.block === block && one.arm === arm
    for (const one of this.#blocks.filter(isIt)) one.isOver = true
  }

  /** Adds one audit's verdicts: false stays false, unknown stays until something is false. */
  audited(run: string, arm: string, checks: Pick<CheckResult, 'name' | 'verdict'>[]): void {
    for (const { name, verdict } of checks) {
      const labels = { run, arm, checker: name }
      const key = Object.values(labels).join('\n')
      const value = worse(this.#verdicts.get(key)?.value, verdict)
      this.#verdicts.set(key, { labels, value })
    }
  }

  #isActive({ isOver, endsMs }: Block): boolean {
    return !isOver && this.#nowMs() < endsMs
  }
}

const blockValue = ({ run, block, arm }: Block, value: number): LabelledValue => ({
  labels: { run, block, arm },
  value,
})

function worse(known: number | undefined, verdict: CheckResult['verdict']): number {
  if (known === 0 || verdict === 'false') return 0
  return Number.isNaN(known) || verdict === 'unknown' ? Number.NaN : 1
}
