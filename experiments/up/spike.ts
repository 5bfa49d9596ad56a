import { openSession, type Session } from '../../lab/processes/session.ts'
import { isReady, remoteWriteUrl } from '../../lab/servers/prometheus.ts'
import { resolveK6 } from '../../lab/tools/k6.ts'
import type { Arrivals } from '../../loadtests/crowd/arrival-times.ts'
import { type ScenarioName, scenarios } from '../../loadtests/crowd/profiles.ts'
import { arrivalsWords } from '../report/words.ts'
import type { DriveResult } from '../run/drive.ts'
import { shapeOf } from '../run/plan.ts'
import type { Driver } from '../run/result.ts'
import { driverSlackMs, sendCrowd } from '../run/send-crowd.ts'
import { sendNote } from '../watch/crowd-notes.ts'
import { summaryOf } from './spike-text.ts'
import { requireUp, type Up } from './up-file.ts'

export type ArmName = 'before' | 'after'

/** What `./stampede spike` was asked for; what is undefined takes the scenario's default. */
export interface SpikeOptions {
  arms: ArmName[]
  scenario: ScenarioName
  rate: number | undefined
  durationSeconds: number | undefined
  arrivals: Arrivals
  seed: number
  driver: Driver | undefined
  /** Both arms at the same time: to look at, not to compare. */
  sideBySide: boolean
}

interface SpikePlan {
  session: Session
  up: Up
  run: string
  options: SpikeOptions
  shape: { rate: number; durationSeconds: number; driver: Driver }
  k6Path: string | undefined
  /** Where the driver pushes its metrics; undefined if no Prometheus answers. */
  pushUrl: string | undefined
}

/**
 * Sends a crowd at the running environment and prints how it fared; the data is not audited.
 * @throws UserError if no environment is running
 */
export async function spike(options: SpikeOptions): Promise<void> {
  const up = await requireUp()
  const session = await openSession()
  try {
    const plan = await prepare(session, up, options)
    const { run, shape } = plan
    const { scenario, seed } = options
    const crowd = scenarios[scenario].describe(shape.rate, shape.durationSeconds)
    console.error(`${run}: ${crowd}${arrivalsWords(options)}`)
    await sendNote(notesOf(up), { kind: 'run', run, scenario, driver: shape.driver, seed })
    const send = async (arm: ArmName, block: number) => {
      const result = await sendTo(plan, arm, block)
      console.log(summaryOf(arm, result))
    }
    if (options.sideBySide) await Promise.all(options.arms.map(send))
    else for (const [block, arm] of options.arms.entries()) await send(arm, block)
    console.log(
      options.sideBySide
        ? 'side by side: both arms shared processors and disk, so this is no basis for a verdict'
        : 'not audited, one block an arm: ./stampede rehearse gives a verdict',
    )
  } finally {
    await session.close()
  }
}

/** Where the environment takes notes of crowds. */
export const notesOf = ({ scrapeProxy, token }: Up) => ({ url: scrapeProxy, token })

async function prepare(session: Session, up: Up, options: SpikeOptions): Promise<SpikePlan> {
  const { driver } = options
  // Only what is installed: a person at a screen does not wait for a build.
  const { k6, reason } = await resolveK6(session, { driver, quick: true, install: false })
  if (reason !== null) console.error(`driver: the embedded simulator, since ${reason}`)
  const isWatched = up.prometheus !== null && (await isReady(up.prometheus))
  if (up.prometheus !== null && !isWatched) {
    const where = `the Prometheus at ${up.prometheus} does not answer`
    console.error(`${where}: this crowd is not recorded; ./stampede down and up starts it again`)
  }
  return {
    session,
    up,
    run: runNamed(),
    options,
    shape: { ...shapeOf({ ...options, blocks: 1, quick: false }), driver: k6 ? 'k6' : 'simulator' },
    k6Path: k6?.path,
    pushUrl: isWatched && up.prometheus !== null ? remoteWriteUrl(up.prometheus) : undefined,
  }
}

/** The name of a run that begins now. */
export const runNamed = (): string => `spike-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`

interface BlockFacts {
  run: string
  block: number
  arm: ArmName
}

/** Sends a crowd, whose beginning and end are noted in the environment: its boards show them. */
export async function noted<Result>(
  up: Up,
  facts: BlockFacts,
  seconds: number,
  send: () => Promise<Result>,
): Promise<Result> {
  const startMs = Date.now()
  const endsMs = startMs + seconds * 1000 + driverSlackMs
  await sendNote(notesOf(up), { kind: 'begin', ...facts, startMs, endsMs })
  try {
    return await send()
  } finally {
    // The environment may have been stopped meanwhile, and the crowd's result is worth more.
    await sendNote(notesOf(up), { kind: 'end', ...facts }).catch((error: Error) => {
      console.error(`stampede: the boards do not show this crowd's end: ${error.message}`)
    })
  }
}

function sendTo(plan: SpikePlan, arm: ArmName, block: number): Promise<DriveResult> {
  const { session, up, run, options, shape, pushUrl } = plan
  return noted(up, { run, block, arm }, shape.durationSeconds, () =>
    sendCrowd(session, {
      ...shape,
      name: `crowd-${arm}`,
      k6Path: plan.k6Path,
      scenario: options.scenario,
      arrivals: options.arrivals,
      target: up.arms[arm].api,
      seed: options.seed,
      keyPrefix: `${run}-${arm}`,
      users: up.arms[arm].users,
      remoteWrite: pushUrl ? { url: pushUrl, labels: { run, arm, block: `${block}` } } : undefined,
    }),
  )
}
