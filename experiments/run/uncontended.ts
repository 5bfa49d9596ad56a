import { contentionOf } from '../../server/db/failures.ts'

const attemptsMax = 10
const pauseMsMax = 200

/**
 * Runs a write of the harness on the data of a running shop. Where it loses a deadlock to the
 * shop's statements, or waits too long for their locks, all of it is run again, up to ten times.
 * @param write a statement by itself, or a whole transaction that rolls back when it fails
 */
export async function uncontended<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write()
    } catch (error) {
      if (attempt === attemptsMax || contentionOf(error) === undefined) throw error
      await Bun.sleep(Math.random() * pauseMsMax)
    }
  }
}
