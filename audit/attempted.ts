import type { JourneyRecord } from '../loadtests/crowd/history.ts'
import type { CrowdAccount } from './checker.ts'

/** First try, or `-2` to `-20` for the others: a client policy allows at most 20. */
const tail = /^-(0|[1-9]\d*)-([op])(?:-(?:[2-9]|1\d|20))?$/

/**
 * Which keys clients may have sent. A journey with a line in the history sent the keys of its line
 * and no others; one that was started and never reported may have sent any of its own.
 */
export function attemptedKeys({
  history,
  started,
  keyPrefix,
}: CrowdAccount): (key: string) => boolean {
  const recorded = new Map<number, JourneyRecord>(history.map((line) => [line.index, line]))
  return (key) => {
    const found = journeyOfKey(keyPrefix, key)
    if (!found) return false
    const line = recorded.get(found.index)
    if (!line) return found.index < started
    const operation = found.kind === 'o' ? line.order : line.payment
    return operation?.keys.includes(key) ?? false
  }
}

/** The journey that a key names, and whether it is that of an order or a payment. */
export function journeyOfKey(
  keyPrefix: string,
  key: string,
): { index: number; kind: 'o' | 'p' } | undefined {
  const [, digits, kind] =
    (key.startsWith(keyPrefix) && tail.exec(key.slice(keyPrefix.length))) || []
  return digits ? { index: Number(digits), kind: kind === 'o' ? 'o' : 'p' } : undefined
}
