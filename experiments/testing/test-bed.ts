import type { Session } from '../../lab/processes/session.ts'
import type { RunningArm } from '../run/arm.ts'
import type { DriveResult } from '../run/drive.ts'
import { type Crowd, sendCrowd } from '../run/send-crowd.ts'
import type { TestBed } from '../run/test-bed.ts'

const { TEST_DATABASE_URL: databaseUrl = '', TEST_REDIS_URL: redisUrl = '' } = process.env

/** Whether `./stampede test` has started the servers; else tests that need them skip, aloud. */
export const hasServers = Boolean(databaseUrl && redisUrl)

/** A testBed on the test servers. @param label keeps its schemas apart from those of other files */
export const testBedFor = (session: Session, label: string): TestBed => ({
  session,
  databases: {
    databaseUrl,
    schemaPrefix: `stampede_test_${label}_`,
    databaseVersion: '',
    settings: {},
    databasePid: null,
    redisUrl,
    redisVersion: '',
  },
  chaosToken: crypto.randomUUID(),
})

/** Sends a small crowd of the simulator at an arm. */
export const sendSmoke = (
  session: Session,
  { api, users }: Pick<RunningArm, 'api' | 'users'>,
  crowd: Pick<Crowd, 'rate' | 'durationSeconds' | 'keyPrefix'> & Partial<Crowd>,
): Promise<DriveResult> => {
  const usual = { driver: 'simulator', scenario: 'smoke', target: api.url, seed: 1, users } as const
  return sendCrowd(session, { name: crowd.keyPrefix, ...usual, ...crowd })
}

/** Waits until a crowd has placed so many orders. @throws Error after about 10 s */
export async function ordersReach({ db }: Pick<RunningArm, 'db'>, count: number): Promise<void> {
  for (let turn = 0; turn < 400; turn += 1) {
    const [rows] = await db.query('select count(*) as orders from orders')
    if (Number((rows as { orders: string }[])[0]?.orders) >= count) return
    await Bun.sleep(25)
  }
  throw new Error('the crowd never came')
}
