import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import type { Database } from '../../db/connections.ts'
import { isRoutineThere } from '../../db/failures.ts'
import { Problem } from '../../errors.ts'
import { openedOnce } from '../ids/opened-once.ts'
import type { Option } from '../option.ts'
import { AlreadyAsked, type Coupons, type IssuedCoupon, noProduct, poolEmpty } from './coupons.ts'

/** The function and its procedures, in a dialect that both servers read. */
const routines = readFileSync(join(import.meta.dir, 'procedure.sql'), 'utf8').split('\n//\n')

export const procedure: Option<Coupons> = {
  summary: 'one stored function that calls procedures in turn',
  doc:
    'S2’s first design. Inside: store the request, validate, pick a number, mark it, ' +
    '`max(seq)` over the whole log, issue; at a collision again with the next number and ' +
    'SEQ + 1, a hundred times at most. From outside it is one statement.',
  leavesOpen:
    'who is slow is not seen; the mark is held while the log is read, so that all who picked ' +
    'the same number wait for one, and then for the next',
  notes: [
    'S2’s procedures committed by themselves. Both servers forbid that inside a function, so all ' +
      'of it commits with the one statement. What S2 keeps by its commits is kept by outcomes: a ' +
      'request that is refused is no error, it returns a word, has taken back what it had ' +
      'issued, and stays in the table of requests as `stored`. Only an error of the server ' +
      '(deadlock, lock wait, kill) leaves nothing, where S2 would have left the request.',
    'The routines are made at the first use: with a binary log, both servers let only an account ' +
      'with SUPER or `log_bin_trust_function_creators` do so.',
  ],
  open({ side }) {
    const whenMade = openedOnce(() => side.use(makeRoutines))
    return {
      async issue({ connections }, { partnerId, requestId, productId, quantity }) {
        await whenMade()
        const answer = await connections.transaction(async (db) => {
          const [row] = await db.rows<{ answer: string }>(sql`
            select issue_coupons(${partnerId}, ${requestId}, ${productId}, ${quantity}) as answer`)
          return row?.answer ?? ''
        })
        return couponsIn(answer)
      },
    }
  },
}

async function makeRoutines(db: Database): Promise<void> {
  for (const routine of routines) {
    await db.change(sql.raw(routine)).catch((error: unknown) => {
      if (!isRoutineThere(error)) throw error
    })
  }
}

const refusals: Record<string, () => Error> = {
  repeated: () => new AlreadyAsked(),
  'no-product': noProduct,
  'pool-empty': poolEmpty,
  quota: () => new Problem('quota-used-up'),
  collision: () => new Problem('coupon-collision'),
}

/** @param answer a word, or `number seq` for each coupon, separated by commas */
function couponsIn(answer: string): IssuedCoupon[] {
  const refusal = refusals[answer]
  if (refusal) throw refusal()
  return answer.split(',').map((pair) => {
    const [number = '', seq = ''] = pair.split(' ')
    return { number, seq }
  })
}
