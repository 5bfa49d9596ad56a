import type { CrowdAccount } from '../../audit/checker.ts'
import { withRefusals } from '../../audit/journeys.ts'
import { accountOf, MachineWatch } from '../../lab/machine/machine-watch.ts'
import { peakOf, type ScenarioName } from '../../loadtests/crowd/profiles.ts'
import { seedOfPair } from '../../loadtests/crowd/settings.ts'
import { crowdAsks } from '../../loadtests/crowd/visits.ts'
import { fetchHttp } from '../../loadtests/simulator/fetch-http.ts'
import { seedProfiles } from '../../server/db/seed.ts'
import type { RunWatch } from '../watch/watch-run.ts'
import type { RunningArm } from './arm.ts'
import { auditArm } from './audit-arm.ts'
import { difference, readContention } from './contention.ts'
import type { DriveResult } from './drive.ts'
import { readEffectsEnded } from './effects-ended.ts'
import { expireUnpaid } from './expire-unpaid.ts'
import { playFaults, resetFaults } from './fault-timeline.ts'
import { LockWatch } from './lock-watch.ts'
import { stagesOf, type Turn } from './plan.ts'
import { waitForIdleProcesses } from './processor-rest.ts'
import { startProcessorWatch } from './processor-time.ts'
import { processesOf, readOpenWork, waitForQuiescence } from './quiescence.ts'
import type { ArmSpec, Block, Plan } from './result.ts'
import { type Crowd, sendCrowd } from './send-crowd.ts'
import type { TestBed } from './test-bed.ts'
import { uncontended } from './uncontended.ts'
import { Pickers } from './warehouse.ts'
import { warmUp, warmUpEnd, warmUpJourneys } from './warm-up.ts'

const quiescenceMsMax = 60_000

export interface BlockTestBed extends TestBed {
  k6Path: string | undefined
  /** Present if a Prometheus scrapes the arms. */
  watch?: RunWatch
  /** Starts an arm, or attaches to one in containers. */
  openArm(testBed: TestBed, spec: ArmSpec, name: string): Promise<RunningArm>
}

/** A crowd that has started, to be followed while it comes. */
export interface StartedCrowd {
  arm: RunningArm
  /** Epoch ms of the first arrival; null = none came. */
  arrived: Promise<number | null>
  /** A line for each journey that has ended. */
  historyPath: string
  /** Settles once no fault of the plan is on any more. */
  faults: Promise<unknown>
}

/** What else is done with a block while it runs. */
export interface BlockHooks {
  /** Ends its faults and its crowd at once. */
  signal?: AbortSignal
  onCrowd?(crowd: StartedCrowd): void
  /** Awaited once the crowd is over, before the arm comes to rest. */
  onCrowdOver?(arm: RunningArm): Promise<void>
}

/** Runs one arm under the crowd, once, from an empty schema to the audit. */
export async function runBlock(
  testBed: BlockTestBed,
  plan: Plan,
  turn: Turn,
  hooks: BlockHooks = {},
): Promise<Block> {
  const profile = seedProfiles[plan.stock ?? 'plenty']
  const name = `${turn.arm.name}-${turn.index}`
  const arm = await testBed.openArm({ ...testBed, profile }, turn.arm, name)
  try {
    const account = await warmUpArm(arm, plan, turn)
    const warm = { account, ...(await rest(testBed, arm, plan)) }
    // Else the first block would be half over before the first scrape.
    await testBed.watch?.seeing
    const pickers = new Pickers(fetchHttp(arm.api.url))
    const measured = await measure(testBed, arm, plan, turn, hooks).finally(() => pickers.leave())
    await hooks.onCrowdOver?.(arm)
    return await auditBlock(testBed, arm, turn, measured, warm, pickers)
  } finally {
    await arm.close()
  }
}

type Rest = Pick<Block, 'openBeforeCrowd' | 'restPercent'>

interface Warmed extends Rest {
  account: CrowdAccount
}

/** The warm-up that every arm has before its crowd. */
export const warmUpArm = (arm: RunningArm, plan: Plan, turn: Turn): Promise<CrowdAccount> =>
  warmUp(arm, {
    seed: seedOf(plan, turn),
    keyPrefix: keysOf(plan, turn, 'w'),
    crowdSeconds: plan.durationSeconds,
  })

/**
 * Lets an arm come to rest before a crowd, without what customers have left behind.
 * @returns what is still under way all the same
 */
export async function rest(
  { databases: { databasePid } }: BlockTestBed,
  arm: RunningArm,
  plan: Plan,
): Promise<Rest> {
  const openBeforeCrowd = await waitForQuiescence(arm.db, quiescenceMsMax, processesOf(arm))
  // The crowd's customers are the same people, who would order what remains in their carts.
  await uncontended(() => arm.db.query('delete from cart_items'))
  // Those of its orders that are not paid are cancelled in the middle of the crowd.
  await expireUnpaid(arm.db, plan.durationSeconds / 2)
  const pids = [arm.api.pid, ...(arm.worker ? [arm.worker.pid ?? null] : []), databasePid]
  return { openBeforeCrowd, restPercent: await waitForIdleProcesses(pids) }
}

/** Pairs share the seed, so that both arms meet the same people. */
const seedOf = ({ seed }: Plan, { pair }: Turn) => seedOfPair(seed, pair)
const keysOf = ({ seed }: Plan, { pair }: Turn, label: 'w' | 'c') => `${seed}-${pair}${label}`

type SentCrowd = DriveResult & CrowdAccount

