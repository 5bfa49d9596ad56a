import type { JourneyRecord } from '../loadtests/crowd/history.ts'
import type { Asked } from '../loadtests/crowd/shopping.ts'
import type { CrowdAccount } from './checker.ts'

/** A journey as it was to go, beside what it reported of itself. */
export interface AskedJourney {
  asked: Asked
  /** Missing where it was begun and cut off. */
  record: JourneyRecord | undefined
  /** No other journey is of the same user. */
  isAlone: boolean
  /**
   * Pieces that the shop may have been asked for, at most, for each one wanted: every request for a
   * cart adds to it, also one without an answer. Null where the cart may hold other things.
   */
  piecesMax: number | null
}

/** All journeys that were begun, by their index. */
export function askedJourneys({ history, started, asked }: CrowdAccount): AskedJourney[] {
  const records = new Map(history.map((record) => [record.index, record]))
  const all = Array.from({ length: started }, (_, index) => asked(index))
  const visits = Map.groupBy(all, ({ userId }) => userId)
  return all.map((own, index) => {
    const record = records.get(index)
    const isAlone = visits.get(own.userId)?.length === 1
    return { asked: own, record, isAlone, piecesMax: piecesMaxOf(own, record, isAlone) }
  })
}

/** Most requests that a line of the cart took. */
export const cartTries = ({ cart = [] }: JourneyRecord): number =>
  Math.max(1, ...cart.map(({ attempts }) => attempts))

/** An addition that comes late may be all that a second order under a new key finds. */
function piecesMaxOf(
  { fromCart }: Asked,
  record: JourneyRecord | undefined,
  isAlone: boolean,
): number | null {
  if (!fromCart) return 1
  if (!record || !isAlone) return null
  const tries = cartTries(record)
  return tries > 1 && (record.order?.keys.length ?? 0) > 1 ? null : tries
}
