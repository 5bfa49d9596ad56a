import { disturbed, joinBoard } from '../board/join.ts'
import { workerEnvironment } from '../config.ts'
import type { StoppableLoop } from '../ctx.ts'
import { refuseUnfit } from '../db/session.ts'
import { wakeChannelOf } from '../designs/effects/outbox/relay-notifier.ts'
import { OpenedOptions } from '../designs/opened-options.ts'
import { recoverSagas } from '../designs/transaction/split/recovery.ts'
import { readEnvironment } from '../environment.ts'
import { warmReads } from '../flows/browse.ts'
import { offerAgain } from '../flows/dispatch-order.ts'
import { flowOf } from '../flows/flow-of.ts'
import { registerFlagMetrics } from '../metrics/design.ts'
import { registerOptionMetrics, workerAxes } from '../metrics/options.ts'
import { createRegistry } from '../metrics/process.ts'
import { openFlags } from '../open-flags.ts'
import { peerApp } from '../peer-problems.ts'
import { failStart, serveUntilSignal } from '../process.ts'
import { warnOfEviction } from '../redis-eviction.ts'
import { closeServices, openServices } from '../services.ts'
import { readBacklog } from './backlog.ts'
import { CouponPoolFiller } from './coupon-pool.ts'
import { startEffects } from './effects.ts'
import { createExpiry } from './expiry.ts'
import { createHandOver } from './hand-over.ts'
import { IntakePlacer, intakeMeter } from './intakes.ts'
import { healthOf, type Loop, startLoop } from './loop.ts'
import { registerEffectMetrics, registerWorkerMetrics, type WorkerState } from './metrics.ts'
import { openQueue, queuePrefixOf, redisConnection, wakeOnMessage } from './queue.ts'
import { relay, sweepOverdue } from './relay.ts'
import { nameOf, openRetention, retentions } from './retention.ts'

/** Pauses of the loops when there is nothing to do. */
const relayIdleMs = 50
const recoveryIdleMs = 250
const expiryIdleMs = 1000
const leaseIdleMs = 5000
const requeueIdleMs = 5000
const pruneIdleMs = 5000
const backlogIdleMs = 1000
const couponPoolIdleMs = 200
const warmIdleMs = 1000
const warmMsMax = 10_000
const settleIdleMs = 500
const intakeIdleMs = 50
const connectionsMax = 8

const config = readEnvironment(workerEnvironment)
const registry = createRegistry(config.STAMPEDE_ARM)
const app = peerApp()
const board = joinBoard('worker', config, app)
if (config.STAMPEDE_METRICS === 'on') board.register(registry)
const services = openServices(config, registry, board.chaos, connectionsMax)
await refuseUnfit(services.connections).catch((error) => failStart('worker', error))
const { flags, ...reading } = await openFlags(config.DATABASE_URL, config.STAMPEDE_DESIGN, services)
if (flags.health().epoch !== undefined) {
  await warnOfEviction(services, 'worker', flags.mix.designs)
}
const options = new OpenedOptions(services)
if (config.STAMPEDE_METRICS === 'on') registerOptionMetrics(registry, options, workerAxes)
const { connections, partners } = services
const prefix = queuePrefixOf(config.DATABASE_URL)
const producer = redisConnection(config.REDIS_URL, 'producer')
const queue = openQueue(producer, prefix)
const state: WorkerState = {
  effects: { done: 0, retried: 0, dead: 0 },
  sagasRecovered: 0,
  couponNumbersMade: 0,
  backlog: undefined,
}
const loops: Loop[] = []
registerWorkerMetrics(registry, state, () => loops)
registerFlagMetrics(registry, flags)
board.start(connections)

const tries = {
  services: { connections, partners, slackWebhookUrl: config.SLACK_WEBHOOK_URL },
  chaos: board.chaos,
  counts: state.effects,
  meter: registerEffectMetrics(registry),
}
const effects = startEffects(tries, redisConnection(config.REDIS_URL, 'worker'), prefix)
const handOver = createHandOver(tries, queue)
const couponPool = new CouponPoolFiller(connections, config.STAMPEDE_COUPON_NUMBERS_PER_SECOND)
const placer = new IntakePlacer(options, (user) => flags.mix.designFor(user), intakeMeter(registry))
const unless = (loop: StoppableLoop, turn: () => Promise<boolean>) => async () =>
  board.chaos.stopsLoop(loop) ? false : await turn()
const relaying = startLoop(
  'relay',
  relayIdleMs,
  unless('relay', () => relay(connections, handOver)),
)
const ears = wakeOnMessage(
  redisConnection(config.REDIS_URL, 'worker'),
  wakeChannelOf(prefix),
  relaying.wake,
)
loops.push(
  reading.loop,
  relaying,
  startLoop('recovery', recoveryIdleMs, async () => {
    const { ended } = await recoverSagas(options, flowOf)
    state.sagasRecovered += ended
    return ended > 0
  }),
  startLoop(
    'expiry',
    expiryIdleMs,
    createExpiry(options, (user) => flags.mix.designFor(user)),
  ),
  startLoop('intakes', intakeIdleMs, () => placer.turn()),
  startLoop('lease', leaseIdleMs, () => offerAgain(services)),
  startLoop('requeue', requeueIdleMs, async () => (await sweepOverdue(connections)).isMore),
  ...retentions.map((one) => startLoop(nameOf(one), pruneIdleMs, openRetention(one, connections))),
  startLoop(
    'coupon pool',
    couponPoolIdleMs,
    unless('coupon pool', async () => {
      const isMore = await couponPool.turn()
      state.couponNumbersMade = couponPool.made
      return isMore
    }),
  ),
  startLoop('warm', warmIdleMs, async () => {
    const { designs } = flags.mix
    await Promise.all(designs.map((one) => warmReads(options.ctx(one, 'warm'), warmMsMax)))
    return false
  }),
  startLoop('backlog', backlogIdleMs, async () => {
    state.backlog = await readBacklog(connections, queue)
    return false
  }),
  // Requests may ask for any design: every option that leaves something to settle has a loop.
  ...options
    .all()
    .filter(([, { settle }]) => settle)
    .map(([name, option]) =>
      startLoop(name, settleIdleMs, async () => ((await option.settle?.()) ?? 0) > 0),
    ),
)

app.get('/healthz', () => healthOf(loops, flags.health()))
app.get('/metrics', async (c) =>
  c.body(await registry.metrics(), 200, { 'content-type': registry.contentType }),
)

serveUntilSignal({
  name: `worker (${config.STAMPEDE_ARM})`,
  port: config.STAMPEDE_PORT,
  fetch: disturbed(board.chaos, (request) => app.fetch(request)),
  onStop: () => board.stop(),
  async onDrain() {
    await Promise.all(loops.map((loop) => loop.stop()))
    await placer.drain()
    await handOver.drain()
    await effects.close()
    await queue.close()
    ears.disconnect()
    producer.disconnect()
    await options.close()
    await reading.close()
    await closeServices(services)
  },
})
