import { describe, expect, test } from 'bun:test'
import { readFacts } from '../../lab/servers/mariadb.ts'
import { scratchSession } from '../../lab/testing/scratch.ts'
import { crowdAsks } from '../../loadtests/crowd/visits.ts'
import { requestTimeoutMs } from '../../server/config.ts'
import { engineOf } from '../../server/db/engine.ts'
import { parseDesign } from '../../server/designs/design.ts'
import { auditArm } from '../run/audit-arm.ts'
import { processesOf, waitForQuiescence } from '../run/quiescence.ts'
import { hasServers, ordersReach, sendSmoke } from '../testing/test-bed.ts'
import { longestWait } from './answer-times.ts'
import { type Fault, faults } from './faults.ts'
import { has, openStage, type Stage } from './stage.ts'
import { crowdWords, unexpectedIn } from './table-row.ts'

if (!has.clock) console.log('skipped: faults of clocks (no libfaketime)')
if (!has.disk) console.log('skipped: a full disk (only root may mount one)')

const designs = ['after', 'after,stock=coalesced,ids=ticket-server-strict', 'peak']
/** Everything must be settled this long after the crowd. */
const settledMsMax = 30_000
/** Over its deadline an answer may be late by what a busy machine keeps two processes waiting. */
const lateMsMax = 2000
/** Clients wait longer than any answer may take, also one that a stopped server owes them. */
const patienceMs = 25_000
const drainSeconds = 30
const testMsMax = 180_000
const [seed, rate, durationSeconds] = [7, 12, 16]
/** As many orders must be in when the fault begins. */
const ordersBefore = 30

const { session } = await scratchSession()
const possible = Object.entries(faults).filter(([, { needs }]) => !needs || has[needs])

// By `./stampede test faults` only: it takes 25 minutes.
describe.skipIf(!hasServers).each(designs)('%s', (options) => {
  test.each(possible)(
    '%s in the middle of a sale: nothing is lost, nothing is double',
    async (words, fault) => {
      const design = parseDesign(options).label
      const name = `${designs.indexOf(options)}-${possible.findIndex(([other]) => other === words)}`
      const engine = engineOf((await readFacts(Bun.env.TEST_DATABASE_URL ?? '')).version)
      const stage = await openStage(session, design, { name, engine, needs: fault.needs })
      try {
        const { crowd, pending, settledMs, stopped } = await saleUnder(
          stage,
          fault,
          `faults-${name}`,
        )
        const longest = longestWait(crowd.history, stopped)
        const checks = await auditArm(stage.testBed, stage.arm, crowd, pending)
        console.log(
          `${options}: ${words}: ${crowdWords(crowd.history)}; longest wait ${longest.words}; ` +
            `settled ${(settledMs / 1000).toFixed(1)} s after the crowd`,
        )
        expect(checks.filter(({ verdict }) => verdict !== 'true')).toEqual([])
        expect(unexpectedIn(crowd.history)).toEqual([])
        // A journey without a line was still waiting for an answer when its driver gave up.
        expect([crowd.dropped, crowd.history.length]).toEqual([0, crowd.started])
        expect(longest.ms).toBeLessThan(requestTimeoutMs + lateMsMax)
        // How many is a matter of the machine, and of how long the fault kept them waiting.
        expect(crowd.history.filter(({ outcome }) => outcome === 'paid')).not.toEqual([])
      } finally {
        await stage.close()
      }
    },
    testMsMax,
  )
})

async function saleUnder(stage: Stage, { hit, stopsApi }: Fault, keyPrefix: string) {
  const { arm } = stage
  const sale = sendSmoke(session, arm, {
    ...{ seed, rate, durationSeconds, drainSeconds, patienceMs, keyPrefix },
  })
  await ordersReach(arm, ordersBefore)
  const fromMs = Date.now()
  await hit(stage)
  const stopped = stopsApi && { fromMs, toMs: Date.now() }
  const result = await sale
  const crowd = { ...result, keyPrefix, asked: crowdAsks('smoke', seed, arm.users) }
  const endedMs = performance.now()
  const pending = await waitForQuiescence(arm.db, settledMsMax, processesOf(arm))
  return { crowd, pending, stopped, settledMs: performance.now() - endedMs }
}
