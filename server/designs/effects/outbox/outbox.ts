import { sql } from 'drizzle-orm'
import { onEnd } from '../../../db/connections.ts'
import { momentFromNow } from '../../../db/statements.ts'
import type { Option } from '../../option.ts'
import type { Effects } from '../effects.ts'
import { relayNotifier } from './relay-notifier.ts'

export const outbox: Option<Effects> = {
  summary: 'a row in that transaction, a relay and a queue worker after it',
  out: 'its row',
  closes:
    'an event without its commit, or a commit without its event. The relay is woken after the ' +
    'commit; where that is lost, it looks by itself',
  whenEvicted:
    'a job that is thrown out is handed on again once it is overdue: effects come late, and ' +
    'BullMQ itself promises nothing',
  open({ redis }) {
    const wakeRelay = relayNotifier(redis)
    return {
      async publish(_ctx, db, events) {
        const rows = events.map(
          (event) =>
            sql`(${event.eventId}, ${event.type}, ${JSON.stringify(event)}, ${momentFromNow()})`,
        )
        db.later(sql`insert into outbox (event_id, type, payload, created_at)
            values ${sql.join(rows, sql`,`)}`)
        onEnd(db, (ending) => {
          if (ending !== 'rolled-back') wakeRelay()
        })
      },
    }
  },
}
