import type { Option } from '../option.ts'
import type { Coupons } from './coupons.ts'
import { quickLastSeqs } from './sequence.ts'
import { type Insert, insertHere, issueStepwise, type Stepwise } from './stepwise.ts'

export const requiresNew: Option<Coupons> = {
  summary: 'the insert in a transaction of its own, on a second connection',
  doc:
    'S2’s fourth try (`REQUIRES_NEW`): a collision ends only the inner transaction. The outer ' +
    'one still reads the number that others have read, 3 ms apart.',
  leavesOpen:
    'as many collisions as before, and each request holds one connection of the pool while it ' +
    'waits for another',
  hazard:
    'outer transactions that hold all connections wait for those of the inner ones (503); a ' +
    'coupon is issued for good although its request was rolled back or its process died',
  knownBad: { checks: ['coupons-accounted', 'coupon-quotas'], when: 'always' },
  open() {
    const how: Stepwise = { seqs: quickLastSeqs(), insert, afterCollision: 'read-again' }
    return {
      issue: (ctx, request) =>
        ctx.connections.transaction((db) => issueStepwise(ctx, db, request, how)),
    }
  },
}

const insert: Insert = (ctx, _outer, issue) =>
  ctx.connections.transaction((inner) => insertHere(ctx, inner, issue))
