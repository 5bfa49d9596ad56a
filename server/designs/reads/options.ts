import { axis } from '../axis.ts'
import type { Option } from '../option.ts'
import { cacheAside } from './cache-aside.ts'
import { cached } from './cached/cached.ts'
import { database } from './database.ts'
import { indexed } from './indexed.ts'
import type { Reads } from './reads.ts'

export const reads = axis<Option<Reads>>()({
  question: 'Where do products and best sellers come from that a crowd only looks at?',
  in: 'page, id or days',
  out: 'JSON text',
  before: 'database',
  after: 'cached',
  options: { database, indexed, 'cache-aside': cacheAside, cached },
})
