import type { Database } from 'bun:sqlite'

/** State of a reference. `voided` = voided before any charge came; its amount is 0. */
export type ChargeStatus = 'captured' | 'declined' | 'refunded' | 'voided'

export interface Charge {
  reference: string
  /** Minor units. */
  amountMinor: number
  status: ChargeStatus
}

/** A charge came to a state. */
export interface ChargeChange {
  reference: string
  status: ChargeStatus
  /** By the clock of the bank, in ms since 1970. */
  atMs: number
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

/** In a table of its own, so that a ledger of an older version can be gone on with. */
const schemaOfChanges = `create table if not exists changes (
  reference text not null,
  status text not null,
  atMs integer not null
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
  database.run(schemaOfChanges)
  const select = database.query<Charge, [string]>('select * from charges where reference = ?')
  const insert = database.query<null, [string, number, ChargeStatus]>(
    'insert into charges (reference, amountMinor, status) values (?, ?, ?)',
  )
  const change = database.query<null, [string, ChargeStatus, number]>(
    'insert into changes (reference, status, atMs) values (?, ?, ?)',
  )
  const refund = database.query<null, [string]>(
    "update charges set status = 'refunded' where reference = ? and status = 'captured'",
  )
  const selectAll = database.query<Charge, []>('select * from charges order by rowid')

  const selectChanges = database.query<ChargeChange, []>('select * from changes order by rowid')

  const enter = ({ reference, amountMinor, status }: Charge): Charge => {
    insert.run(reference, amountMinor, status)
    change.run(reference, status, Date.now())
    return { reference, amountMinor, status }
  }
  const find = (reference: string): Charge | undefined => select.get(reference) ?? undefined

  /**
   * Charges once per reference and returns the charge as it stands: a repeat changes nothing, a
   * voided reference stays voided. Throws `AmountConflict`.
   */
  function charge(reference: string, amountMinor: number, cardToken: string): Charge {
    const known = find(reference)
    if (!known) {
      const status = cardToken === declinedToken ? 'declined' : 'captured'
      return enter({ reference, amountMinor, status })
    }
    if (known.status !== 'voided' && known.amountMinor !== amountMinor) {
      throw new AmountConflict(`${reference} stands for another amount`)
    }
    return known
  }

  /** Captured becomes refunded, unseen becomes voided, anything else stays; returns what stands. */
  function voidCharge(reference: string): Charge {
    const known = find(reference)
    if (!known) return enter({ reference, amountMinor: 0, status: 'voided' })
    if (known.status !== 'captured') return known
    refund.run(reference)
    change.run(reference, 'refunded', Date.now())
    return { ...known, status: 'refunded' }
  }

  return {
    find,
    charge: database.transaction(charge).immediate,
    void: database.transaction(voidCharge).immediate,
    list: (): Charge[] => selectAll.all(),
    /** In the order in which they were made. */
    changes: (): ChargeChange[] => selectChanges.all(),
    /** Deletes every charge. */
    clear() {
      database.run('delete from charges')
      database.run('delete from changes')
    },
  }
}

export type Ledger = ReturnType<typeof createLedger>
