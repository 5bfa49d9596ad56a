import { afterAll, expect, spyOn, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { connect } from '../../db/connections.ts'
import { defaultLimits } from '../../db/pool.ts'
import { jsonRequest, withToken } from '../../testing/app-for-test.ts'
import { eventually } from '../../testing/barrier.ts'
import { withSpawnedShop } from '../../testing/crash-crowd.ts'
import { describeLive, withWorld } from '../../testing/fixtures.ts'
import { outcomeOf } from '../../testing/shopping.ts'
import { parseDesign } from '../design.ts'
import { withFlag } from './change.ts'
import { DesignFlags } from './design-flags.ts'
import { databaseLog } from './design-log.ts'
import { changesOf } from './history.ts'

const start = parseDesign('after')
const logged = spyOn(console, 'error').mockImplementation(() => {})
afterAll(() => logged.mockRestore())
/** Of processes on a busy machine; each obeys within a second where it has the processor. */
const patience = { deadlineMs: 30_000, pollMs: 50 }

describeLive('the log in the database', ['TEST_DATABASE_URL'], () => {
  const world = withWorld('flags', { isAudited: true })

  async function opened() {
    const log = databaseLog(world.others.side)
    const flags = new DesignFlags({ log, start })
    await flags.poll()
    return flags
  }
  const split = (flags: DesignFlags, percent: number, epoch?: number) =>
    flags.change({ reason: `to ${percent} %`, author: 'kim' }, epoch, (current, next) =>
      withFlag(current.flags, 'reads', { option: 'database', to: 'cached', percent }, next),
    )

  test('of twenty changes of one epoch one is made, whatever process they come to', async () => {
    const processes = await Promise.all(Array.from({ length: 5 }, opened))
    const changes = Array.from({ length: 20 }, (_, index) => {
      const flags = processes[index % processes.length]
      return flags ? outcomeOf(split(flags, index, 0)) : undefined
    })
    const done = (await Promise.all(changes)).filter((one) => one !== 'epoch-conflict')
    expect(done).toHaveLength(1)
    expect(await (await opened()).log.lastEpoch()).toBe(1)
  })

  test('changes in turn leave no gap, and each process comes to the same last', async () => {
    const [first, second] = [await opened(), await opened()]
    for (const percent of [1, 5, 25, 50, 100]) {
      await split(first, percent)
      await second.poll()
      expect(second.mix.flags).toEqual(first.mix.flags)
    }
    const changes = await changesOf(first.log, 99, 10)
    expect(changes.map(({ epoch }) => epoch)).toEqual([5, 4, 3, 2, 1])
    expect(changes[0]).toMatchObject({ by: 'kim', reason: 'to 100 %' })
    expect(Date.parse(changes[0]?.at ?? '')).toBeGreaterThan(Date.parse('2026-01-01'))
  })

  test('a reason in any language, and with quotes, is kept as it was', async () => {
    const flags = await opened()
    const reason = `"주문" 'x' \\ 😀`
    await flags.change({ reason, author: `o'kim` }, 0, ({ flags }) => flags)
    expect(await changesOf(flags.log, 9, 1)).toMatchObject([{ reason, by: `o'kim` }])
  })
})

describeLive('a database that is away', ['TEST_DATABASE_URL'], () => {
  const world = withWorld('flags_away', { isBehindProxy: true })

  test.each(['cut off', 'frozen'] as const)('%s: the last flags stay', async (how) => {
    const away = (isAway: boolean) =>
      how === 'cut off' ? world.proxy.cutOff(isAway) : world.proxy.freeze(isAway)
    const limits = { ...defaultLimits, connections: 2, answerTimeoutMs: 1500 }
    const connections = connect(world.proxy.through(world.databaseUrl), limits)
    const flags = new DesignFlags({ log: databaseLog(connections), start })
    await flags.poll()
    away(true)
    logged.mockClear()
    for (let look = 0; look < 3; look += 1) await flags.poll()
    expect(flags.health().problem).toBeString()
    expect(flags.mix.base.label).toBe(start.label)
    expect(logged).toHaveBeenCalledTimes(1)
    away(false)
    const readAgain = async () => {
      await flags.poll()
      return flags.health().problem === undefined
    }
    await eventually('they are read again', readAgain, patience)
    await connections.close()
  })
})

describeLive('processes', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  const { world, shop } = withSpawnedShop('flags_obeyed')
  type Api = 'server' | 'replica'

  const designOf = async (at: Api, init: RequestInit = {}) => {
    const { headers } = await fetch(`${shop.url(at)}/designs`, init)
    return { epoch: headers.get('x-design-epoch'), design: headers.get('x-design') }
  }
  const put = async (at: Api, axis: string, body: object) =>
    await fetch(
      `${shop.url(at)}/designs/${axis}`,
      jsonRequest('PUT', { reason: 'a test', by: 'kim', ...body }, withToken),
    )
  const metric = async (at: Api | 'worker', name: string) => {
    const text = await (await fetch(`${shop.url(at)}/metrics`)).text()
    return text.match(new RegExp(`^${name}\\{[^}]*\\} (\\S+)`, 'm'))?.[1]
  }
  const obeys = (at: Api | 'worker', epoch: number) =>
    eventually(
      `the ${at} obeys change ${epoch}`,
      async () => (await metric(at, 'stampede_design_epoch')) === String(epoch),
      patience,
    )

  test('all obey a change that one of them made; kill -9 and a restart keep it', async () => {
    await shop.start('replica')
    expect((await designOf('replica')).epoch).toBe('0')
    expect((await put('server', 'dispatch', { option: 'queue', epoch: 0 })).status).toBe(200)
    await obeys('replica', 1)
    await obeys('worker', 1)
    expect((await designOf('replica')).design).toContain('dispatch=queue')

    const unseen = await put('replica', 'dispatch', { option: 'chosen', epoch: 0 })
    expect(unseen.status).toBe(409)
    await put('replica', 'reads', { option: 'cached', to: 'database', percent: 50, epoch: 1 })
    await obeys('server', 2)
    for (let id = 1; id <= 20; id += 1) {
      const init = { headers: { 'x-user-id': String(id) } }
      expect(await designOf('server', init)).toEqual(await designOf('replica', init))
    }

    for (const name of ['server', 'worker'] as const) {
      await shop.kill(name)
      await shop.start(name)
      await obeys(name, 2)
    }
    expect((await designOf('server')).design).toContain('dispatch=queue')

    const body = { epoch: 2, to: 0, reason: 'as before', by: 'kim' }
    const back = jsonRequest('POST', body, withToken)
    expect((await fetch(`${shop.url('replica')}/designs/rollback`, back)).status).toBe(200)
    await obeys('server', 3)
    await obeys('worker', 3)
    expect((await designOf('server')).design).toBe(parseDesign('after,admission=open').label)
    expect(await world.audit()).toEqual([])
  }, 120_000)

  test('one that cannot read them goes on with the last, and says so', async () => {
    const rename = (from: string, to: string) =>
      world.query(sql`rename table ${sql.identifier(from)} to ${sql.identifier(to)}`)
    await rename('design_log', 'design_log_away')
    try {
      const says = async () =>
        (await (await fetch(`${shop.url('server')}/healthz`)).text()) !== 'ok'
      await eventually('its health says so', says, patience)
      expect((await fetch(`${shop.url('server')}/api/v1/products`)).status).toBe(200)
      const age = await metric('server', 'stampede_design_flags_age_seconds')
      expect(Number(age)).toBeGreaterThan(1)
      const worker = (await (await fetch(`${shop.url('worker')}/healthz`)).json()) as {
        designFlags: { problem?: string }
      }
      expect(worker.designFlags.problem).toBeString()
    } finally {
      await rename('design_log_away', 'design_log')
    }
  }, 60_000)
})
