import type { ProcessKind } from '../../chaos/fault.ts'
import { faults } from '../../chaos/faults.ts'
import type { Here, SqueezedPool } from '../../chaos/inside.ts'
import type { Act, Rounds } from '../../chaos/rounds.ts'
import type { Connections } from '../db/connections.ts'
import { described, log } from '../log.ts'
import { type Loop, startLoop } from '../worker/loop.ts'
import { freeze } from './freeze.ts'
import type { BoardAddress } from './thaw.ts'

/** So late at most a fault acts that is on. */
const idleMs = 200
/** Longest hold and pause, and what comes before and between them. */
const turnMsMax = 150_000

/** What lets the faults of a process act by themselves, once it has what they act on. */
export function insideOf(rounds: Rounds, kind: ProcessKind, address?: BoardAddress) {
  let loops: Loop[] = []
  return {
    start(connections?: Pick<Connections, 'use' | 'limits'>) {
      const pool = connections && squeezedPool(connections)
      loops = startAll(rounds, kind, pool ? { pool } : {}, address)
    },
    /** Its faults are off by then. */
    stop: () => loops.forEach((loop) => void loop.stop()),
  }
}

function startAll(
  rounds: Rounds,
  kind: ProcessKind,
  pool: Pick<Here, 'pool'>,
  address: BoardAddress | undefined,
): Loop[] {
  const acting = Object.values(faults).filter(
    ({ inside, processes }) => inside && processes.includes(kind),
  )
  return acting.map(({ name }) => {
    const act: Act = async ({ inside }, settings, round) => {
      const fault = { name, key: round.key }
      const freezing: Pick<Here, 'freeze'> = address
        ? { freeze: (forMs, onStart) => freeze(address, fault, forMs, onStart) }
        : {}
      await inside?.act(settings, { ...pool, ...freezing, ...round })
    }
    const turn = async () => {
      try {
        return await rounds.round(name, act)
      } catch (error) {
        log(`chaos ${name}: has not taken hold: ${described(error)}`)
        return false
      }
    }
    return startLoop(`chaos ${name}`, idleMs, turn, turnMsMax)
  })
}

/** The pool of a process, as faults squeeze it. */
export function squeezedPool({ use, limits }: Pick<Connections, 'use' | 'limits'>): SqueezedPool {
  return {
    connections: limits.connections,
    async take() {
      const had = Promise.withResolvers<void>()
      const back = Promise.withResolvers<void>()
      const lent = use(async () => {
        had.resolve()
        await back.promise
      })
      await Promise.race([had.promise, lent])
      return back.resolve
    },
  }
}
