import { mkdir } from 'node:fs/promises'
import { startChild } from '../../lab/processes/child.ts'
import { openSession, type Session } from '../../lab/processes/session.ts'
import { isReady, remoteWriteUrl } from '../../lab/servers/prometheus.ts'
import { resolveK6 } from '../../lab/tools/k6.ts'
import { exitCodes, UserError } from '../../lab/user-error.ts'
import { type ScenarioName, scenarios } from '../../loadtests/crowd/profiles.ts'
import { type DriveResult, drive } from '../run/drive.ts'
import { shapeOf } from '../run/plan.ts'
import type { Driver } from '../run/result.ts'
import { sendNote } from '../watch/crowd-notes.ts'
import { summaryOf } from './spike-text.ts'
import { readUp, type Up } from './up-file.ts'

export type ArmName = 'before' | 'after'

/** What `./stampede spike` was asked for; what is undefined is the scenario's own to decide. */
export interface SpikeOptions {
  arms: ArmName[]
  scenario: ScenarioName
  rate: number | undefined
  durationSeconds: number | undefined
  seed: number
  driver: Driver | undefined
  /** Both arms at the same time: for the eyes only. */
  sideBySide: boolean
}

interface Crowd {
  session: Session
  up: Up
  run: string
  options: SpikeOptions
  shape: { rate: number; durationSeconds: number; driver: Driver }
  k6Path: string | undefined
  /** Where the driver pushes its metrics; undefined where no Prometheus answers. */
  pushUrl: string | undefined
}

/** A driver that hangs is stopped this long after the crowd should be over. */
const slackMs = 40_000

/**
 * Sends a crowd at what is up and tells how it went; the data is not audited.
 * @throws UserError where nothing is up
 */
export async function spike(options: SpikeOptions): Promise<void> {
  const up = await readUp()
  if (!up) throw new UserError('nothing is up: ./stampede up first', exitCodes.badArguments)
  const session = await openSession()
  try {
    const crowd = await prepare(session, up, options)
    const { run, shape } = crowd
    const { scenario, seed } = options
    console.error(`${run}: ${scenarios[scenario].describe(shape.rate, shape.durationSeconds)}`)
    await sendNote(doorOf(up), { kind: 'run', run, scenario, driver: shape.driver, seed })
    const send = async (arm: ArmName, block: number) => {
      const result = await sendTo(crowd, arm, block)
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

const doorOf = ({ harness, token }: Up) => ({ url: harness, token })

async function prepare(session: Session, up: Up, options: SpikeOptions): Promise<Crowd> {
  const { driver } = options
  // Only what is at hand: who watches a screen does not wait for a build.
  const { k6, reason } = await resolveK6(session, { driver, quick: true, install: false })
  if (reason !== null) console.error(`driver: the embedded simulator, since ${reason}`)
  const isWatched = up.prometheus !== null && (await isReady(up.prometheus))
  if (up.prometheus !== null && !isWatched) {
    const where = `the Prometheus at ${up.prometheus} does not answer`
    console.error(`${where}: this crowd is not seen; ./stampede down and up starts it again`)
  }
  return {
    session,
    up,
    run: `spike-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`,
    options,
    shape: { ...shapeOf({ ...options, blocks: 1, quick: false }), driver: k6 ? 'k6' : 'simulator' },
    k6Path: k6?.path,
    pushUrl: isWatched && up.prometheus !== null ? remoteWriteUrl(up.prometheus) : undefined,
  }
}

async function sendTo(crowd: Crowd, arm: ArmName, block: number): Promise<DriveResult> {
  const { session, up, run, options, shape, pushUrl } = crowd
  const directory = session.dataPath(`crowd-${arm}`)
  await mkdir(directory, { recursive: true })
  const startMs = Date.now()
  const endsMs = startMs + shape.durationSeconds * 1000 + slackMs
  const facts = { run, block, arm }
  await sendNote(doorOf(up), { kind: 'begin', ...facts, startMs, endsMs })
  let timer: ReturnType<typeof setTimeout> | undefined
  const { done } = await drive({
    driver: shape.driver,
    ...(crowd.k6Path ? { k6Path: crowd.k6Path } : {}),
    bunPath: process.execPath,
    scenario: options.scenario,
    target: up.arms[arm].api,
    seed: options.seed,
    rate: shape.rate,
    durationSeconds: shape.durationSeconds,
    keyPrefix: `${run}-${arm}`,
    users: up.arms[arm].users,
    ...(pushUrl ? { remoteWrite: { url: pushUrl, labels: { run, arm, block: `${block}` } } } : {}),
    directory,
    spawn: async ({ name, command, environment, folder }) => {
      const child = await startChild(session, {
        name: `${arm}-${name}`,
        command,
        environment,
        folder,
      })
      timer = setTimeout(() => void child.stop(), endsMs - startMs)
      return child
    },
  })
  try {
    return await done
  } finally {
    clearTimeout(timer)
    // What is up may have been ended meanwhile.
    await sendNote(doorOf(up), { kind: 'end', ...facts }).catch(() => {})
  }
}
