import { afterAll, afterEach, expect, spyOn, test } from 'bun:test'
import { parseDesign } from '../designs/design.ts'
import type { FlowCtx } from '../designs/flow-ctx.ts'
import { Problem } from '../errors.ts'
import { eventually } from '../testing/barrier.ts'
import type { ShadowAnswer } from './compare.ts'
import { floorPairs, type ShadowOutcome } from './record.ts'
import { readsAgain, type ShadowJob, Shadows, Skipped } from './shadows.ts'

const logged = spyOn(console, 'error').mockImplementation(() => {})
afterEach(() => logged.mockClear())
afterAll(() => logged.mockRestore())

const design = parseDesign('after,reads=database')
const indexed = parseDesign('after,reads=indexed')
const cached = parseDesign('after,reads=cached')
const writes = 'shadow-tables' as const
const shadow = { axis: 'reads' as const, design: indexed, epoch: 1, seed: 1, writes }
const ok = (body: object): ShadowAnswer => ({ status: 200, body: JSON.stringify(body) })

type Settings = Partial<ConstructorParameters<typeof Shadows>[0]>

/** Shadows whose options answer by their label. */
function shadowing(settings: Settings = {}) {
  const options = {
    ctx: ({ options }: { options: { reads: string } }) =>
      ({ design: { options } }) as unknown as FlowCtx,
  }
  const way = readsAgain(options)
  const shadows = new Shadows({ isBusy: () => false, wayOf: () => way, ...settings })
  let offered = 0
  const offer = (
    answer: (option: string) => ShadowAnswer | Promise<ShadowAnswer>,
    changed: Partial<ShadowJob> = {},
  ) => {
    offered += 1
    shadows.offer({
      ...{ route: 'products.read', shadow, design, requestId: `request-${offered}` },
      served: async () => await answer(design.options.reads),
      body: async () => undefined,
      run: async (ctx) => await answer(ctx.design.options.reads),
      ...changed,
    })
  }
  const record = (of = shadow) => shadows.recordOf(of)
  const count = (outcome: ShadowOutcome) => record()?.outcomes[outcome] ?? 0
  const ended = () => Object.values(record()?.outcomes ?? {}).reduce((sum, one) => sum + one, 0)
  const allEnded = () => eventually('all ended', async () => ended() === offered)
  return { shadows, offer, record, count, allEnded, way }
}

/** Past the pairs of the served option with itself. */
async function pastFloor(settings: Settings = {}) {
  const it = shadowing(settings)
  for (let pair = 0; pair < floorPairs; pair += 1) it.offer(() => ok({ id: '1' }))
  await it.allEnded()
  expect(it.record()?.floor).toBe(floorPairs)
  return it
}

test('the served option is compared with itself first: what differs then is natural', async () => {
  const { offer, record, allEnded, count } = shadowing()
  let id = 0
  const asked = new Set<string>()
  for (let pair = 0; pair < floorPairs; pair += 1) {
    offer((option) => {
      asked.add(option)
      id += 1
      return ok({ id, name: 'x' })
    })
  }
  await allEnded()
  expect([...asked]).toEqual(['database'])
  expect([...(record()?.natural ?? [])]).toEqual([['id', floorPairs]])
  expect([count('natural'), count('mismatched')]).toEqual([floorPairs, 0])
})

test('a seeded defect is found by the name of its field, and both values are kept', async () => {
  const { offer, record, allEnded, count } = await pastFloor()
  for (let request = 0; request < 30; request += 1) {
    const wrong = request % 10 === 7
    offer((option) => ok({ id: '1', name: wrong && option === 'indexed' ? 'y' : 'x' }))
  }
  await allEnded()
  expect([count('mismatched'), count('same')]).toEqual([3, 27 + floorPairs])
  expect([...(record()?.mismatches ?? [])]).toEqual([['name', 3]])
  expect(record()?.last[0]).toMatchObject({
    ...{ route: 'products.read', field: 'name', served: '"x"', shadow: '"y"' },
    at: expect.any(String),
  })
})

test('a change of the data between the two is natural, in an order that is drawn', async () => {
  const { offer, allEnded, count } = await pastFloor()
  const orders = new Set<string>()
  for (let request = 0; request < 20; request += 1) {
    let stock = 9
    const order: string[] = []
    offer((option) => {
      if (order.push(option) === 4) orders.add(order.slice(2).join())
      stock -= 1
      return ok({ id: '1', stock })
    })
  }
  await allEnded()
  expect([count('natural'), count('mismatched')]).toEqual([20, 0])
  expect([...orders].sort()).toEqual(['database,indexed', 'indexed,database'])
})

test('an option that may be stale has the time that it declares, and no longer', async () => {
  const sleeps: number[] = []
  const sleep = async (ms: number) => void sleeps.push(ms)
  const { offer, allEnded, count, record } = await pastFloor({ sleep })
  const ofCached = { shadow: { ...shadow, design: cached } }
  const seen: string[] = []
  const isFirst = (option: string) => seen.push(option) > 0 && !seen.slice(0, -1).includes(option)
  offer((option) => ok({ stock: isFirst(option) && option === 'cached' ? 8 : 7 }), ofCached)
  offer((option) => ok({ stock: option === 'cached' ? 8 : 7 }), ofCached)
  await allEnded()
  const half = cached.stalenessMs / 2
  expect(sleeps).toEqual([half, half, half, half])
  expect([count('late'), count('mismatched')]).toEqual([1, 1])
  expect([...(record()?.mismatches ?? [])]).toEqual([['other', 1]])
})

