import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { Problem } from '../../../errors.ts'
import { fakeClock } from '../../../testing/fake-clock.ts'
import { type Entry, noAdmissions, requestClasses } from '../admission.ts'
import { idlePool } from './adaptive.ts'
import { Gate } from './gate.ts'
import { createPasses } from './passes.ts'
import { waitersMax } from './waiting-room.ts'

const never = new AbortController().signal

/** A gate with so many places, at a pool that is never waited for. */
function openGate(places: number) {
  const clock = fakeClock()
  const limit = { initial: places, min: 1, max: places }
  return { clock, gate: new Gate({ clock, limit, pool: idlePool, counts: noAdmissions() }) }
}

type Step =
  | { do: 'enter'; class: number; isLetIn: boolean }
  | { do: 'leave' | 'leave-twice' | 'gone'; which: number }
  | { do: 'pass'; milliseconds: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('enter' as const),
      class: fc.nat(2),
      isLetIn: fc.boolean(),
    }),
  },
  fc.record({
    do: fc.constantFrom('leave' as const, 'leave-twice' as const, 'gone' as const),
    which: fc.nat(40),
  }),
  fc.record({ do: fc.constant('pass' as const), milliseconds: fc.nat(120) }),
)

describe('places', () => {
  test('never more in than places, none lost, whatever happens in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(step, { maxLength: 60 }),
        async (places, steps) => {
          const { clock, gate } = openGate(places)
          const inside: Entry[] = []
          const clients: AbortController[] = []
          let asked = 0
          let refused = 0
          const enter = async (requestClass: number, isLetIn: boolean) => {
            const client = new AbortController()
            clients.push(client)
            asked += 1
            try {
              inside.push(
                await gate.enter(
                  requestClasses[requestClass] ?? 'pay',
                  isLetIn,
                  () => client.signal,
                ),
              )
            } catch (error) {
              expect(error).toBeInstanceOf(Problem)
              refused += 1
            }
          }
          let left = 0
          for (const one of steps) {
            if (one.do === 'enter') void enter(one.class, one.isLetIn)
            else if (one.do === 'pass') await clock.pass(one.milliseconds)
            else if (one.do === 'gone') clients[one.which % clients.length]?.abort()
            else {
              const [entry] = inside.splice(one.which % Math.max(1, inside.length), 1)
              entry?.leave()
              if (one.do === 'leave-twice') entry?.leave()
              if (entry) left += 1
            }
            await clock.pass(0)
            expect(gate.state.inside).toBe(inside.length)
            expect(gate.state.inside).toBeLessThanOrEqual(places)
            expect(asked).toBe(refused + left + inside.length + gate.state.waiting)
            // Nothing waits beside a free place.
            expect(gate.state.waiting === 0 || gate.state.inside === places).toBe(true)
          }
          await clock.pass(2000)
          for (const entry of inside) entry.leave()
          expect(gate.state).toMatchObject({ inside: 0, waiting: 0 })
        },
      ),
    )
  })
})

/** Takes the only place, lets others wait, and tells in which order they get in. */
async function orderOf(waiters: { name: string; class: number; isLetIn: boolean }[], waitMs = 1) {
  const { clock, gate } = openGate(1)
  const order: string[] = []
  const first = await gate.enter('pay', true, () => never)
  for (const { name, class: requestClass, isLetIn } of waiters) {
    const entering = gate.enter(requestClasses[requestClass] ?? 'pay', isLetIn, () => never)
    void Promise.resolve(entering).then(
      (entry) => {
        order.push(name)
        entry.leave()
      },
      () => order.push(`${name} refused`),
    )
    await clock.pass(waitMs)
  }
  first.leave()
  await clock.pass(1)
  return order
}

describe('a waiting request', () => {
  test('gets in by rank: journeys under way first, then by class, then in turn', async () => {
    const waiters = [
      { name: 'look', class: 2, isLetIn: false },
      { name: 'order', class: 1, isLetIn: false },
      { name: 'look on', class: 2, isLetIn: true },
      { name: 'order on', class: 1, isLetIn: true },
      { name: 'pay', class: 0, isLetIn: true },
      { name: 'order too', class: 1, isLetIn: false },
    ]
    const order = ['pay', 'order on', 'look on', 'order', 'order too', 'look']
    expect(await orderOf(waiters)).toEqual(order)
  })

  test('too long is refused rather than served late', async () => {
    const waiters = [{ name: 'look', class: 2, isLetIn: false }]
    expect(await orderOf(waiters, 250)).toEqual(['look refused'])
  })

  test('a journey under way is waited for longer', async () => {
    const waiters = [{ name: 'order', class: 1, isLetIn: true }]
    expect(await orderOf(waiters, 900)).toEqual(['order'])
    expect(await orderOf(waiters, 1100)).toEqual(['order refused'])
  })

  test('is bounded: the least of all goes when there are too many', async () => {
    const { clock, gate } = openGate(1)
    await gate.enter('pay', true, () => never)
    const refused: string[] = []
    const wait = (name: string, isLetIn: boolean) =>
      void Promise.resolve(gate.enter('order', isLetIn, () => never)).catch(() =>
        refused.push(name),
      )
    wait('newcomer', false)
    for (let index = 0; index < waitersMax; index += 1) wait('under way', true)
    await clock.pass(0)
    expect(refused).toEqual(['newcomer'])
    expect(gate.state.waiting).toBe(waitersMax)
  })

  test('and has gone away is dropped at once', async () => {
    const { clock, gate } = openGate(1)
    await gate.enter('pay', true, () => never)
    const client = new AbortController()
    const waiting = Promise.resolve(gate.enter('order', false, () => client.signal)).catch(
      () => 'refused',
    )
    expect(gate.state.waiting).toBe(1)
    client.abort()
    expect(gate.state.waiting).toBe(0)
    await clock.pass(0)
    expect(await waiting).toBe('refused')
  })
})

test('an idle gate has no timers: the process may sleep', async () => {
  const { clock, gate } = openGate(2)
  const entry = await gate.enter('pay', true, () => never)
  entry.leave()
  await clock.pass(1000)
  expect(clock.timers()).toBe(0)
})

describe('a pass', () => {
  const clock = fakeClock()
  const passes = createPasses(clock)
  const pass = passes.issue()

  test('is good where it was given, for a while', async () => {
    expect(passes.isValid(pass)).toBe(true)
    expect(createPasses(clock).isValid(pass)).toBe(false)
    await clock.pass(60_001)
    expect(passes.isValid(pass)).toBe(false)
  })

  test.each([
    undefined,
    '',
    '.',
    '0',
    `zz${pass}`,
    `${pass}x`,
    '0.aaaaaaaaaaaaaaaa',
    'x'.repeat(9999),
  ])('that was made up counts for nothing: %p', (madeUp) =>
    expect(passes.isValid(madeUp)).toBe(false),
  )
})
