import type { Option } from '../option.ts'
import type { Coupons } from './coupons.ts'
import { type HighestSeq, LastSeqs, wholeLog } from './sequence.ts'
import { insertHere, issueStepwise } from './stepwise.ts'

export const application: Option<Coupons> = {
  summary: 'the function’s statements, one by one from the application',
  doc:
    'S2’s second design, before anything is improved: as slow as the function, but each query ' +
    'is seen. `./stampede reproduce S2` measures its variants: the query rewritten, products at ' +
    'Z99 cached, the index.',
  closes: 'not knowing which query is slow',
  leavesOpen: 'the whole log is read for each coupon while its number is marked',
  open: () => openApplication({ query: 'max', log: wholeLog, isEndCached: false }),
}

/** A variant: how the highest sequence is found. */
export function openApplication(highest: HighestSeq): ReturnType<Option<Coupons>['open']> {
  const seqs = new LastSeqs(highest)
  return {
    issue: (ctx, request) =>
      ctx.connections.transaction((db) =>
        issueStepwise(ctx, db, request, {
          seqs,
          insert: insertHere,
          afterCollision: 'next-number',
        }),
      ),
  }
}
