import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ifAbsent } from '../if-absent.ts'
import { printStateFolder, stateFolder } from '../state-folder.ts'
import { UserError } from '../user-error.ts'
import { register, unregister } from './signals.ts'
import { startTime } from './start-time.ts'

/** Something a session started and must stop. Stopped in reverse order of starting. */
export interface Stoppable {
  readonly name: string
  stop(): Promise<void>
}

/** A process of a session that serves until the session ends, as long as it is kept running. */
export interface Restartable {
  readonly child: Stoppable & {
    readonly logPath: string
    /** Settles with its exit code; never rejects. */
    readonly exited: Promise<number>
  }
  /** Starts it once more at the same address, with the same data, after it has ended. */
  again(): Promise<Restartable>
}

const defaultRoot = join(stateFolder, 'sessions')
const keptSessions = 5
let sessionCount = 0

/**
 * Reaps stale sessions of earlier runs, then opens one with its watchdog.
 * @throws UserError when the folder cannot be written.
 */
export async function openSession(root: string = defaultRoot): Promise<Session> {
  if (root === defaultRoot) printStateFolder()
  await reapStaleSessions(root)
  const id = `${new Date().toISOString().replaceAll(/[:.]/g, '-')}-${process.pid}-${sessionCount++}`
  await createFolder(root, join(root, id))
  const session = new Session(id, join(root, id))
  register(session)
  return session
}

/**
 * A folder, its owner's alone, whose processes and data end with it: on `close`, on Ctrl-C and
 * SIGTERM, on a crash, and on `kill -9` of this process (a watchdog process sees its standard input
 * end).
 */
export class Session {
  readonly id: string
  /** `sessions/<id>` of the state folder, absolute. */
  readonly folder: string
  /** Servers in the order in which they started, those that have ended included. */
  readonly servers: Restartable[] = []
  readonly #watchdog: ReturnType<typeof startWatchdog>
  readonly #aborter = new AbortController()
  readonly #parts: Stoppable[] = []
  #closing: Promise<void> | undefined

  /** @param folder with an owner in it; `openSession` makes it */
  constructor(id: string, folder: string) {
    this.id = id
    this.folder = folder
    this.#watchdog = startWatchdog(folder)
  }

  /** Aborted as soon as the session begins to close. */
  get signal(): AbortSignal {
    return this.#aborter.signal
  }

  /** Absolute path for the data of a server; not created, and removed with the session. */
  dataPath(name: string): string {
    return join(this.folder, 'data', name)
  }

  /** Absolute path of the log of one child. The logs of the last five sessions are kept. */
  logPath(name: string): string {
    return join(this.folder, `${name}.log`)
  }

  /** The command as a child that ends with the session: it records itself before it begins. */
  recorded(name: string, command: string[]): string[] {
    return ['sh', join(import.meta.dir, 'run-recorded.sh'), this.folder, name, ...command]
  }

  add(part: Stoppable): void {
    this.#parts.push(part)
  }

  remove(part: Stoppable): void {
    const index = this.#parts.indexOf(part)
    if (index >= 0) this.#parts.splice(index, 1)
  }

  /** Stops every part, removes the data, ends the watchdog. May be called again. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#aborter.abort()
    await stopAll(this.#parts)
    this.#watchdog.stdin.end()
    await this.#watchdog.exited
    unregister(this)
  }
}

/** Ids of the sessions of this checkout that live now. @param own is left out */
export async function liveSessions(own?: string, root: string = defaultRoot): Promise<string[]> {
  const live: string[] = []
  for (const id of await ownSessions(root)) {
    const folder = join(root, id)
    const isOver = id === own || (await exists(join(folder, 'closed')))
    if (!isOver && (await ownerLives(folder))) live.push(id)
  }
  return live
}

/** Ends the processes and removes the data of sessions whose parent is gone; prunes old logs. */
export async function reapStaleSessions(root: string = defaultRoot): Promise<string[]> {
  const reaped: string[] = []
  const closed: string[] = []
  for (const id of await ownSessions(root)) {
    const folder = join(root, id)
    if (!(await exists(join(folder, 'closed')))) {
      if (await ownerLives(folder)) continue
      await startWatchdog(folder, 'reap').exited
      reaped.push(id)
    }
    closed.push(folder)
  }
  for (const folder of closed.slice(0, -keptSessions)) {
    await rm(folder, { recursive: true, force: true })
  }
  return reaped
}

/** Those that this user began: others are theirs to look into, and to remove. */
async function ownSessions(root: string): Promise<string[]> {
  const own: string[] = []
  for (const id of (await readdir(root).catch(ifAbsent([]))).sort()) {
    const uid = (await stat(join(root, id)).catch(ifAbsent(null)))?.uid
    if (uid === process.getuid?.()) own.push(id)
  }
  return own
}

async function createFolder(root: string, folder: string): Promise<void> {
  // Written beside the sessions and renamed: a folder without an owner would look stale to others.
  const draft = `${root}-draft-${process.pid}-${sessionCount}`
  try {
    await mkdir(root, { recursive: true })
    // Servers keep data and passwords in it.
    await mkdir(draft, { mode: 0o700 })
    await mkdir(join(draft, 'data'))
    await writeFile(join(draft, 'processes'), '')
    await writeFile(join(draft, 'owner'), `${process.pid}\t${await startTime(process.pid)}\n`)
    await rename(draft, folder)
  } catch (error) {
    const remedy = 'XDG_STATE_HOME may name a folder of your own'
    throw new UserError(`cannot write the session folder ${folder}: ${String(error)}; ${remedy}`)
  }
}

function startWatchdog(folder: string, mode: 'watch' | 'reap' = 'watch') {
  return Bun.spawn(['sh', join(import.meta.dir, 'watchdog.sh'), folder], {
    stdin: mode === 'watch' ? 'pipe' : 'ignore',
    stdout: 'ignore',
    stderr: 'ignore',
    // Its own process group: Ctrl-C in the terminal is not for the watchdog.
    detached: true,
    cwd: '/',
  }) as Bun.Subprocess<'pipe', 'ignore', 'ignore'>
}

async function stopAll(parts: Stoppable[]): Promise<void> {
  for (const part of [...parts].reverse()) {
    await part.stop().catch((error) => console.error(`stopping ${part.name}: ${String(error)}`))
  }
}

async function ownerLives(folder: string): Promise<boolean> {
  const [pid, start] = (await readFile(join(folder, 'owner'), 'utf8').catch(ifAbsent('')))
    .trim()
    .split('\t')
  return Boolean(pid && start) && (await startTime(Number(pid))) === start
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(ifAbsent(null))) !== null
}
