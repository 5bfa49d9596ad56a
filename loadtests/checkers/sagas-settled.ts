import type { Checker } from './checker.ts'
import { violationsIn } from './findings.ts'

export const sagasSettled: Checker = {
  name: 'sagas-settled',
  promise:
    'Every saga is done with all its steps done, or undone with none left done; no key was done ' +
    'twice, and no order stands whose every attempt was undone.',
  check: ({ db }) =>
    violationsIn(db, [unfinished, halfDone, halfUndone, doneTwice, undoneButThere]),
}

const unfinished = `
  select concat(kind, ' saga ', id, ' is ', status, ' after ', attempts, ' recoveries') as violation
  from sagas where status not in ('done', 'undone')`

/** The last step of each kind; an order that is paid at once goes on from its claim to `settle`. */
const lastStep = `
  case s.kind when 'place-order' then 'write-order' when 'pay-order' then 'settle'
              when 'cancel-order' then 'finish' end`

const halfDone = `
  select concat(s.kind, ' saga ', s.id, ' is done with ', coalesce(sum(t.status = 'done'), 0),
                ' done steps up to position ', coalesce(max(t.position), 'none')) as violation
  from sagas s left join saga_steps t on t.saga_id = s.id
  where s.status = 'done'
  group by s.id, s.kind
  having count(t.saga_id) = 0 or sum(t.status <> 'done') > 0
    or min(t.position) <> 0 or max(t.position) <> count(t.saga_id) - 1
    or sum(t.name = ${lastStep}) = 0 or sum(t.name = 'claim') <> sum(t.name = 'settle')`

const halfUndone = `
  select concat(s.kind, ' saga ', s.id, ' is undone, its step ', min(t.position), ' is not')
         as violation
  from sagas s join saga_steps t on t.saga_id = s.id and t.status = 'done'
  where s.status = 'undone' group by s.id, s.kind`

const doneTwice = `
  select concat(kind, ' of key ', idempotency_key, ' was done by ', count(*), ' sagas')
         as violation
  from sagas where status = 'done' group by kind, idempotency_key having count(*) > 1`

const undoneButThere = `
  select concat(o.status, ' order ', o.id, ' is there, its sagas were all undone') as violation
  from orders o
  join sagas s on s.idempotency_key = o.idempotency_key and s.kind = 'place-order'
  where o.status in ('pending', 'paying', 'paid')
  group by o.id, o.status having sum(s.status <> 'undone') = 0`
