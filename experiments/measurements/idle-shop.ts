/** Environment of a shop whose servers have no listener: what asks none of them goes as ever. */
export const blackhole = {
  DATABASE_URL: 'mysql://root@127.0.0.1:9/stampede_bench',
  REDIS_URL: 'redis://127.0.0.1:9',
  TICKETS_URL: 'http://127.0.0.1:9',
  BANK_URL: 'http://127.0.0.1:9',
  CHAOS_TOKEN: 'benchmark-benchmark',
}
