import {
  type DesignLog,
  digestOf,
  type FirstId,
  type LoggedEntry,
} from '../designs/flags/design-log.ts'

/** Of a test: what is in the log, what sequences have moved, and what fails. */
export interface MemoryLog extends DesignLog {
  entries: LoggedEntry[]
  moved: FirstId[]
  fail: Error | undefined
}

/** The log of designs without a database; `fail` makes every call of it fail. */
export function memoryLog(): MemoryLog {
  const entries: LoggedEntry[] = []
  const answer = async <T>(value: () => T): Promise<T> => {
    if (log.fail) throw log.fail
    return value()
  }
  const log = {
    entries,
    fail: undefined as Error | undefined,
    moved: [] as FirstId[],
    lastEpoch: () => answer(() => entries.length),
    read: (epochs: readonly number[]) =>
      answer(() => entries.filter(({ epoch }) => epochs.includes(epoch))),
    before: (epoch: number, count: number) =>
      answer(() =>
        entries
          .filter((one) => one.epoch < epoch)
          .toReversed()
          .slice(0, count),
      ),
    append: (entry: Parameters<DesignLog['append']>[0]) =>
      answer(() => {
        if (entry.epoch !== entries.length + 1) return false
        const digest = digestOf(entry, entries.at(-1)?.digest ?? '')
        entries.push({ ...entry, digest, at: '2026-01-01T00:00:00.000Z' })
        return true
      }),
    firstIds: () => answer(() => log.moved),
  }
  return log
}
