import type { Database } from 'bun:sqlite'

/** State of a reference. `voided` = voided before any charge came; its amount is 0. */
export type ChargeStatus = 'captured' | 'declined' | 'refunded' | 'voided'

export interface Charge {
  reference: string
  /** Minor units. */
  amountMinor: number
  status: ChargeStatus
}

/** The reference already stands for another amount; the ledger is unchanged. */
export class AmountConflict extends Error {
  override name = 'AmountConflict'
}

/** The one card token that is declined. */
export const declinedToken = 'card-declined'

const schema = `create table if not exists charges (
  reference text primary key,
  amountMinor integer not null,
  status text not null check (status in ('captured', 'declined', 'refunded', 'voided'))
) strict`

/**
 * The bank's ledger, one row a reference. Every change is on disk (fsync) when the call returns.
 * Race closed: each verb is one synchronous transaction, so a reference is charged at most once.
 */
export function createLedger(database: Database) {
  database.run('pragma journal_mode = wal')
  database.run('pragma synchronous = full')
  database.run('pragma busy_timeout = 5000')
  database.run(schema)
  const select = database.query<Charge, [string]>('select * from charges where reference = ?')
  const insert = database.query<null, [string, number, ChargeStatus]>(
    'insert into charges (reference, amountMinor, status) values (?, ?, ?)',
  )
  const refund = database.query<null, [string]>(
    "update charges set status = 'refunded' where reference = ? and status = 'captured'",
  )
  const selectAll = database.query<Charge, []>('select * from charges order by rowid')

  const find = (reference: string): Charge | undefined => select.get(reference) ?? undefined

  /**
   * Charges once per reference and returns the charge as it stands: a repeat changes nothing, a
   * voided reference stays voided. Throws `AmountConflict`.
   */
  function charge(reference: string, amountMinor: number, cardToken: string): Charge {
    const known = find(reference)
    if (!known) {
      const status = cardToken === declinedToken ? 'declined' : 'captured'
      insert.run(reference, amountMinor, status)
      return { reference, amountMinor, status }
    }
    if (known.status !== 'voided' && known.amountMinor !== amountMinor) {
      throw new AmountConflict(`${reference} stands for another amount`)
    }
    return known
  }

  /** Captured becomes refunded, unseen becomes voided, anything else stays; returns what stands. */
  function voidCharge(reference: string): Charge {
    const known = find(reference)
    if (!known) {
      insert.run(reference, 0, 'voided')
      return { reference, amountMinor: 0, status: 'voided' }
    }
    if (known.status !== 'captured') return known
    refund.run(reference)
    return { ...known, status: 'refunded' }
  }

  return {
    find,
    charge: database.transaction(charge).immediate,
    void: database.transaction(voidCharge).immediate,
    list: (): Charge[] => selectAll.all(),
    /** Deletes every charge. */
    clear: () => void database.run('delete from charges'),
  }
}

export type Ledger = ReturnType<typeof createLedger>
