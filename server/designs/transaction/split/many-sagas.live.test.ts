import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { flowOf } from '../../../flows/flow-of.ts'
import { barrier } from '../../../testing/barrier.ts'
import { describeLive, withWorld } from '../../../testing/fixtures.ts'
import { badCard, card } from '../../../testing/shopping.ts'
import { recoverSagas } from './recovery.ts'
import { claimOn, claimSaga, putOff, releaseSaga } from './sagas.ts'

const world = withWorld('many_sagas', { limits: { connections: 40 } })

const recover = () => recoverSagas(world.otherOptions, flowOf)
const place = (payment: typeof card | typeof badCard) =>
  world.place('after', ['2x1', '1x2'], { payment })

describeLive('recovery with many sagas that cannot end', ['TEST_DATABASE_URL'], () => {
  /** So many copies of the one saga there is, steps and all, each due before what comes later. */
  async function multiply(copies: number) {
    await world.query(sql`
      insert into sagas (kind, idempotency_key, status, design, state, attempts, lease_until)
      with recursive numbers (n) as
        (select 1 union all select n + 1 from numbers where n < ${copies})
      select kind, concat('copy-', n), status, design, state, attempts, '2000-01-01'
      from sagas join numbers`)
    await world.query(sql`insert into saga_steps
      select copy.id, position, name, one.status, one.state
      from saga_steps one join sagas copy on copy.idempotency_key like 'copy-%'`)
  }

  test('a silent bank is asked a few times, and only sagas that need it wait', async () => {
    await world.killAt('payment.collecting', () => place(card))
    await multiply(60)
    await world.killAt('committed 2', () => place(badCard))
    await world.query(sql`update sagas set lease_until = '2001-01-01' where lease_until > now()`)
    let asked = 0
    world.bank.loses = () => {
      asked += 1
      return 'vanished'
    }
    expect(await recover()).toEqual({ ended: 1, left: 61 })
    expect(asked).toBeLessThan(20)
    const untried = sql`select id from sagas where attempts = 0 and status = 'running'`
    expect((await world.query(untried)).length).toBeGreaterThan(40)
  })

  /** Once eight sagas are asked about, which is as many as go at once, the rest is left late. */
  async function lateAfterEight(onLook: (look: number) => Promise<unknown>): Promise<void> {
    await world.killAt('payment.collected', () => place(card))
    await multiply(12)
    await world.expireLeases()
    const eight = barrier(8)
    let looks = 0
    world.bank.loses = async (call) => {
      if (call !== 'GET /v1/charges') return undefined
      const look = ++looks
      if (look === 8) await world.expireLeases()
      await onLook(look)
      if (look <= 8) await eight.arrive()
      return undefined
    }
    await recover()
  }

  test('each has its whole lease when the bank is asked about it', async () => {
    const long = sql`select id from sagas
      where status = 'running' and lease_until > utc_timestamp(3) + interval 5 second`
    const leased: number[] = []
    await lateAfterEight(async (look) => {
      if (look > 8) leased.push((await world.query(long)).length)
    })
    expect(leased).toHaveLength(5)
    expect(leased).not.toContain(0)
  })

  test('who is late neither extends, releases nor puts off what another process has', async () => {
    await world.killAt('payment.collecting', () => place(card))
    const [due] = await world.query<{ id: string }>(sql`select id from sagas`)
    const { connections } = world.services
    const claim = async () => {
      await world.expireLeases()
      const saga = await claimSaga(connections, Number(due?.id))
      if (!saga) throw new Error('it was due')
      return saga
    }
    const [late] = [await claim(), await claim()]
    const leases = sql`select lease_until, attempts from sagas`
    const before = await world.query(leases)
    expect(await claimOn(connections, late)).toBe(false)
    await releaseSaga(connections, late, 0)
    await putOff(connections, [late], 0)
    expect(await world.query(leases)).toEqual(before)
  })

  test('the next in line is not the same again', async () => {
    await world.killAt('payment.collecting', () => place(card))
    await multiply(250)
    await world.query(sql`update sagas set kind = 'no-such-verb'`)
    await world.killAt('committed 2', () => place(badCard))
    await world.query(sql`update sagas set lease_until = '2001-01-01' where lease_until > now()`)
    const [first, second] = [await recover(), await recover()]
    expect(first.ended + second.ended).toBe(1)
  })

  test('the pause grows to minutes', async () => {
    await world.killAt('payment.collecting', () => place(card))
    await world.query(sql`update sagas set kind = 'no-such-verb', attempts = 12`)
    await world.expireLeases()
    expect(await recover()).toEqual({ ended: 0, left: 1 })
    const paused = sql`select id from sagas
      where lease_until > utc_timestamp() + interval 1 minute`
    expect(await world.query(paused)).toHaveLength(1)
  })
})
