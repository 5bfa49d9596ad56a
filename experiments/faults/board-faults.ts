import { askChaos } from '../run/ask-chaos.ts'
import { injectedOf, resetFaults } from '../run/fault-timeline.ts'
import type { Fault } from './faults.ts'
import type { Stage } from './stage.ts'

/** So long each is on in the middle of the sale. */
const onMs = 5000
/** A process reports what its faults have done at least so often. */
const reportedMs = 1000

/** Faults of the board, by the words of the table: what is put on it together. */
const rows: Record<string, Record<string, object>> = {
  '5 s of a squeezed pool': { 'pool-squeeze': { share: 0.75, holdMs: onMs } },
  '5 s of deadlocks with two other sessions': { 'deadlock-pair': { pauseMs: 100 } },
  '5 s of poison events while Slack is down': {
    'poison-event': { handler: 'messages', oneOf: 4 },
    'slack-down': {},
  },
  '5 s of deliveries that are made twice': { 'delivered-twice': {} },
  '5 s of a relay that is stopped': { 'relay-stopped': {} },
  'the API server killing itself once an order is written': {
    crash: { target: { process: 'api', point: 'order.written' } },
  },
  'the API server killing itself once the bank has answered': {
    crash: { target: { process: 'api', point: 'payment.collected' } },
  },
  '4 s of a frozen bank': { frozen: { forMs: 4000, target: { process: 'bank' } } },
  '5 s of a ticket server that refuses': { 'tickets-down': {} },
}

const some = { server: 'database', probability: 0.1 }

/** The same of those that act in a proxy before the servers. */
const proxiedRows: typeof rows = {
  '5 s of resets on the way to the database': { 'network-reset': some },
  '5 s of a database whose answers are lost': {
    'network-blackhole': { ...some, direction: 'answers' },
  },
  '5 s of half-open connections to the database': { 'network-half-open': some },
  '5 s of a database that is 30 ms away': {
    'network-latency': { latencyMs: 30, jitterMs: 10, direction: 'answers' },
  },
  '5 s of a bank whose answers are lost': {
    'network-blackhole': { server: 'bank', direction: 'answers' },
  },
  '5 s of resets on the way to the bank': { 'network-reset': { server: 'bank' } },
  '5 s without Redis': { 'redis-down': {} },
  '5 s of a frozen Redis': { 'redis-frozen': {} },
}

/** Those that nothing may ask for in a sale: whether they bite is a matter of chance. */
const mayNotBite = ['slack-down', 'tickets-down']

const faultsOf = (table: typeof rows, more: Pick<Fault, 'needs'>): Record<string, Fault> =>
  Object.fromEntries(
    Object.entries(table).map(([words, faults]) => [
      words,
      { hit: (stage: Stage) => putForAWhile(stage, faults), ...more },
    ]),
  )

export const boardFaults = {
  ...faultsOf(rows, {}),
  ...faultsOf(proxiedRows, { needs: 'proxy' }),
}

/** @throws Error naming a fault that has not bitten */
async function putForAWhile({ arm, testBed }: Stage, faults: Record<string, object>) {
  const access = { url: arm.board.url, token: testBed.chaosToken }
  for (const [name, settings] of Object.entries(faults)) {
    await askChaos(access, 'PUT', `faults/${name}`, settings)
  }
  await Bun.sleep(onMs)
  await resetFaults(access)
  await Bun.sleep(reportedMs)
  for (const name of Object.keys(faults)) {
    const bites = await injectedOf(access, name)
    console.log(`${name} has bitten ${bites} times`)
    if (bites === 0 && !mayNotBite.includes(name)) throw new Error(`${name} has not bitten`)
  }
}
