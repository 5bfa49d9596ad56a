import { Gauge, type Registry } from 'prom-client'
import type { CheckResult, Driver } from '../run/result.ts'

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

/** Runs and blocks as they happen; what dashboards lay over everything else. */
export interface RunBoard {
  runBegins(facts: RunFacts): void
  /** @param endsMs epoch ms after which the block counts as over though nobody said so */
  blockBegins(facts: BlockFacts, startMs: number, endsMs: number): void
  blockEnds(facts: BlockFacts): void
  /** Adds one audit's verdicts: false stays false, unknown stays until something is false. */
  audited(run: string, arm: string, checks: Pick<CheckResult, 'name' | 'verdict'>[]): void
}

/** The oldest go first: series stay bounded however long a session is up. */
const runsMax = 20
const blocksMax = 100

interface Block extends BlockFacts {
  startMs: number
  endsMs: number
  isOver: boolean
}

export function createRunBoard(registry: Registry, nowMs: () => number = Date.now): RunBoard {
  const runs: RunFacts[] = []
  const blocks: Block[] = []
  const verdicts = new Map<string, Value>()
  meterRuns(registry, runs, verdicts)
  meterBlocks(registry, blocks, nowMs)
  return {
    runBegins(facts) {
      runs.push(facts)
      const [oldest] = runs.length > runsMax ? runs.splice(0, 1) : []
      for (const [key, { labels }] of verdicts) {
        if (labels.run === oldest?.run) verdicts.delete(key)
      }
    },
    blockBegins(facts, startMs, endsMs) {
      blocks.push({ ...facts, startMs, endsMs, isOver: false })
      if (blocks.length > blocksMax) blocks.shift()
    },
    blockEnds({ run, block, arm }) {
      const isIt = (one: Block) => one.run === run && one.block === block && one.arm === arm
      for (const one of blocks.filter(isIt)) one.isOver = true
    },
    audited(run, arm, checks) {
      for (const { name, verdict } of checks) {
        const labels = { run, arm, checker: name }
        const key = Object.values(labels).join('\n')
        verdicts.set(key, { labels, value: worse(verdicts.get(key)?.value, verdict) })
      }
    },
  }
}

function worse(known: number | undefined, verdict: CheckResult['verdict']): number {
  if (known === 0 || verdict === 'false') return 0
  return Number.isNaN(known) || verdict === 'unknown' ? Number.NaN : 1
}

interface Value {
  labels: Record<string, string>
  value: number
}

function gauge(
  registry: Registry,
  head: { name: string; help: string; labelNames: string[] },
  values: () => Value[],
): void {
  new Gauge({
    ...head,
    registers: [registry],
    collect() {
      this.reset()
      for (const { labels, value } of values()) this.set(labels, value)
    },
  })
}

function meterRuns(registry: Registry, runs: RunFacts[], verdicts: Map<string, Value>): void {
  const run = {
    name: 'stampede_run_info',
    help: 'A run of this session: its scenario, driver and seed.',
    labelNames: ['run', 'scenario', 'driver', 'seed'],
  }
  gauge(registry, run, () =>
    runs.map(({ seed, ...rest }) => ({ labels: { ...rest, seed: String(seed) }, value: 1 })),
  )
  const verdict = {
    name: 'stampede_audit_verdict',
    help: 'What a checker says of the data of an arm so far: 1 true, 0 false, NaN unknown.',
    labelNames: ['run', 'arm', 'checker'],
  }
  gauge(registry, verdict, () => [...verdicts.values()])
}

function meterBlocks(registry: Registry, blocks: Block[], nowMs: () => number): void {
  const labelNames = ['run', 'block', 'arm']
  const labelsOf = ({ run, block, arm }: Block) => ({ run, block: String(block), arm })
  const active = {
    name: 'stampede_block_active',
    help: '1 while the crowd of a block is there; no series before and after.',
    labelNames,
  }
  gauge(registry, active, () =>
    blocks
      .filter(({ isOver, endsMs }) => !isOver && nowMs() < endsMs)
      .map((block) => ({ labels: labelsOf(block), value: 1 })),
  )
  const start = {
    name: 'stampede_block_start_timestamp_seconds',
    help: 'When the crowd of a block began, Unix time.',
    labelNames,
  }
  gauge(registry, start, () =>
    blocks.map((block) => ({ labels: labelsOf(block), value: block.startMs / 1000 })),
  )
}
