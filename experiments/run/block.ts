import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { CrowdAccount } from '../../audit/checker.ts'
import { type Child, startChild } from '../../lab/processes/child.ts'
import { type ScenarioName, scenarios } from '../../loadtests/crowd/profiles.ts'
import { seedProfiles } from '../../server/db/seed.ts'
import type { RunWatch } from '../watch/watch-run.ts'
import type { RunningArm } from './arm.ts'
import { auditArm } from './audit-arm.ts'
import { difference, readContention } from './contention.ts'
import { type DriveResult, drive } from './drive.ts'
import { playFaults, resetFaults } from './fault-timeline.ts'
import type { Turn } from './plan.ts'
import { corePercent, machineMs, processMs } from './processor-time.ts'
import { processesOf, waitForQuiescence } from './quiescence.ts'
import type { ArmSpec, Block, CpuShares, Plan } from './result.ts'
import type { TestBed } from './test-bed.ts'
import { warmUp } from './warm-up.ts'

const quietMsMax = 60_000
/** Slack over the crowd's own time before a driver is taken for hung. */
const driverSlackMs = 40_000

export interface BlockTestBed extends TestBed {
  k6Path: string | undefined
  /** Present where a Prometheus looks on. */
  watch?: RunWatch
  /** How an arm is had: started here, or found in containers. */
  openArm(testBed: TestBed, spec: ArmSpec, name: string): Promise<RunningArm>
}

/** Runs one arm under the crowd, once, from an empty schema to the audit. */
export async function runBlock(testBed: BlockTestBed, plan: Plan, turn: Turn): Promise<Block> {
  const profile = seedProfiles[plan.stock ?? 'plenty']
  const name = `${turn.arm.name}-${turn.index}`
  const arm = await testBed.openArm({ ...testBed, profile }, turn.arm, name)
  try {
    const warm = await warmUp(arm, {
      seed: seedOf(plan, turn),
      keyPrefix: keysOf(plan, turn, 'w'),
      crowdSeconds: plan.durationSeconds,
    })
    await waitForQuiescence(arm.db, quietMsMax, processesOf(arm))
    // The crowd's customers are the same people, who would order what is left in their carts.
    await arm.db.query('delete from cart_items')
    // The first block would else be half over before anybody looks.
    await testBed.watch?.seeing
    const measured = await measure(testBed, arm, plan, turn)
    return await auditBlock(testBed, arm, turn, measured, warm)
  } finally {
    await arm.close()
  }
}

/** Pairs share the seed, so that both arms meet the same people. */
const seedOf = ({ seed }: Plan, { pair }: Turn) => seed * 1000 + pair
const keysOf = ({ seed }: Plan, { pair }: Turn, label: 'w' | 'c') => `${seed}-${pair}${label}`

interface Crowd extends DriveResult {
  keyPrefix: string
}

/** Sends the crowd at an arm. */
async function sendCrowd(
  testBed: BlockTestBed,
  arm: RunningArm,
  plan: Plan,
  turn: Turn,
): Promise<Crowd> {
  const keyPrefix = keysOf(plan, turn, 'c')
  // One session may run blocks of the same number for several ends, as benchmarks do.
  const own = `${turn.arm.name}-${turn.index}-${crypto.randomUUID().slice(0, 8)}`
  const directory = join(testBed.session.dataPath('crowds'), own)
  await mkdir(directory, { recursive: true })
  const children: Child[] = []
  const { done } = await drive({
    driver: plan.driver,
    ...(testBed.k6Path ? { k6Path: testBed.k6Path } : {}),
    bunPath: process.execPath,
    scenario: plan.scenario as ScenarioName,
    target: arm.api.url,
    seed: seedOf(plan, turn),
    rate: plan.rate,
    durationSeconds: plan.durationSeconds,
    keyPrefix,
    users: arm.users,
    directory,
    ...(testBed.watch ? { remoteWrite: testBed.watch.remoteWrite(turn) } : {}),
    spawn: async ({ name, command, environment, folder }) => {
      const child = await startChild(testBed.session, {
        name: `crowd-${turn.index}-${name}`,
        command,
        environment,
        folder,
      })
      children.push(child)
      return child
    },
  })
  const timer = setTimeout(
    () => children.forEach((child) => void child.stop()),
    plan.durationSeconds * 1000 + driverSlackMs,
  )
  try {
    return { ...(await done), keyPrefix }
  } finally {
    clearTimeout(timer)
  }
}

type Measured = Pick<Block, 'contention' | 'cpu' | 'faults' | 'crowdStartMs' | 'crowdEndMs'> & {
  crowd: Crowd
}

async function measure(
  testBed: BlockTestBed,
  arm: RunningArm,
  plan: Plan,
  turn: Turn,
): Promise<Measured> {
  const door = { url: arm.api.url, token: testBed.chaosToken }
  const contentionBefore = await readContention(arm.db, arm.api.url)
  const processors = startProcessorWatch(testBed, arm)
  const launchedMs = Date.now()
  const faults = playFaults(door, plan.faults, launchedMs, testBed.session.signal)
  testBed.watch?.blockBegins(turn, launchedMs)
  const crowd = await sendCrowd(testBed, arm, plan, turn)
  testBed.watch?.blockEnds(turn)
  const cpu = processors(crowd.cpuMicros)
  const windows = await faults
  await resetFaults(door)
  const contention = difference(await readContention(arm.db, arm.api.url), contentionBefore)
  const first = crowd.history.reduce((min, { startedMs }) => Math.min(min, startedMs), Infinity)
  const crowdStartMs = Number.isFinite(first) ? first : launchedMs
  const stages = scenarios[plan.scenario as ScenarioName].stages(plan.rate, plan.durationSeconds)
  const seconds = stages.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0)
  const crowdEndMs = crowdStartMs + seconds * 1000
  return { contention, cpu, faults: windows, crowdStartMs, crowdEndMs, crowd }
}

/** Shares of the processors from now until the returned function is called. */
function startProcessorWatch({ databases }: BlockTestBed, arm: RunningArm) {
  const startedMs = performance.now()
  const read = () => ({
    server: processMs(arm.api.pid),
    database: databases.databasePid === null ? null : processMs(databases.databasePid),
    machine: machineMs(),
  })
  const before = read()
  return (generatorMicros: number | null): CpuShares => {
    const after = read()
    const overMs = performance.now() - startedMs
    const all = after.machine.all - before.machine.all
    return {
      generator: corePercent(0, (generatorMicros ?? 0) / 1000, overMs),
      server: corePercent(before.server, after.server, overMs),
      database: corePercent(before.database, after.database, overMs),
      machineBusyPercent: all > 0 ? (100 * (after.machine.busy - before.machine.busy)) / all : 0,
    }
  }
}

/** Waits for quiet, then has the data judged. */
async function auditBlock(
  testBed: BlockTestBed,
  arm: RunningArm,
  turn: Turn,
  { crowd, ...measured }: Measured,
  warm: CrowdAccount,
): Promise<Block> {
  const unquiet = await waitForQuiescence(arm.db, quietMsMax, processesOf(arm))
  const quietAfterMs = unquiet.length === 0 ? Math.max(0, Date.now() - measured.crowdEndMs) : null
  const checks = await auditArm(testBed, arm, { ...crowd, warmUp: warm }, unquiet)
  testBed.watch?.audited(turn, checks)
  const { planned, started, dropped, history } = crowd
  const { index, arm: spec } = turn
  return {
    index,
    arm: spec.name,
    planned,
    started,
    dropped,
    history,
    checks,
    quietAfterMs,
    ...measured,
  }
}
