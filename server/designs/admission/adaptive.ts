import type { Admission } from './admission.ts'

/**
 * As many at once as the connection pool serves without making them wait, the dearest first.
 * in: class, pass · out: in at once, in after a short wait, or `overloaded` with a time to come
 * back.
 * Closes: work for people who have gone, and journeys that are begun and cannot be finished.
 * Leaves open: passes are known to the process that gave them; behind a balancer that sends a
 * client elsewhere they count for nothing, and a shared pass jumps the queue, never the limit.
 */
export const adaptive: Admission = {
  admit({ gate, passes }, { requestClass, pass, gone }) {
    const isLetIn = requestClass === 'pay' || passes.isValid(pass)
    const entry = gate.enter(requestClass, isLetIn, gone)
    return isLetIn ? entry : withPass(entry, passes.issue)
  },
}

type Entries = ReturnType<Admission['admit']>

/** A pass for who has none yet, once they are in. */
function withPass(entries: Entries, issue: () => string): Entries {
  if (entries instanceof Promise) {
    return entries.then((entry) => entry && { ...entry, pass: issue() })
  }
  return entries && { ...entries, pass: issue() }
}
