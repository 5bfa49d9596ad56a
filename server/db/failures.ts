import { Problem } from '../errors.ts'

/** MySQL and MariaDB error numbers after which the whole unit of work may be tried again. */
const contention = new Map<number, string>([
  [1213, 'deadlock'],
  [1205, 'lock-wait-timeout'],
  [1020, 'snapshot-conflict'],
  [3572, 'nowait-conflict'],
  // Of clusters that certify a transaction at its commit (Group Replication, Galera).
  [3101, 'commit-conflict'],
  [1180, 'commit-conflict'],
])

export const contentionNames = [...new Set(contention.values())]

/** A COMMIT that fails so was rolled back; after any other failure its outcome is unknown. */
const rolledBackCommits = new Set([1213, 3101, 1180])

/** What the process itself finds changed under a transaction: the whole of it is tried again. */
export class SnapshotConflict extends Error {
  readonly errno = 1020
}

const duplicateKey = 1062
const routineExists = 1304
const statementTimeouts = new Set([1969, 3024])
/** The statement alone was killed. */
const interrupted = 1317
/** The server shuts down, or has killed the connection. */
const cutOff = new Set([1053, 1927])
/** The server takes no writes, as a demoted primary. */
const readOnly = new Set([1290, 1792, 1836])
/** InnoDB found no room on the disk ("table is full"), and has rolled the statement back. */
const noRoom = 1114

interface DriverError {
  errno?: number
  code?: string
  sqlMessage?: string
  fatal?: boolean
}

/** Walks `cause`: drizzle wraps the driver's error and puts SQL and parameters into its message. */
function driverError(error: unknown): DriverError {
  let current: unknown = error
  for (let depth = 0; depth < 5 && current instanceof Error; depth += 1) {
    if ('errno' in current || 'fatal' in current) return current as DriverError
    current = current.cause
  }
  return {}
}

/** Kind of lock contention behind an error, or undefined where it is something else. */
export function contentionOf(error: unknown): string | undefined {
  return contention.get(driverError(error).errno ?? 0)
}

/** @param index only of this one; '' = of any */
export function isDuplicateKey(error: unknown, index = ''): boolean {
  const { errno, sqlMessage = '' } = driverError(error)
  return errno === duplicateKey && sqlMessage.includes(index)
}

/** A procedure or function of that name has been made already. */
export const isRoutineThere = (error: unknown): boolean =>
  driverError(error).errno === routineExists

export function isRolledBackCommit(error: unknown): boolean {
  return rolledBackCommits.has(driverError(error).errno ?? 0)
}

/** True where the connection ended before an answer: what was sent may have happened. */
export function isAnswerLost(error: unknown): boolean {
  const { errno, code, fatal } = driverError(error)
  if (fatal === true || cutOff.has(errno ?? 0)) return true
  return (code?.startsWith('PROTOCOL_') ?? false) || code === 'ECONNRESET'
}

/**
 * True where the connection was known to have ended before: the driver then sends nothing, and says
 * so without a code.
 */
export function isNeverSent(error: unknown): boolean {
  const { errno, code, fatal } = driverError(error)
  return fatal === true && errno === undefined && code === undefined
}

/** True where the connection behind the error is not to be used again. */
export function isConnectionLost(error: unknown): boolean {
  return isAnswerLost(error) || readOnly.has(driverError(error).errno ?? 0)
}

/**
 * For `catch` of a write whose outcome is never claimed, such as an id: to the caller, one that may
 * have happened did not.
 */
export function notClaimed(error: unknown): never {
  const isUnknown = error instanceof Problem && error.code === 'commit-unknown'
  throw isUnknown ? new Problem('database-unavailable', { cause: error }) : error
}

/** The problem that a database error is to the client; other errors come back unchanged. */
export function asProblem(error: unknown): unknown {
  if (error instanceof Problem) return error
  if (contentionOf(error)) return new Problem('lock-contention', { cause: error })
  const { errno, code } = driverError(error)
  if (statementTimeouts.has(errno ?? 0)) return new Problem('lock-contention', { cause: error })
  const isUndone = errno === interrupted || errno === noRoom
  const isAway = isConnectionLost(error) || isUndone
  if (isAway || code === 'ECONNREFUSED' || code === 'ETIMEDOUT') {
    return new Problem('database-unavailable', { cause: error })
  }
  return error
}
