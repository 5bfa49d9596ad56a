import { sql } from 'drizzle-orm'
import { changed } from '../../db/statements.ts'
import type { Effects } from './effects.ts'

/** One row in the same transaction; the worker's relay hands it to the queue after the commit. */
export const outbox: Effects = {
  async publish(_ctx, db, event) {
    await changed(
      db,
      sql`insert into outbox (event_id, type, payload, created_at)
          values (${event.eventId}, ${event.type}, ${JSON.stringify(event)}, ${new Date()})`,
    )
  },
}
