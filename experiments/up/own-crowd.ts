import type { Session } from '../../lab/processes/session.ts'
import { resolveK6 } from '../../lab/tools/k6.ts'
import type { ScenarioName } from '../../loadtests/crowd/profiles.ts'
import type { DriveResult } from '../run/drive.ts'
import { type Crowd, sendCrowd } from '../run/send-crowd.ts'
import type { Up } from './up-file.ts'

/** The crowd that a command brings along. */
interface OwnCrowd extends Pick<Crowd, 'rate' | 'seed' | 'durationSeconds' | 'onStarted'> {
  /** Of the command: names the driver's log, and begins the keys of the crowd. */
  command: string
  arm: keyof Up['arms']
  scenario: ScenarioName
}

/**
 * Sends customers to an arm of the running environment, evenly: by k6 where it is there already,
 * else by the simulator.
 */
export async function sendOwnCrowd(
  session: Session,
  up: Up,
  { command, arm, ...crowd }: OwnCrowd,
): Promise<DriveResult> {
  const { k6 } = await resolveK6(session, { driver: undefined, quick: true, install: false })
  const { api, users } = up.arms[arm]
  return await sendCrowd(session, {
    ...crowd,
    ...{ name: `crowd-${command}`, arrivals: 'even', target: api, users },
    driver: k6 ? 'k6' : 'simulator',
    k6Path: k6?.path,
    keyPrefix: `${command}-${Date.now()}`,
    remoteWrite: undefined,
  })
}
