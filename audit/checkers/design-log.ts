import type { Checker } from '../checker.ts'
import { rowsOf } from '../exercise.ts'
import { violationsIn } from '../findings.ts'

export const designLog: Checker = {
  name: 'design-log',
  promise:
    'Every change of the design is in its log: none is missing between the first and the last, ' +
    'and none was rewritten after it was made.',
  exercise: rowsOf('changes of the design', 'design_log'),
  check: ({ db }) => violationsIn(db, [missing, rewritten]),
}

const missing = `
  select concat('change ', l.epoch - 1, ' of the design is missing') as violation
  from design_log l left join design_log b on b.epoch = l.epoch - 1
  where l.epoch > 1 and b.epoch is null`

/** A digest is of the change and of the digest before it: where that is gone, it says nothing. */
const rewritten = `
  select concat('change ', l.epoch, ' of the design is not as it was made') as violation
  from design_log l left join design_log b on b.epoch = l.epoch - 1
  where (l.epoch = 1 or b.epoch is not null) and l.digest <>
    sha2(concat_ws('\\n', coalesce(b.digest, ''), l.epoch, l.flags, l.reason, l.author), 256)`