/** Sends the plan's crowd at an arm. */
export async function sendCrowdOf(
  { session, k6Path, watch }: BlockTestBed,
  arm: RunningArm,
  plan: Plan,
  turn: Turn,
  own: Pick<Crowd, 'onStarted' | 'drainSeconds' | 'signal'> = {},
): Promise<SentCrowd> {
  const [seed, keyPrefix] = [seedOf(plan, turn), keysOf(plan, turn, 'c')]
  const result = await sendCrowd(session, {
    name: `crowd-${turn.arm.name}-${turn.index}`,
    driver: plan.driver,
    k6Path,
    scenario: plan.scenario as ScenarioName,
    target: arm.api.url,
    seed,
    rate: plan.rate,
    durationSeconds: plan.durationSeconds,
    stages: plan.stages,
    arrivals: plan.arrivals,
    keyPrefix,
    users: arm.users,
    ...own,
    remoteWrite: watch?.remoteWrite(turn),
  })
  return { ...result, keyPrefix, asked: crowdAsks(plan.scenario as ScenarioName, seed, arm.users) }
}

type Judged = 'checks' | 'quietAfterMs' | 'effects' | 'warmUp' | keyof Rest

type Measured = Omit<Block, keyof DriveResult | 'index' | 'arm' | Judged> & {
  crowd: SentCrowd
}

async function measure(
  testBed: BlockTestBed,
  arm: RunningArm,
  plan: Plan,
  turn: Turn,
  { signal, onCrowd }: BlockHooks,
): Promise<Measured> {
  const chaos = { url: (arm.board ?? arm.api).url, token: testBed.chaosToken }
  const contentionBefore = await readContention(arm.db, arm.api.url)
  const processors = startProcessorWatch(arm.api.pid, testBed.databases.databasePid)
  const launchedMs = Date.now()
  testBed.watch?.blockBegins(turn, launchedMs)
  const watch = new MachineWatch()
  const lockWatch = new LockWatch(arm.db)
  let faults: Promise<Block['faults']> = Promise.resolve([])
  const failed = new AbortController()
  const stops = [testBed.session.signal, failed.signal, ...(signal ? [signal] : [])]
  const ended = AbortSignal.any(stops)
  const onStarted: Crowd['onStarted'] = (pid, arrived, historyPath) => {
    watch.generator = pid
    faults = playFaults(chaos, testBed.session.id, plan.faults, arrived, ended)
    // Awaited once the crowd is over; until then a failure of it is not unhandled.
    faults.catch(() => {})
    onCrowd?.({ arm, arrived, historyPath, faults })
  }
  const crowd = await sendCrowdOf(testBed, arm, plan, turn, { onStarted, signal })
    .catch(async (error) => {
      failed.abort()
      await faults.catch(() => {})
      throw error
    })
    .finally(() => {
      watch.stop()
      return lockWatch.stop()
    })
  const locks = await lockWatch.stop()
  testBed.watch?.blockEnds(turn)
  const cpu = processors(crowd.cpuMicros)
  const workLeft = await readOpenWork(arm.db, processesOf(arm))
  const windows = await faults
  await resetFaults(chaos)
  const contention = difference(await readContention(arm.db, arm.api.url), contentionBefore)
  const first = crowd.history.reduce((min, { startedMs }) => Math.min(min, startedMs), Infinity)
  const crowdStartMs = Number.isFinite(first) ? first : launchedMs
  const stages = stagesOf(plan)
  const seconds = stages.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0)
  const scheduleMs = crowdStartMs - crowd.firstDueMs
  const at = (second: number) => scheduleMs + second * 1000
  const peak = peakOf(stages)
  const plateau = { startMs: at(peak.fromSeconds), endMs: at(peak.toSeconds) }
  const times = { crowdStartMs, crowdEndMs: at(seconds), plateau }
  // Servers of the user's own are no children of this process.
  const ownsAll = testBed.databases.databasePid !== null
  const span = { fromMs: crowdStartMs, toMs: times.crowdEndMs, ownsAll }
  const machine = accountOf(watch.samples, span)
  return { contention, locks, cpu, machine, faults: windows, workLeft, ...times, crowd }
}

/** Waits for quiescence, then audits the data. */
async function auditBlock(
  testBed: BlockTestBed,
  arm: RunningArm,
  turn: Turn,
  { crowd, ...measured }: Measured,
  { account, ...atRest }: Warmed,
  pickers: Pickers,
): Promise<Block> {
  let pending = await waitForQuiescence(arm.db, quiescenceMsMax, processesOf(arm))
  const quietAfterMs = pending.length === 0 ? Math.max(0, Date.now() - measured.crowdEndMs) : null
  // Of the crowd too, every order that is not paid ends before the audit.
  if (pending.length === 0 && (await expireUnpaid(arm.db, 0)) > 0) {
    pending = await waitForQuiescence(arm.db, quiescenceMsMax, processesOf(arm))
  }
  const effects = await readEffectsEnded(arm.db)
  const handedOutTwice = await pickers.leave()
  const audited = { ...crowd, warmUp: account, handedOutTwice }
  const checks = await auditArm(testBed, arm, audited, pending)
  testBed.watch?.audited(turn, checks)
  const { planned, started, dropped, busiestSecond, eventLoopDelayMs } = crowd
  const history = withRefusals(crowd.history, checks)
  const { index, arm: spec } = turn
  const counts = { planned, started, dropped, history, busiestSecond, eventLoopDelayMs }
  const before = {
    warmUp: {
      journeys: account.started,
      wanted: warmUpJourneys,
      end: warmUpEnd(account.history),
    },
    ...atRest,
  }
  return { index, arm: spec.name, ...counts, ...before, checks, quietAfterMs, effects, ...measured }
}
