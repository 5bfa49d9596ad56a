import { describe, expect, test } from 'bun:test'
import { UserError } from '../../lab/user-error.ts'
import { journeyRandom } from '../../loadtests/crowd/random.ts'
import { requestClasses } from '../../server/designs/admission/admission.ts'
import { countsIn, type OptionCounts, since, sumOf } from './counts.ts'
import { type CanaryEnd, follow } from './follow.ts'
import type { CanaryPlan } from './plan.ts'
import { EpochConflict, type FlagChange } from './shop-client.ts'
import { endWords, planWords } from './words.ts'

const plan: CanaryPlan = {
  ...{ subject: 'reads', base: 'database', canary: 'cached' },
  ...{ steps: [5, 25, 50, 100], stepSeconds: 20 },
}

interface ShopBehaviour {
  failed: number
  slow: number
  requestsPerSecond: number
  /** What reading its counts does from this time on. */
  silentFromMs: number
  conflictAt: number
  firstAtMs: number
  /** Of the requests that a shadow has compared. */
  mismatched: number
}

const usual: ShopBehaviour = {
  ...{ failed: 0, slow: 0.05, requestsPerSecond: 100, silentFromMs: Number.POSITIVE_INFINITY },
  conflictAt: -1,
  firstAtMs: 0,
  mismatched: 0,
}
const tickMs = 500

/** A shop whose customers come in simulated time. */
function fakeShop(changed: Partial<ShopBehaviour>, followed: CanaryPlan = plan) {
  const { failed, slow, requestsPerSecond, silentFromMs, conflictAt, firstAtMs, mismatched } = {
    ...usual,
    ...changed,
  }
  const random = journeyRandom(3, 0)
  const counts = new Map<string, OptionCounts>([
    ['option', sumOf([])],
    ['to', sumOf([])],
    ['shadow', sumOf([])],
  ])
  const sets: FlagChange[] = []
  const lines: string[] = []
  const uses: [requests: number, percent: number][] = []
  let nowMs = 0
  let share = 0

  function serve(): void {
    if (nowMs < firstAtMs) return
    for (let index = 0; index < (requestsPerSecond * tickMs) / 1000; index += 1) {
      const isCanary = random() * 100 < share
      const compared = counts.get('shadow')
      if (compared) compared.requests += 1
      if (compared && random() < mismatched) compared.failed += 1
      const option = counts.get(isCanary ? 'to' : 'option')
      const timed = option?.timed[requestClasses[index % 3] ?? '']
      if (!option || !timed) continue
      option.requests += 1
      if (random() < (isCanary ? failed : 0.002)) {
        option.failed += 1
        continue
      }
      timed.count += 1
      if (random() >= (isCanary ? slow : 0.05)) timed.within['0.1'] = (timed.within['0.1'] ?? 0) + 1
      timed.within['1'] = (timed.within['1'] ?? 0) + 1
    }
  }

  const shop = {
    async set(_axis: string, change: (typeof sets)[number]) {
      if (sets.length === conflictAt) throw new EpochConflict('another was faster')
      sets.push(change)
      share = change.option === 'cached' ? 100 : (change.percent ?? 0)
    },
    async setBack(_axis: string, change: (typeof sets)[number]) {
      sets.push(change)
      share = 0
    },
    async counts() {
      if (nowMs >= silentFromMs) throw new UserError('no answer')
      return new Map([...counts].map(([name, one]) => [name, structuredClone(one)]))
    },
  }
  const run = () =>
    follow({
      plan: followed,
      shop,
      tell: (line) => void lines.push(line),
      firstUse: async (requests, percent) => void uses.push([requests, percent]),
      now: () => nowMs,
      async pause() {
        nowMs += tickMs
        serve()
      },
    })
  return { run, sets, lines, uses }
}

test('a good option reaches all customers, step by step, and then alone', async () => {
  const { run, sets, uses, lines } = fakeShop({})
  const end = await run()
  expect(end).toMatchObject({ outcome: 'reached', percent: 100, seconds: 110, backMs: null })
  expect(sets.map(({ option, percent }) => [option, percent])).toEqual([
    ['database', 5],
    ['database', 25],
    ['database', 50],
    ['database', 100],
    ['cached', undefined],
  ])
  expect(uses).toEqual([[expect.any(Number), 5]])
  expect(lines.join('\n')).toContain('at 100 requests/s a step sees')
})

test('one that fails is set back within 5 s, before 1 % of requests failed', async () => {
  const { run, sets } = fakeShop({ failed: 1 })
  const { outcome, why, seconds, requests } = await run()
  expect([outcome, why]).toEqual(['stopped', expect.stringContaining('failed: not as often')])
  expect(seconds).toBeLessThanOrEqual(35)
  expect(requests.canaryFailed / requests.all).toBeLessThan(0.01)
  expect(sets.at(-1)).toEqual({ option: 'database', reason: expect.stringContaining('failed') })
})

