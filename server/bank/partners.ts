import type { Database } from 'bun:sqlite'

/** The systems beside the shop that receive events of payments. */
export const sinks = ['data-platform', 'messages', 'slack'] as const
export type Sink = (typeof sinks)[number]

export interface Delivery {
  sink: Sink
  eventId: string
  /** How often it arrived; above 1 = a repeat, which at-least-once delivery allows. */
  count: number
}

/** What became of one event of several. */
export interface DeliveryOutcome {
  eventId: string
  status: 'done' | 'failed'
}

const schema = `create table if not exists deliveries (
  sink text not null,
  eventId text not null,
  count integer not null,
  primary key (sink, eventId)
) strict`

/**
 * Counts what each sink received; a kill -9 loses nothing that was acknowledged. Give it its own
 * connection: deliveries are not fsynced, charges are.
 */
export function createPartners(database: Database) {
  database.run('pragma journal_mode = wal')
  database.run('pragma synchronous = normal')
  database.run('pragma busy_timeout = 5000')
  database.run(schema)
  const count = database.query<null, [Sink, string]>(
    `insert into deliveries (sink, eventId, count) values (?, ?, 1)
     on conflict (sink, eventId) do update set count = count + 1`,
  )
  const selectAll = database.query<Delivery, []>('select * from deliveries order by rowid')
  const failures = new Map<Sink, { rate: number; owed: number }>()

  /** Makes `rate` (0 to 1) of the deliveries fail, evenly spread: 0.25 fails each fourth. */
  function setFailure(sink: Sink, rate: number): void {
    failures.set(sink, { rate, owed: 0 })
  }

  function isFailing(sink: Sink): boolean {
    const failure = failures.get(sink)
    if (!failure) return false
    failure.owed += failure.rate
    // Ten times 0.1 is a little below 1.
    if (failure.owed < 1 - 1e-9) return false
    failure.owed -= 1
    return true
  }

  /** Records a delivery and returns true, or refuses it (nothing recorded) and returns false. */
  function deliver(sink: Sink, eventId: string): boolean {
    if (isFailing(sink)) return false
    count.run(sink, eventId)
    return true
  }

  /** The same of many at once, each with an outcome of its own. */
  const deliverAll = database.transaction((sink: Sink, eventIds: readonly string[]) =>
    eventIds.map((eventId): DeliveryOutcome => {
      return { eventId, status: deliver(sink, eventId) ? 'done' : 'failed' }
    }),
  )

  return {
    setFailure,
    deliver,
    deliverAll,
    list: (): Delivery[] => selectAll.all(),
    /** Deletes every delivery. */
    clear: () => void database.run('delete from deliveries'),
  }
}

export type Partners = ReturnType<typeof createPartners>
