import type { Point } from '../points.ts'
import { within } from './barrier.ts'
import type { World } from './fixtures.ts'
import { never } from './script.ts'

/** The n-th pass of a point, or of the moment before or after a transaction. */
export interface Moment {
  place: Point | 'begin' | 'committed'
  pass: number
}

/** `committed 3` or `payment.collected` (its first pass). */
export function moment(words: string): Moment {
  const [place = '', pass = '1'] = words.split(' ')
  return { place: place as Moment['place'], pass: Number(pass) }
}

/**
 * Lets `begin` run until the moment and no further, as a kill -9 would: the connection of an open
 * transaction is cut, nothing is undone, no caller learns of it.
 */
export async function killAt(
  world: World,
  { place, pass }: Moment,
  begin: () => Promise<unknown>,
): Promise<void> {
  const died = Promise.withResolvers<void>()
  world.script.on(place, async (count, site) => {
    if (count !== pass) return
    await world.cut(site)
    died.resolve()
    await never()
  })
  const survived = begin().then(() => {
    throw new Error(`it ended before ${place} ${pass}`)
  })
  await within(Promise.race([died.promise, survived]), `${place} ${pass}`)
  world.script.clear()
}

/** Lets `begin` run until the moment and wait there, as a process that was held up would. */
export async function pauseAt<T>(world: World, { place, pass }: Moment, begin: () => Promise<T>) {
  const reached = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  world.script.on(place, async (count) => {
    if (count !== pass) return
    reached.resolve()
    await gate.promise
  })
  const work = begin()
  const ended = work.then(() => {
    throw new Error(`it ended before ${place} ${pass}`)
  })
  ended.catch(() => {})
  await within(Promise.race([reached.promise, ended]), `${place} ${pass}`)
  return {
    /** Lets it go on; returns its result. */
    async resume(): Promise<T> {
      world.script.clear()
      gate.resolve()
      return await within(work, 'the end of what was paused')
    },
  }
}