test('one that is slow is set back in its first step', async () => {
  const { run } = fakeShop({ slow: 1 })
  const { outcome, why, percent, requests } = await run()
  expect([outcome, why, percent]).toEqual(['stopped', expect.stringContaining('slow'), 5])
  expect(requests.canary / requests.all).toBeLessThan(0.01)
})

test('an option that a shadow finds to differ is stopped before a customer has it', async () => {
  const { run, sets } = fakeShop({ mismatched: 0.02 })
  expect(await run()).toMatchObject({
    ...{ outcome: 'stopped', percent: 0, why: expect.stringContaining('mismatched') },
    requests: { canary: 0 },
  })
  expect(sets).toEqual([{ option: 'database', reason: expect.stringContaining('mismatched') }])
})

test('rare differences stop no canary', async () => {
  const { run } = fakeShop({ mismatched: 0.0005 })
  expect(await run()).toMatchObject({ outcome: 'reached' })
})

test('the shadow of the axis is kept in each step, and at the end', async () => {
  const shadow = { option: 'cached', percent: 30 }
  const { run, sets } = fakeShop({}, { ...plan, shadow })
  await run()
  expect(sets.map((one) => one.shadow)).toEqual(sets.map(() => shadow))
  expect(planWords({ ...plan, shadow }, 0).join()).toContain('cached for 30 % of the customers')
})

describe('no data is a failure:', () => {
  test.each([
    ['no request comes', { requestsPerSecond: 0 }, 0],
    ['requests end in a step', { silentFromMs: 40_000 }, 5],
    ['the counts cannot be read from the start', { silentFromMs: 1 }, 0],
    ['too few come', { requestsPerSecond: 4 }, 5],
  ] as const)('%s', async (_what, changed, percent) => {
    const { run, sets } = fakeShop(changed)
    expect(await run()).toMatchObject({ outcome: 'no-data', percent })
    expect(sets.at(-1)).toEqual({ option: 'database', reason: expect.stringContaining('no data') })
  })
})

test('a crowd may take a while to start', async () => {
  const { run } = fakeShop({ firstAtMs: 15_000 })
  expect(await run()).toMatchObject({ outcome: 'reached' })
})

test('a change of another operator sets the old option, and ends the canary', async () => {
  const { run, sets } = fakeShop({ conflictAt: 2 })
  await expect(run()).rejects.toThrow(EpochConflict)
  expect(sets.at(-1)).toEqual({
    option: 'database',
    reason: 'canary: another operator changed the design',
  })
})

test('what was counted is read by option, and from 0 after a restart', () => {
  const text = `
stampede_design_split_requests_total{axis="reads",side="to",outcome="ok",arm="after"} 7
stampede_design_split_requests_total{axis="reads",side="to",outcome="failed",arm="after"} 2
stampede_design_split_requests_total{axis="reads",side="option",outcome="refused"} 3
stampede_design_split_requests_total{axis="stock",side="to",outcome="failed",arm="after"} 9
stampede_shadow_requests_total{axis="reads",outcome="same",arm="after"} 90
stampede_shadow_requests_total{axis="reads",outcome="mismatched",arm="after"} 4
stampede_shadow_requests_total{axis="reads",outcome="dropped",arm="after"} 800
stampede_shadow_requests_total{axis="stock",outcome="same",arm="after"} 5
stampede_design_split_request_duration_seconds_bucket{axis="reads",side="to",class="pay",le="0.1"} 4
stampede_design_split_request_duration_seconds_count{axis="reads",side="to",class="pay"} 5`
  const counts = countsIn(text, 'reads')
  const cached = counts.get('to')
  expect(cached).toMatchObject({ requests: 9, failed: 2, refused: 0 })
  expect(cached?.timed.pay).toEqual({ count: 5, within: { '0.1': 4 } })
  expect(counts.get('option')).toMatchObject({ requests: 3, refused: 3 })
  expect(counts.get('shadow')).toMatchObject({ requests: 94, failed: 4 })
  expect(since(sumOf([cached]), sumOf([cached])).requests).toBe(0)
  expect(since({ ...sumOf([]), requests: 4 }, sumOf([cached])).requests).toBe(4)
})

test('the plan is printed with its test, its minimum and what it can see', () => {
  const text = planWords(plan, 80).join('\n')
  for (const part of [
    'mSPRT',
    'at most 5.0 %',
    '50 requests of cached',
    '80 requests/s',
    '25 %:',
  ]) {
    expect(text).toContain(part)
  }
  expect(planWords(plan, 0).join('\n')).not.toContain('requests/s')
})

test('the end is printed with what it has cost', () => {
  const end: CanaryEnd = {
    ...{
      outcome: 'stopped',
      why: 'failed: not as often as under database',
      percent: 5,
      seconds: 22.5,
    },
    ...{ backMs: 12, requests: { all: 2000, failed: 11, canary: 12, canaryFailed: 10 } },
  }
  expect(endWords(plan, end)).toEqual([
    'stopped at 5 % after 22.5 s: failed: not as often as under database',
    'reads=database again for all customers 12 ms after the alarm',
    '12 of 2000 requests had cached (0.6 %); 10 of them failed (0.5 % of all), and 1 of the others',
  ])
})
