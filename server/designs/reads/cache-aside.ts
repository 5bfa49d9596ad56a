import type { Redis } from 'ioredis'
import type { Services } from '../../ctx.ts'
import type { Option } from '../option.ts'
import type { StepCtx } from '../step-ctx.ts'
import { indexedReads } from './indexed.ts'
import type { Reads } from './reads.ts'

/** Of an entry: as fresh as those of the other cache. */
const lifeMs = 2000
/** What a statement may take at most, and then the entry lives. */
const makeMsMax = 10_000

export const cacheAside = {
  summary: 'from Redis, else from the database and then into Redis',
  doc: 'As the pattern is usually written: no lock, no stale answer, no copy, no warming.',
  closes: 'a query for each reader, while the entry lives',
  leavesOpen:
    'the stampede: from the moment when an entry runs out, or in a cold cache, every reader asks ' +
    'the database until one of them has put the answer back',
  stalenessMs: lifeMs + makeMsMax,
  open: ({ redis }: Services) => cacheAsideReads(redis),
} satisfies Option<Reads>

/** The part of a key that no other cache has. */
const version = 'aside:1'

/** Designs keep stock in different places: what one shows is not another's. */
const stockOf = ({ design }: StepCtx) => design.options.stock

function cacheAsideReads(redis: Redis): Reads {
  return {
    async products(ctx, page) {
      const key = `products:${stockOf(ctx)}:${page.page}:${page.size}`
      return (await aside(redis, key, () => indexedReads.products(ctx, page))) ?? ''
    },
    product: (ctx, id) =>
      aside(redis, `product:${stockOf(ctx)}:${id}`, () => indexedReads.product(ctx, id)),
    async popular(ctx, range) {
      const { from, to, limit } = range
      const make = () => indexedReads.popular(ctx, range)
      return (await aside(redis, `popular:${from}:${to}:${limit}`, make)) ?? ''
    },
  }
}

/** in: key, maker · out: the text · leaves open: each reader who finds no entry makes it */
async function aside<Text extends string | undefined>(
  redis: Redis,
  name: string,
  make: () => Promise<Text>,
): Promise<string | undefined> {
  const key = `${version}:${name}`
  const found = await ifReachable(redis, () => redis.get(key))
  if (found) return found
  const made = await make()
  if (made !== undefined) await ifReachable(redis, () => redis.set(key, made, 'PX', lifeMs))
  return made
}

/** Null while Redis is away: the database is asked then. */
async function ifReachable<Answer>(redis: Redis, command: () => Promise<Answer>) {
  if (redis.status === 'reconnecting') return null
  try {
    return await command()
  } catch {
    return null
  }
}
