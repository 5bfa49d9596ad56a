import type { DesignLog, LoggedEntry } from './design-log.ts'
import { type Flag, parseAnyFlags } from './flags.ts'

/** How one flag stood. */
export type FlagState = Pick<Flag, 'option' | 'to' | 'percent' | 'shadow'>

/** One change, in words. */
export interface DesignChange {
  epoch: number
  at: string
  by: string
  reason: string
  /** Without `to` a sequence goes by the flag of `ids` again. */
  changed: { axis: string; from?: FlagState; to?: FlagState }[]
}

/** The changes before one of them, the newest first. */
export async function changesOf(
  log: DesignLog,
  before: number,
  count: number,
): Promise<DesignChange[]> {
  const entries = await log.before(before, count + 1)
  return entries.slice(0, count).map((entry, index) => changeOf(entry, entries[index + 1]))
}

function changeOf(entry: LoggedEntry, earlier: LoggedEntry | undefined): DesignChange {
  const { epoch, at, author, reason } = entry
  return {
    epoch,
    at,
    by: author,
    reason,
    changed: changedIn(entry, earlier),
  }
}

function changedIn(entry: LoggedEntry, earlier: LoggedEntry | undefined): DesignChange['changed'] {
  const before = earlier ? parseAnyFlags(earlier.flags) : {}
  const after = parseAnyFlags(entry.flags)
  const changed = Object.entries(after).flatMap(([axis, flag]) => {
    const from = before[axis]
    if (flag.epoch !== entry.epoch) return []
    return [{ axis, ...(from ? { from: stateOf(from) } : {}), to: stateOf(flag) }]
  })
  const gone = Object.entries(before).filter(([axis]) => !after[axis])
  return [...changed, ...gone.map(([axis, from]) => ({ axis, from: stateOf(from) }))]
}

const stateOf = ({ option, to, percent, shadow }: Flag): FlagState => ({
  option,
  ...(to === undefined ? {} : { to }),
  percent,
  ...(shadow === undefined ? {} : { shadow }),
})
