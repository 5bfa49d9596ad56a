import type { Checker } from '../checker.ts'
import { rowsOf } from '../exercise.ts'
import { isEmpty, unknown, violationsIn } from '../findings.ts'

export const balances: Checker = {
  name: 'balances',
  promise:
    'Every balance is the initial one plus its entries and not below zero, and captured balance ' +
    'payments and payment entries belong together one to one.',
  exercise: rowsOf('entries of balances', 'balance_entries'),
  async check({ db }) {
    if (await isEmpty(db, 'users')) return unknown('there is no user at all')
    return await violationsIn(db, [drifted, orphanedEntries, notTaken, takenForNothing])
  },
}

const drifted = `
  select concat('user ', u.id, ' began with ', u.initial_balance_minor, ', entries add up to ',
                coalesce(b.amount, 0), ', but the balance is ', u.balance_minor) as violation
  from users u
  left join (select user_id, sum(amount_minor) as amount from balance_entries group by user_id) b
    on b.user_id = u.id
  where u.balance_minor < 0 or u.initial_balance_minor + coalesce(b.amount, 0) <> u.balance_minor`

const orphanedEntries = `
  select concat('entry ', b.reference, ' is for user ', b.user_id, ', who is not there')
         as violation
  from balance_entries b left join users u on u.id = b.user_id where u.id is null`

const notTaken = `
  select concat('captured payment ', p.id, ' of ', p.amount_minor,
                coalesce(concat(' took ', -b.amount_minor, ' from user ', b.user_id),
                         ' took nothing')) as violation
  from payments p
  join orders o on o.id = p.order_id
  left join balance_entries b on b.reference = concat('payment-', p.reference)
  where p.method = 'balance' and p.status = 'captured'
    and (b.reference is null or b.amount_minor <> -p.amount_minor or b.user_id <> o.user_id)`

/** 'payment-' has eight letters. */
const takenForNothing = `
  select concat('entry ', b.reference, ' took ', -b.amount_minor, ' for no captured payment')
         as violation
  from balance_entries b
  left join payments p on p.reference = substring(b.reference, 9)
    and p.method = 'balance' and p.status = 'captured'
  where b.reference like 'payment-%' and p.id is null`
