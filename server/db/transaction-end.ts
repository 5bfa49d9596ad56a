import { logError } from '../log.ts'
import type { Database } from './database.ts'

/** How a transaction ended; `unknown` = its COMMIT had no clear answer. */
export type Ending = 'committed' | 'rolled-back' | 'unknown'

const listeners = new WeakMap<Database, ((ending: Ending) => void)[]>()

/**
 * Calls the listener with how the transaction open on `db` ends, in the order of asking, before
 * its connection is lent to anybody else. What it throws is logged: the transaction has ended.
 * @throws Error where no transaction is open
 */
export function onEnd(db: Database, listener: (ending: Ending) => void): void {
  const list = listeners.get(db)
  if (!list) throw new Error('no transaction is open on this connection')
  list.push(listener)
}

/** From now on there are listeners: a transaction is open. */
export function beginListening(db: Database): void {
  listeners.set(db, [])
}

export function tellEnd(db: Database, ending: Ending): void {
  const list = listeners.get(db) ?? []
  listeners.delete(db)
  for (const listener of list) {
    try {
      listener(ending)
    } catch (error) {
      logError('after a transaction', error)
    }
  }
}
