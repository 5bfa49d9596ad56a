import type { Site } from '../ctx.ts'
import { within } from './barrier.ts'
import { never, type Script } from './script.ts'

type Place = Parameters<Script['on']>[0]

/**
 * Stops work at a moment: the n-th pass of a point, or of the time before or after a transaction,
 * as in `committed 3` or `payment.collected` (its first pass).
 */
export function interruptions(script: Script, cut: (site: Site) => Promise<void>) {
  async function untilMoment<T>(
    moment: string,
    begin: () => Promise<T>,
    stop: (site: Site, stopped: () => void) => Promise<void>,
  ): Promise<{ work: Promise<T> }> {
    const [place, pass = '1'] = moment.split(' ')
    const { promise: stopped, resolve } = Promise.withResolvers<void>()
    script.on(place as Place, async (count, site) => {
      if (count === Number(pass)) await stop(site, resolve)
    })
    const work = begin()
    const ended = work.then(() => {
      throw new Error(`it ended before ${moment}`)
    })
    ended.catch(() => {})
    await within(Promise.race([stopped, ended]), moment)
    return { work }
  }

  return {
    /**
     * Lets `begin` run until the moment and no further, as a kill -9 would: the connection of an
     * open transaction is cut, nothing is undone, no caller learns of it.
     */
    async killAt(moment: string, begin: () => Promise<unknown>): Promise<void> {
      await untilMoment(moment, begin, async (site, stopped) => {
        await cut(site)
        stopped()
        await never()
      })
      script.clear()
    },

    /** Lets `begin` run until the moment and wait there, as a process that was held up would. */
    async pauseAt<T>(moment: string, begin: () => Promise<T>) {
      const gate = Promise.withResolvers<void>()
      const { work } = await untilMoment(moment, begin, async (_site, stopped) => {
        stopped()
        await gate.promise
      })
      return {
        /** Lets it go on; returns its result. */
        async resume(): Promise<T> {
          script.clear()
          gate.resolve()
          return await within(work, 'the end of what was paused')
        },
      }
    },
  }
}
