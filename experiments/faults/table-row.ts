import type { JourneyRecord } from '../../loadtests/crowd/history.ts'

type Ended = Pick<JourneyRecord, 'outcome' | 'order' | 'payment'>

/** How a crowd fared: `192 journeys, 180 paid, 9 failed (pool-exhausted 9), 3 unknown`. */
export function crowdWords(history: readonly Ended[]): string {
  const ended = Object.groupBy(history, ({ outcome }) => outcome)
  const { paid = [], failed = [], unknown = [] } = ended
  const refused = (journeys: readonly Ended[]) =>
    journeys.length === 0 ? '' : ` (${reasonsOf(journeys)})`
  return [
    `${history.length} journeys`,
    `${paid.length} paid`,
    `${failed.length} failed${refused(failed)}`,
    `${unknown.length} unknown${refused(unknown)}`,
  ].join(', ')
}

/** Journeys that ended with an error that the shop has no name for: it must know each fault. */
export const unexpectedIn = <Journey extends Ended>(history: readonly Journey[]): Journey[] =>
  history.filter(({ order, payment }) => (payment ?? order)?.code === 'internal')

/** Codes of the last answers and how often each came, the most frequent first. */
function reasonsOf(journeys: readonly Ended[]): string {
  const byReason = Object.groupBy(journeys, ({ order, payment }) => {
    const last = payment ?? order
    if (!last) return 'before ordering'
    return last.code ?? (last.status === 0 ? 'no answer' : String(last.status))
  })
  return Object.entries(byReason)
    .map(([reason, those = []]) => ({ reason, count: those.length }))
    .sort((one, other) => other.count - one.count)
    .map(({ reason, count }) => `${reason} ${count}`)
    .join(', ')
}
