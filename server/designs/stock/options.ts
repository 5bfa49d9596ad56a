import { axis } from '../axis.ts'
import { coalesced } from './coalesced.ts'
import { conditionalUpdate } from './conditional-update.ts'
import { redisCounter } from './redis-counter.ts'
import { rowLock } from './row-lock.ts'
import type { Stock } from './stock.ts'

export const stock = axis<Stock>()({
  question: 'How is an item taken from stock?',
  before: 'row-lock',
  after: 'conditional-update',
  options: {
    'row-lock': rowLock,
    'conditional-update': conditionalUpdate,
    coalesced,
    'redis-counter': redisCounter,
  },
  lines: {
    'row-lock': 'select for update, look, update',
    'conditional-update': 'one update that looks and takes',
    coalesced: 'one update for all that wait, committed before any answer; each claims its share',
    'redis-counter': 'a counter in Redis decides, the table follows in lots',
  },
})
