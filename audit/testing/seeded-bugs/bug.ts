import type { JourneyRecord, KeptKind, Operation } from '../../../loadtests/crowd/history.ts'
import type { Asked } from '../../../loadtests/crowd/shopping.ts'
import type { BankCharge, Evidence } from '../../checker.ts'
import { keyPrefix, referenceOf } from '../fixture-rows.ts'

/** How a defect of the shop is planted in the small shop of fixture-rows.ts, and what it shows. */
export interface Defect {
  /** What the first violation must mention. */
  says: string
  sql?: string[]
  /** Changes the rest of the evidence. */
  evidence?: (evidence: Evidence) => void
}

export interface SeededBug extends Defect {
  bug: string
  caughtBy: string
}

/** Bugs, by what is wrong, that one checker must catch. */
export const caughtBy = (checker: string, defects: Record<string, Defect>): SeededBug[] =>
  Object.entries(defects).map(([bug, defect]) => ({ ...defect, bug, caughtBy: checker }))

/** Copies a row, with changes, past everything that the shop would check. */
export const copyOf = (table: string, id: number, changes: string) => [
  `create temporary table copied as select * from ${table} where id = ${id}`,
  `update copied set ${changes}`,
  `insert into ${table} select * from copied`,
  'drop temporary table copied',
]

/** One piece too many of an option in an order. */
export const extraItem = (id: number, orderId: number, optionId: number, priceMinor: number) =>
  'insert into order_items (id, order_id, option_id, quantity, unit_price_minor, units) ' +
  `values (${[id, orderId, optionId, 1, priceMinor, 1].join(', ')})`

/** Changes what a journey reported of itself. */
export const setJourney =
  (index: number, changes: Partial<JourneyRecord>) =>
  ({ history }: Evidence) => {
    const found = history.find((line) => line.index === index)
    if (!found) throw new Error(`journey ${index} of the fixture has no line`)
    Object.assign(found, changes)
  }

/** Changes what a journey was sent to ask for. */
export const setAsked = (index: number, changes: Partial<Asked>) => (evidence: Evidence) => {
  const { asked } = evidence
  evidence.asked = (other) => ({ ...asked(other), ...(other === index ? changes : {}) })
}

/** Changes what a client was shown and has kept; of the fixture's journeys each once, by kind. */
export const setKept =
  // biome-ignore lint/suspicious/noExplicitAny: a page may be spoiled in any way
    (kind: KeptKind, change: (body: any) => unknown) =>
    ({ history }: Evidence) => {
      const found = history.flatMap(({ kept = [] }) => kept).findLast((one) => one.kind === kind)
      if (!found) throw new Error(`no journey of the fixture has kept a ${kind}`)
      change(found.body)
    }

/** Changes what a client saw of its order. */
export const setOrder =
  (index: number, changes: Partial<Operation>) =>
  ({ history }: Evidence) =>
    Object.assign(operationOf(history, index, 'order'), changes)

/** Changes what a client saw of its payment. */
export const setPayment =
  (index: number, changes: Partial<Operation>) =>
  ({ history }: Evidence) =>
    Object.assign(operationOf(history, index, 'payment'), changes)

function operationOf(history: JourneyRecord[], index: number, kind: 'order' | 'payment') {
  const found = history.find((line) => line.index === index)?.[kind]
  if (!found) throw new Error(`journey ${index} of the fixture has no ${kind}`)
  return found
}

/** Changes a charge in the ledger of the bank; `key` without its prefix, e.g. `4-o`. */
export const setCharge =
  (key: string, changes: Partial<BankCharge>) =>
  ({ bank }: Evidence) => {
    const found = bank.find(({ reference }) => reference === referenceOf(`${keyPrefix}-${key}`))
    if (!found) throw new Error(`the bank of the fixture has no charge for ${key}`)
    Object.assign(found, changes)
  }
