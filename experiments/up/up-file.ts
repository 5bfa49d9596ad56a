import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { ifAbsent } from '../../lab/if-absent.ts'
import { startTime } from '../../lab/processes/start-time.ts'
import { stateFolder } from '../../lab/state-folder.ts'
import { exitCodes, UserError } from '../../lab/user-error.ts'
import { parseJson } from '../../server/parse-json.ts'

const arm = z.object({
  design: z.string(),
  api: z.string(),
  worker: z.string(),
  tickets: z.string(),
  bank: z.string(),
  couponGateway: z.string(),
  /** mysql://…/schema of the arm. */
  database: z.string(),
  /** Users 1 to n are there. */
  users: z.int(),
})

const upFile = z.object({
  pid: z.int(),
  /** When that process began: the pid alone may be another process's by now. */
  processStart: z.string(),
  startedAt: z.string(),
  /** Where the run's metrics are kept. */
  folder: z.string(),
  arms: z.object({ before: arm, after: arm }),
  /** Null if none is available. */
  prometheus: z.string().nullable(),
  /** The page of the boards; null without Prometheus. */
  console: z.string().nullable(),
  /** Null if it is not installed, or did not start. */
  grafana: z.string().nullable(),
  scrapeProxy: z.string(),
  /** Opens the chaos routes of both arms, and the scrape proxy's notes of crowds. */
  token: z.string(),
})

/** The running environment, for the commands that come after. */
export type Up = z.output<typeof upFile>

/** Where `up` writes down what it started. */
export const upFilePath = join(stateFolder, 'up.json')

/** The token as a file for `curl -K`: any user of the machine can read a command line. */
export const curlFileOf = (path = upFilePath): string => path.replace(/json$/, 'curl')

/**
 * Writes the running environment; only its owner may read it, since it holds the token.
 * @throws UserError when another `up` was faster
 */
export async function writeUp(up: Up, path = upFilePath): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const text = `${JSON.stringify(up, null, 2)}\n`
  await writeFile(path, text, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? new UserError('another up was faster; this one ends') : error
  })
  await rm(curlFileOf(path), { force: true })
  await writeFile(curlFileOf(path), `header = "authorization: Bearer ${up.token}"\n`, {
    mode: 0o600,
    flag: 'wx',
  })
}

/**
 * The running environment.
 * @throws UserError (exit 4) if there is none
 */
export async function requireUp(): Promise<Up> {
  const up = await readUp()
  if (up) return up
  throw new UserError('no environment is running: ./stampede up first', exitCodes.badArguments)
}

export async function removeUp(path = upFilePath): Promise<void> {
  for (const file of [curlFileOf(path), path]) await rm(file, { force: true })
}

/** The running environment, or null; a file whose writer is gone is removed. */
export async function readUp(path = upFilePath): Promise<Up | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EACCES') return ifAbsent(null)(error)
    throw new UserError(`${path} is another user's: an environment of theirs may be running`)
  })
  if (text === null) return null
  const up = upFile.safeParse(parseJson(text)).data
  if (up && (await startTime(up.pid)) === up.processStart) return up
  await removeUp(path)
  return null
}
