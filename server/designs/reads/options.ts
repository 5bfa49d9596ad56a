import { axis } from '../axis.ts'
import { cached } from './cached.ts'
import { database } from './database.ts'
import { indexed } from './indexed.ts'
import type { Reads } from './reads.ts'

export const reads = axis<Reads>()({
  question: 'Where do products and best sellers come from that a crowd only looks at?',
  before: 'database',
  after: 'cached',
  options: { database, indexed, cached },
  lines: {
    database: 'row by row, best sellers without their index',
    indexed: 'joined, best sellers by their index',
    cached: 'from Redis: one makes an answer, nobody waits for one that was there, warmed',
  },
})
