import { axis } from '../axis.ts'
import { conditionalUpdate } from './conditional-update.ts'
import { rowLock } from './row-lock.ts'
import type { Stock } from './stock.ts'

export const stock = axis<Stock>()({
  question: 'How is an item taken from stock?',
  before: 'row-lock',
  after: 'conditional-update',
  options: { 'row-lock': rowLock, 'conditional-update': conditionalUpdate },
  lines: {
    'row-lock': 'select for update, look, update',
    'conditional-update': 'one update that looks and takes',
  },
})
