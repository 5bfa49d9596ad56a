import { axis } from '../axis.ts'
import { coalesced } from './coalesced.ts'
import { conditionalUpdate } from './conditional-update.ts'
import { derived } from './derived.ts'
import { lockReleasedEarly } from './lock-released-early.ts'
import { optimistic } from './optimistic.ts'
import { pubsubLock } from './pubsub-lock.ts'
import { readThenWrite } from './read-then-write.ts'
import { redisCounter } from './redis-counter.ts'
import { redisLock } from './redis-lock.ts'
import { rowLock } from './row-lock.ts'
import type { Stock } from './stock.ts'

export const stock = axis<Stock>()({
  question: 'How is an item taken from stock?',
  before: 'row-lock',
  after: 'conditional-update',
  options: {
    'read-then-write': readThenWrite,
    'lock-released-early': lockReleasedEarly,
    'row-lock': rowLock,
    optimistic,
    'redis-lock': redisLock,
    'pubsub-lock': pubsubLock,
    'conditional-update': conditionalUpdate,
    derived,
    coalesced,
    'redis-counter': redisCounter,
  },
  lines: {
    'read-then-write': 'look, then write what should be left',
    'lock-released-early': 'a lock in Redis, let go before the transaction commits',
    'row-lock': 'select for update, look, update',
    optimistic: 'look, then update if the version is the same, at most 50 times',
    'redis-lock': 'a lock in Redis until the transaction has ended, tried for every 200 ms',
    'pubsub-lock': 'the same lock; who lets go wakes who waits',
    'conditional-update': 'one update that looks and takes',
    coalesced: 'one update for all that wait, committed before any answer; each claims its share',
    'redis-counter': 'a counter in Redis decides, the table follows in lots',
    derived: 'the total less the sum of the lines taken; nothing is counted down',
  },
  knownBad: { 'read-then-write': 'always', 'lock-released-early': 'always' },
  hazards: {
    'read-then-write':
      'two buyers who look before either has committed get the same units: it sells more than ' +
      'there is',
    'lock-released-early':
      'whoever gets the lock before the last holder has committed reads the old stock: it sells ' +
      'more than there is',
  },
})
