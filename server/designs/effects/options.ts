import { axis } from '../axis.ts'
import type { Effects } from './effects.ts'
import { inline } from './inline.ts'
import { outbox } from './outbox.ts'

export const effects = axis<Effects>()({
  question: 'When do the side effects of a payment happen?',
  before: 'inline',
  after: 'outbox',
  options: { inline, outbox },
  lines: {
    inline: 'at once, inside the payment’s transaction',
    outbox: 'a row in that transaction, a relay and a queue worker after it',
  },
})
