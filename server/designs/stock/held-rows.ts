import { type Database, onEnd } from '../../db/connections.ts'

const heldOn = new WeakMap<Database, Set<string>>()

/** Remembers that the transaction open on a connection locks the row of an option by itself. */
export function holdRow(db: Database, optionId: string): void {
  const held = heldOn.get(db)
  if (held) return void held.add(optionId)
  heldOn.set(db, new Set([optionId]))
  onEnd(db, () => heldOn.delete(db))
}

/** Whether it does: nobody else can change that row, on whomever the transaction may wait. */
export const holdsRow = (db: Database, optionId: string): boolean =>
  heldOn.get(db)?.has(optionId) ?? false
