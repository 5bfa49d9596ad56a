import type { JourneyRecord, Operation } from '../../loadtests/crowd/history.ts'
import { crowdNumbers } from '../../loadtests/crowd/shopping.ts'
import type { Checker, CrowdAccount } from '../checker.ts'
import { journeysWith } from '../exercise.ts'
import { judged } from '../findings.ts'
import { crowdsOf } from '../journeys.ts'
import { entriesIn } from '../rows.ts'

/** That entries add up to the balance is the business of `balances`. */
export const topUps: Checker = {
  name: 'top-ups',
  promise:
    'A top-up that was acknowledged is an entry of that customer with its amount; one that was ' +
    'refused for good is none, and each that is there was asked for.',
  needs: ['history'],
  exercise: journeysWith('top-ups that customers sent', ({ topUp }) => topUp !== undefined),
  async check(evidence) {
    const entries = new Map<string, Entry>()
    for (const entry of await entriesIn(evidence)) entries.set(entry.reference, entry)
    return judged(
      crowdsOf(evidence).flatMap((crowd) => [
        ...crowd.history.flatMap((record) => flawsOf(record, entries)),
        ...unasked(crowd, entries),
      ]),
    )
  },
}

interface Entry {
  reference: string
  userId: string
  amountMinor: number
}

const referenceOf = (userId: string, key: string): string => `charge-${userId}-${key}`

function flawsOf({ userId, topUp }: JourneyRecord, entries: Map<string, Entry>): string[] {
  if (!topUp) return []
  const { keys, outcome, amountMinor } = topUp
  // Earlier keys of a client that renews its key are in doubt: the answer is to the last one.
  const last = keys.at(-1) ?? ''
  const entry = entries.get(referenceOf(userId, last))
  const name = `top-up ${last} of user ${userId}`
  if (outcome === 'ok' && entry?.amountMinor !== amountMinor) {
    return [`${name} by ${amountMinor} was acknowledged, the entry has ${entry?.amountMinor ?? 0}`]
  }
  if (outcome !== 'fail') return []
  const found = keys.flatMap((key) => entries.get(referenceOf(userId, key)) ?? [])
  return found.map((one) => `${name} was refused, yet added ${one.amountMinor}`)
}

/** Of this crowd's keys, entries that no customer of it sent. */
function unasked(crowd: CrowdAccount, entries: Map<string, Entry>): string[] {
  const records = new Map(crowd.history.map((record) => [record.index, record]))
  const start = `-${crowd.keyPrefix}-`
  return [...entries.values()].flatMap(({ reference, userId, amountMinor }) => {
    const tail = reference.slice(`charge-${userId}`.length)
    const index = indexIn(tail, start)
    if (!reference.startsWith(`charge-${userId}-`) || index === undefined) return []
    const wrong = `user ${userId} got ${amountMinor} by ${reference}`
    const record = records.get(index)
    if (index >= crowd.started) return [`${wrong}, which no client sent`]
    if (amountMinor !== amountOf(record?.topUp)) return [`${wrong}, which is another amount`]
    if (!record) return []
    const isSent = record.topUp?.keys.some((key) => reference === referenceOf(record.userId, key))
    return isSent ? [] : [`${wrong}, which no client sent`]
  })
}

const amountOf = (topUp: Operation | undefined): number =>
  topUp?.amountMinor ?? crowdNumbers.topUpMinor

function indexIn(tail: string, start: string): number | undefined {
  const [, digits] =
    (tail.startsWith(start) && /^(\d+)-b(-\d+)?$/.exec(tail.slice(start.length))) || []
  return digits === undefined ? undefined : Number(digits)
}
