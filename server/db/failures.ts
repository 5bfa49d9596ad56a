import { Problem } from '../errors.ts'

/** MySQL and MariaDB error numbers after which the whole unit of work may be tried again. */
const contention = new Map<number, string>([
  [1213, 'deadlock'],
  [1205, 'lock-wait-timeout'],
  [1020, 'snapshot-conflict'],
  [3572, 'nowait-conflict'],
])

export const contentionNames = [...contention.values()]

/** What the process itself finds changed under a transaction: the whole of it is tried again. */
export class SnapshotConflict extends Error {
  readonly errno = 1020
}

const duplicateKey = 1062
const statementTimeouts = new Set([1969, 3024])

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

/** True where the connection behind the error cannot be used again. */
export function isConnectionLost(error: unknown): boolean {
  const { code, fatal } = driverError(error)
  return fatal === true || (code?.startsWith('PROTOCOL_') ?? false) || code === 'ECONNRESET'
}

/** The problem that a database error is to the client; other errors come back unchanged. */
export function asProblem(error: unknown): unknown {
  if (error instanceof Problem) return error
  if (contentionOf(error)) return new Problem('lock-contention', { cause: error })
  const { errno, code } = driverError(error)
  if (statementTimeouts.has(errno ?? 0)) return new Problem('lock-contention', { cause: error })
  if (isConnectionLost(error) || code === 'ECONNREFUSED' || code === 'ETIMEDOUT') {
    return new Problem('database-unavailable', { cause: error })
  }
  return error
}
