/**
 * The published field reports that `./stampede reproduce` sets up, by the names that it takes: what
 * each did and what it measured, in a few sentences.
 */
export const sources = {
  S1: {
    title: 'Fading out the sequence table',
    summary:
      'Every id came from one locked row per key, so that orders timed out in event spikes; an ' +
      'in-memory ticket server took over, one sequence at a time, by a flag. The source has no ' +
      'figures but a danger: both sources at once give newer rows smaller ids.',
  },
  S2: {
    title: 'From a stored function to the application: coupon numbers',
    summary:
      'Partners got coupons from one stored function, which read the highest sequence without ' +
      'an index; the application took over its queries, one by one: mean 1,500 → 25 ms, ' +
      'maximum 60,000 → 1,400 ms. Requests that picked the same number were helped by several ' +
      'candidates, not by a transaction of their own.',
  },
  'S2-purge': {
    title: 'The purge of old rows, then the index, while partners ask',
    summary:
      'The index came last: its team and the DBA first deleted old rows, for weeks, and then ' +
      'created it. The source has no figures. Before: one delete, and a create index that stands ' +
      'behind an idle transaction, with every other statement behind it.',
  },
  'S2-retries': {
    title: 'Retries between servers, once the pool of numbers ran empty',
    summary:
      'Issuing became faster than the making of numbers: partners, three requests at once each, ' +
      'asked again without end, and the client of the server between tried each three times ' +
      'more: three times the traffic. Answers: back-off, no retry on an empty pool, a rate ' +
      'limit, a pool filled ahead.',
  },
  'S3-locks': {
    title: 'Locks on one product: pessimistic, optimistic, Redlock, pub/sub',
    summary:
      '1,000 buyers of 1,000 units: pessimistic about 6 s until the last answer, Redlock about ' +
      '11 s (retry delay), a Redis pub/sub lock about 7 s; 100 buyers: optimistic with 50 ' +
      'retries took two to three times as long as pessimistic.',
  },
  'S3-cache': {
    title: 'Products and best sellers from a cache',
    summary:
      'All products (1,000 products, 3,800 options) 1,482 → 31 ms, popular products 908 → 16 ' +
      'ms; refreshed on a schedule so that no user meets a cold cache, popular cached per date.',
  },
  'S3-eviction': {
    title: 'A Redis whose memory is full',
    summary:
      'The Redis of the source has a limit of memory and throws keys out above it; there are no ' +
      'figures of that. Here more pages are read than fit, and orders are placed while locks and ' +
      'counters are thrown out as well.',
  },
  'S3-index': {
    title: 'Popular products by an index on day and sales',
    summary:
      'An index on (soldDate, totalSold desc): 125 → 37.5 ms. It compared unlike with unlike: ' +
      'by its own EXPLAIN 220,550 rows from 2000 on without the index, 8,265 rows of July with ' +
      'it.',
  },
  'S3-effects': {
    title: 'Side effects of a payment as events',
    summary:
      'Best-seller counts and the record for the data platform left the payment’s transaction ' +
      'and became events. Its load test lost 2933 of 5100 payments to timeouts above 50 a ' +
      'second; it paid random payment ids, and the data was not audited.',
  },
  'S3-timeout': {
    title: 'Orders that are not paid, when the process dies',
    summary:
      'The time-out of an unpaid order was a timer in the memory of the process. The source ' +
      'names that as a defect: with the process the timers are gone, and the stock stays taken.',
  },
  S4: {
    title: 'Stock that is derived, orders that workers choose',
    summary:
      'Stock is not decremented but computed as quantity less the lines sold, so that no row of' +
      ' the item is locked; workers choose their order, where a random waiting one was taken ' +
      'for update in a loop around a Redis lock; a queue as well. The source has no figures.',
  },
  S5: {
    title: 'Order payment with split transactions',
    summary:
      'One transaction over all items of an order: row locks, deadlocks, uncounted errors under' +
      ' JMeter, no throughput, growing lock counts. One transaction per item: a steady rate, no' +
      ' errors, no deadlock. The only figures of its graphs are those zeros.',
  },
} as const

export type SourceName = keyof typeof sources

export const sourceNames = Object.keys(sources) as SourceName[]
