import { Redis } from 'ioredis'
import { type ArmRole, armRoles } from '../run/arm.ts'
import { boardFaults } from './board-faults.ts'
import { freeze, type Need, type Stage } from './stage.ts'

/** Hits a part of the system, and undoes it. */
export interface Fault {
  hit(stage: Stage): Promise<void>
  /** A clock of the API server's own, a small disk of the database's own, or a proxy. */
  needs?: Need
  /**
   * The API server itself is stopped: its kernel takes connections, and its deadlines count from
   * when it goes on.
   */
  stopsApi?: true
}

const downMs = 3000
const frozenMs = 8000
const readOnlyMs = 5000
const fullMs = 5000
const killEveryMs = 100
const kills = 30
const clockSeconds = 60
const clockMs = 6000

const names: Record<ArmRole, string> = {
  api: 'the API server',
  worker: 'the worker',
  tickets: 'the ticket server',
  bank: 'the bank',
}

const ofRoles = (words: string, hit: (stage: Stage, role: ArmRole) => Promise<void>) =>
  Object.fromEntries(
    armRoles.map((role) => [
      `${words} ${names[role]}`,
      { hit: (stage: Stage) => hit(stage, role) },
    ]),
  )

/** What is done to a running sale, by the words of the table. */
export const faults: Record<string, Fault> = {
  ...ofRoles('kill -9 of', ({ arm }, role) => arm.crash(role, downMs)),
  'kill -9 of the database': { hit: ({ database }) => database.crash(downMs) },
  'kill -9 of Redis': { hit: ({ redis }) => redis.crash(downMs) },
  ...ofRoles('8 s of SIGSTOP for', ({ arm }, role) => freeze(arm[role].pid, frozenMs)),
  '8 s of SIGSTOP for the API server': {
    hit: ({ arm }) => freeze(arm.api.pid, frozenMs),
    stopsApi: true,
  },
  '8 s of SIGSTOP for the database': { hit: ({ database }) => freeze(database.pid, frozenMs) },
  '8 s of SIGSTOP for Redis': { hit: ({ redis }) => freeze(redis.pid, frozenMs) },
  'Redis flushed': { hit: ({ testBed }) => flush(testBed.databases.redisUrl) },
  '5 s of a read-only database': { hit: readOnly },
  '5 s of a full disk under the database': {
    hit: ({ fillDisk }) => fillDisk(fullMs),
    needs: 'disk',
  },
  'connections killed at random': { hit: killConnections },
  'the clock of the API server 60 s ahead': {
    hit: (stage) => movedClock(stage, 1),
    needs: 'clock',
  },
  'the clock of the API server 60 s behind': {
    hit: (stage) => movedClock(stage, -1),
    needs: 'clock',
  },
  ...boardFaults,
}

async function flush(url: string): Promise<void> {
  const redis = new Redis(url)
  await redis.flushall()
  redis.disconnect()
}

async function readOnly({ asRoot }: Stage): Promise<void> {
  await asRoot('set global read_only = 1')
  await Bun.sleep(readOnlyMs)
  await asRoot('set global read_only = 0')
}

async function killConnections({ asRoot }: Stage): Promise<void> {
  for (let turn = 0; turn < kills; turn += 1) {
    const [victim] = await asRoot(
      "select id from information_schema.processlist where user = 'shop' order by rand() limit 1",
    )
    if (victim) await asRoot(`kill ${Number(victim.id ?? victim.ID)}`).catch(ifEnded)
    await Bun.sleep(killEveryMs)
  }
}

/** A connection may have ended by itself before it is killed. */
function ifEnded(error: { errno?: number }): void {
  const noSuchThread = 1094
  if (error.errno !== noSuchThread) throw error
}

async function movedClock({ setClock }: Stage, direction: 1 | -1): Promise<void> {
  await setClock(direction * clockSeconds)
  await Bun.sleep(clockMs)
  await setClock(0)
}
