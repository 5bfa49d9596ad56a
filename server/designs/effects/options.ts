import { axis } from '../axis.ts'
import { afterCommit } from './after-commit.ts'
import type { Effects } from './effects.ts'
import { inline } from './inline.ts'
import { outbox } from './outbox.ts'

export const effects = axis<Effects>()({
  question: 'When do the side effects of a payment happen?',
  before: 'inline',
  after: 'outbox',
  options: { inline, 'after-commit': afterCommit, outbox },
  lines: {
    inline: 'at once, inside the payment’s transaction',
    'after-commit': 'in the memory of the process, once the payment has committed',
    outbox: 'a row in that transaction, a relay and a queue worker after it',
  },
  knownBad: { 'after-commit': 'at-a-crash' },
  hazards: {
    'after-commit': 'a process that dies after the commit loses the effects it had in memory',
  },
})
