import { type Database, onEnd } from '../../db/connections.ts'

const heldOn = new WeakMap<Database, Set<string>>()

/** Records that the transaction open on a connection locks the row of an option by itself. */
export function holdRow(db: Database, optionId: string): void {
  const held = heldOn.get(db)
  if (held) return void held.add(optionId)
  heldOn.set(db, new Set([optionId]))
  onEnd(db, () => heldOn.delete(db))
}

/** Whether it does: no other transaction can change that row, whatever this one waits for. */
export const holdsRow = (db: Database, optionId: string): boolean =>
  heldOn.get(db)?.has(optionId) ?? false
