/** Threads that come together and stay for a while; whole seconds, since JMeter takes no others. */
export interface ThreadGroup {
  threads: number
  /** Until the first of them starts. */
  delaySeconds: number
  /** In which they start one after the other; 0 = all at once. */
  rampSeconds: number
  /** How long they go on, from the delay. */
  seconds: number
}

/** Thread groups of the plan. */
const groupsMax = 3

/** Share of the threads that are there before and after a spike. */
const usualShare = 0.2

/**
 * Load shapes of a JMeter plan, each for its highest number of threads and a length of at least
 * three seconds.
 */
export const loadShapes = {
  constant: (threads, seconds) => [{ threads, delaySeconds: 0, rampSeconds: 0, seconds }],
  'ramp-up': (threads, seconds) => [
    { threads, delaySeconds: 0, rampSeconds: Math.floor((seconds * 2) / 3), seconds },
  ],
  steps: (threads, seconds) =>
    [0, 1, 2].map((step) => {
      const delaySeconds = Math.floor((seconds * step) / 3)
      const own = Math.round((threads * (step + 1)) / 3) - Math.round((threads * step) / 3)
      return { threads: own, delaySeconds, rampSeconds: 0, seconds: seconds - delaySeconds }
    }),
  spike: (threads, seconds) => {
    const third = Math.floor(seconds / 3)
    const usual = Math.max(1, Math.round(threads * usualShare))
    return [
      { threads: usual, delaySeconds: 0, rampSeconds: 0, seconds },
      { threads: threads - usual, delaySeconds: third, rampSeconds: 0, seconds: third },
    ]
  },
} satisfies Record<string, (threads: number, seconds: number) => ThreadGroup[]>

export type LoadShape = keyof typeof loadShapes
export const loadShapeNames = Object.keys(loadShapes) as LoadShape[]

/** What each does with its threads, for the head of a table. */
export const loadShapeWords: Record<LoadShape, string> = {
  constant: 'all threads from the start',
  'ramp-up': 'one thread after the other, all after two thirds of the time',
  steps: 'a third of the threads, then two thirds, then all',
  spike: 'a fifth of the threads, for the middle third of the time all',
}

/** The groups as properties of the plan: `threads`, `delay`, `ramp`, `seconds`, `threads2` … */
export function planProperties(groups: readonly ThreadGroup[]): Record<string, number> {
  if (groups.length > groupsMax) throw new RangeError(`the plan has ${groupsMax} thread groups`)
  return Object.fromEntries(
    groups.flatMap(({ threads, delaySeconds, rampSeconds, seconds }, index) => {
      const name = (word: string) => (index === 0 ? word : `${word}${index + 1}`)
      return [
        [name('threads'), threads],
        [name('delay'), delaySeconds],
        [name('ramp'), rampSeconds],
        [name('seconds'), seconds],
      ] as const
    }),
  )
}
