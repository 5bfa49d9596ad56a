import { createHash } from 'node:crypto'
import type { Rows } from './fixture-rows.ts'

type Row = Rows[string][number]

/** Changes of the design, and sequences that some of them have moved. */
export const designRows = (createdAt: Date): Rows => ({
  design_log: changes(createdAt),
  ...movedSequences(createdAt),
})

/** Orders have moved from their row to the ticket server, order items back to their row. */
function movedSequences(createdAt: Date): Rows {
  const row = (name: string, value: number) => ({ name, value })
  return {
    sequences: [
      {
        ...row('orders', 90),
        ...{ retired_value: 90, successor: 'ticket-server', successor_first: 100 },
        retired_epoch: 2,
      },
      row('order_items', 2000),
    ],
    ticket_marks: [
      { name: 'orders', high_water: 1000, updated_at: createdAt },
      {
        ...{ name: 'order_items', high_water: 900, updated_at: createdAt },
        ...{ retired_value: 900, successor: 'sequence-table', retired_epoch: 3 },
      },
    ],
  }
}

/** An axis given to 5 % of the customers, to half of them, and taken back. */
function changes(createdAt: Date): Row[] {
  const rows: Row[] = []
  let before = ''
  for (const [index, percent] of [5, 50, 5].entries()) {
    const row = {
      epoch: index + 1,
      flags: JSON.stringify({ stock: { percent } }),
      reason: 'a try',
      author: 'kim',
    }
    before = createHash('sha256')
      .update([before, ...Object.values(row)].join('\n'))
      .digest('hex')
    rows.push({ ...row, digest: before, created_at: createdAt })
  }
  return rows
}
