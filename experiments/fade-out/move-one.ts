import { UserError } from '../../lab/user-error.ts'
import type { SequenceName } from '../../server/designs/ids/ids.ts'
import type { FlagChange, ShopClient } from '../canary/shop-client.ts'
import type { Counter, Counters } from './counters.ts'

/** One sequence that is to move, and what it is moved with; tests pass their own. */
export interface Moving {
  sequence: SequenceName
  /** Option that is to have it. */
  to: string
  /** Which counter is to stand still afterwards. */
  retires: keyof Counters
  /** First id of the new source; undefined = as the shop decides. */
  start: number | undefined
  /** How long the retired counter is watched. */
  windowSeconds: number
  shop: Pick<ShopClient, 'flagOf' | 'set'>
  counters(): Promise<Counters>
  /** Of the sequence's table. */
  largestId(): Promise<number>
  tell(line: string): void
  now?: () => number
  pause?: () => Promise<void>
}

/** How it ended. */
export interface MoveEnd {
  sequence: SequenceName
  /** `moves` = the retired counter did not stand still; `no-data` = no row came from the new. */
  outcome: 'stood' | 'moves' | 'no-data'
  /** Where the counter was retired, and by which change of the design. */
  retiredAt: number
  epoch: number
  /** Largest id that was seen in the table. */
  largestId: number
}

const usualPause = () => Bun.sleep(500)
/** Without a row of the new source the window is waited for so many times. */
const windowsMax = 3
/** A change that has no answer may have been made: it is looked for before the next try. */
const triesMax = 3

/**
 * Moves one sequence by its flag, then watches that the old counter stands still while rows come
 * from the new one. A sequence that has moved before is watched again.
 * @throws UserError where the shop refuses; Error where it is not retired after its flag was set
 */
export async function moveOne(moving: Moving): Promise<MoveEnd> {
  const { sequence, to, retires, tell } = moving
  if (await isMoved(moving)) tell(`${sequence}: has moved to ${to} before, and is watched again`)
  else await setFlag(moving)
  const { [retires]: counter } = await moving.counters()
  const at = retiredAt(counter)
  tell(
    `${sequence}: change ${at.epoch} retired the ${retires} at ${at.value.toLocaleString('en-US')}`,
  )
  return await watch(moving, at)
}

async function isMoved({ sequence, to, retires, shop, counters }: Moving): Promise<boolean> {
  const { option, to: other } = await shop.flagOf(`ids.${sequence}`)
  return option === to && other === undefined && (await counters())[retires].successor !== null
}

async function setFlag(moving: Moving): Promise<void> {
  const { sequence, to, start, shop, tell, pause = usualPause } = moving
  const subject = `ids.${sequence}`
  const change: FlagChange = { option: to, reason: `fade-out: ${sequence} to ${to}` }
  if (start !== undefined) change.start = start
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (await isMoved(moving)) return
      return await shop.set(subject, change)
    } catch (error) {
      if (!(error instanceof UserError) || attempt === triesMax) throw error
      tell(`${sequence}: ${error.message}; tried again`)
      await pause()
    }
  }
}

function retiredAt({ retiredValue, retiredEpoch }: Counter): { value: number; epoch: number } {
  if (retiredValue !== null && retiredEpoch !== null) {
    return { value: retiredValue, epoch: retiredEpoch }
  }
  throw new Error('the flag is set, but the old counter is not retired')
}

async function watch(
  moving: Moving,
  { value, epoch }: { value: number; epoch: number },
): Promise<MoveEnd> {
  const { sequence, retires, windowSeconds, counters, largestId } = moving
  const { now = () => performance.now(), pause = usualPause } = moving
  const startedMs = now()
  const firstLargest = Math.max(value, await largestId())
  let largest = firstLargest
  const end = (outcome: MoveEnd['outcome']): MoveEnd => ({
    ...{ sequence, outcome, retiredAt: value, epoch, largestId: largest },
  })
  for (;;) {
    // Kept over the looks: lines of a cart are there for a moment only.
    largest = Math.max(largest, await largestId())
    if ((await counters())[retires].value !== value) return end('moves')
    const windows = (now() - startedMs) / (windowSeconds * 1000)
    if (windows >= 1 && largest > firstLargest) return end('stood')
    if (windows >= windowsMax) return end('no-data')
    await pause()
  }
}
