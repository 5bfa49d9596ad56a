import { axis } from '../axis.ts'
import type { Option } from '../option.ts'
import { afterCommit } from './after-commit/after-commit.ts'
import type { Effects } from './effects.ts'
import { inline } from './inline.ts'
import { outbox } from './outbox/outbox.ts'

export const effects = axis<Option<Effects>>()({
  question: 'When do the side effects of a payment happen?',
  in: 'the event',
  before: 'inline',
  after: 'outbox',
  options: { inline, 'after-commit': afterCommit, outbox },
})
