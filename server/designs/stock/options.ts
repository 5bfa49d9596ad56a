import { axis } from '../axis.ts'
import { coalesced } from './coalesced/coalesced.ts'
import { conditionalUpdate } from './conditional-update/conditional-update.ts'
import { derived } from './derived.ts'
import { lockReleasedEarly } from './lock-released-early.ts'
import { optimistic } from './optimistic.ts'
import { pubsubLock } from './pubsub-lock.ts'
import { readThenWrite } from './read-then-write.ts'
import { redisCounter } from './redis-counter/redis-counter.ts'
import { redisLock } from './redis-lock.ts'
import { redlock } from './redlock.ts'
import { rowLock } from './row-lock.ts'
import { spinLock } from './spin-lock.ts'
import type { StockOption } from './stock.ts'

export const stock = axis<StockOption>()({
  question: 'How is an item taken from stock?',
  in: 'option, quantity',
  out: 'false = sold out',
  before: 'row-lock',
  after: 'conditional-update',
  options: {
    'read-then-write': readThenWrite,
    'lock-released-early': lockReleasedEarly,
    'row-lock': rowLock,
    optimistic,
    'spin-lock': spinLock,
    'redis-lock': redisLock,
    'pubsub-lock': pubsubLock,
    redlock,
    'conditional-update': conditionalUpdate,
    derived,
    coalesced,
    'redis-counter': redisCounter,
  },
})