test('a cache that keeps an old answer until it is asked is asked before that', async () => {
  const { offer, allEnded, count } = await pastFloor({ sleep: async () => {} })
  let asked = 0
  const old = (option: string) => option === 'cached' && ++asked <= 2
  offer((option) => ok({ stock: old(option) ? 8 : 7 }), {
    shadow: { ...shadow, design: cached },
  })
  await allEnded()
  expect([asked, count('late'), count('mismatched')]).toEqual([3, 1, 0])
})

test('what is too much is dropped and counted, and none waits for it', async () => {
  const { promise, resolve } = Promise.withResolvers<ShadowAnswer>()
  const { offer, count, allEnded } = shadowing({ limits: { running: 2, waiting: 3 } })
  const running: string[] = []
  for (let request = 0; request < 3; request += 1) {
    offer((option) => {
      running.push(option)
      return promise
    })
  }
  await eventually('two run', async () => running.length === 2)
  for (let request = 0; request < 7; request += 1) offer(() => ok({}))
  expect(count('dropped')).toBe(5)
  resolve(ok({}))
  await allEnded()
  expect([count('dropped'), count('same')]).toEqual([5, 5])
})

test('none runs while customers use all connections', async () => {
  const { offer, count } = shadowing({ isBusy: () => true })
  offer(() => ok({}))
  expect(count('dropped')).toBe(1)
})

test('a field that differs in half of the floor is no mismatch, nor costs runs', async () => {
  const { offer, record, allEnded } = shadowing()
  let runs = 0
  const answer = (name: string) => {
    runs += 1
    return ok({ id: runs, name })
  }
  for (let pair = 0; pair < floorPairs; pair += 1) {
    offer(() => (pair % 2 === 0 ? answer('x') : ok({ name: 'x' })))
  }
  await allEnded()
  runs = 0
  offer(() => answer('x'))
  await allEnded()
  expect([runs, record()?.natural.get('id')]).toEqual([2, floorPairs / 2 + 1])
  offer((option) => answer(option))
  await allEnded()
  expect([...(record()?.mismatches ?? [])]).toEqual([['name', 1]])
})

test('a request that cannot be repeated is counted as such', async () => {
  const { offer, count, allEnded } = shadowing()
  offer(() => ok({}), { served: () => Promise.reject(new Skipped()) })
  await allEnded()
  expect([count('skipped'), logged.mock.calls.length]).toEqual([1, 0])
})

test('none runs before its way is ready, and why it is not is stated', async () => {
  const way = { ...shadowing().way, ready: () => Promise.reject(new Error('no schema')) }
  const { offer, record, allEnded } = shadowing({ wayOf: () => way })
  offer(() => ok({}))
  await allEnded()
  expect(record()?.problem).toContain('no schema')
})

test('a run that takes too long is given up', async () => {
  const { offer, count, allEnded, record } = shadowing({ limits: { runMsMax: 20 } })
  offer(() => ok({}), { run: () => new Promise(() => {}) })
  await allEnded()
  expect([count('timed-out'), record()?.problem]).toEqual([1, undefined])
})

test('one that cannot run is counted, logged where it begins, and goes on by itself', async () => {
  const { offer, count, allEnded, record } = shadowing({ limits: { running: 1 } })
  const away = { run: () => Promise.reject(new Problem('database-unavailable')) }
  for (let request = 0; request < 3; request += 1) offer(() => ok({}), away)
  await allEnded()
  expect([count('failed'), logged.mock.calls.length]).toEqual([3, 1])
  expect(record()?.problem).toContain('not available')
  offer(() => ok({}))
  await allEnded()
  expect([count('same'), record()?.problem]).toEqual([1, undefined])
})

test('the last mismatches are kept, few of one request, and no secret', async () => {
  const { offer, record, allEnded } = await pastFloor()
  for (let request = 0; request < 60; request += 1) {
    offer((option) => {
      const wrong = option === 'indexed' ? 1 : 0
      const value = { cardToken: `card-${wrong}`, list: [{ apiKey: `k${wrong}` }, 'x'.repeat(999)] }
      return ok({
        id: wrong,
        name: wrong ? value : 'x',
        accessKey: wrong,
        a: wrong,
        b: wrong,
        c: wrong,
      })
    })
    if (request % 20 === 0) await allEnded()
  }
  await allEnded()
  const { last = [] } = record() ?? {}
  expect(last).toHaveLength(50)
  expect(JSON.stringify(last)).not.toMatch(/card-1|k1/)
  expect(Math.max(...last.map((one) => one.shadow.length))).toBeLessThanOrEqual(200)
  expect(last.find(({ field }) => field === 'accessKey')?.shadow).toBe('[redacted]')
  expect([...(record()?.mismatches.keys() ?? [])].sort()).toEqual(['id', 'name', 'other'])
})

test('a later change of the flag is a new comparison', async () => {
  const { offer, record, allEnded } = await pastFloor()
  const next = { ...shadow, epoch: 2 }
  offer(() => ok({}), { shadow: next })
  expect(record()).toBeUndefined()
  await eventually('it ran', async () => record(next)?.floor === 1)
  expect(record(next)?.outcomes.same).toBe(1)
  expect(allEnded).toBeFunction()
})

test('closing ends what waits', async () => {
  const { shadows, offer, record } = shadowing({ limits: { running: 1 } })
  for (let request = 0; request < 5; request += 1) offer(() => ok({}))
  await shadows.close()
  offer(() => ok({}))
  expect(record()?.outcomes.dropped).toBe(1)
})
