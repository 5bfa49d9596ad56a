import { caughtBy, setJourney } from './bug.ts'

const reference = 'charge-9-fix-8-b'
const added = { keys: ['fix-8-b'], status: 200, invokedMs: 1, doneMs: 2, attempts: 1 }
const entry = (key: string, userId: number, amountMinor: number) =>
  `insert into balance_entries (reference, user_id, amount_minor, created_at)
   values ('charge-${userId}-${key}', ${userId}, ${amountMinor}, now())`

export const topUps = caughtBy('top-ups', {
  'a top-up was acknowledged and is lost': {
    says: 'top-up fix-8-b of user 9 by 50000 was acknowledged, the entry has 0',
    sql: [`delete from balance_entries where reference = '${reference}'`],
  },
  'a top-up was entered with another amount': {
    says: 'the entry has 1',
    sql: [`update balance_entries set amount_minor = 1 where reference = '${reference}'`],
  },
  'a top-up that was refused is there': {
    says: 'was refused, yet added 50000',
    evidence: setJourney(8, { topUp: { ...added, outcome: 'fail' } }),
  },
  'a top-up under a key that was never sent': {
    says: 'user 4 got 50000 by charge-4-fix-3-b, which no client sent',
    sql: [entry('fix-3-b', 4, 50_000)],
  },
  'a top-up of a journey that was not begun': {
    says: 'charge-4-fix-99-b, which no client sent',
    sql: [entry('fix-99-b', 4, 50_000)],
  },
  'a second top-up of the journey, for someone else': {
    says: 'user 5 got 50000 by charge-5-fix-8-b, which no client sent',
    sql: [entry('fix-8-b', 5, 50_000)],
  },
})
