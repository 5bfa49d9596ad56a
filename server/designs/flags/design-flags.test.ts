import { afterAll, afterEach, expect, spyOn, test } from 'bun:test'
import { Problem } from '../../errors.ts'
import { memoryLog } from '../../testing/memory-log.ts'
import { outcomeOf } from '../../testing/shopping.ts'
import { parseDesign } from '../design.ts'
import { type Wanted, withFlag } from './change.ts'
import { DesignFlags } from './design-flags.ts'
import { changesOf } from './history.ts'

const logged = spyOn(console, 'error').mockImplementation(() => {})
afterEach(() => logged.mockClear())
afterAll(() => logged.mockRestore())
const linesWith = (text: string) => logged.mock.calls.filter(([line]) => line.includes(text))

const start = parseDesign('before')
const cached: Wanted = { option: 'database', to: 'cached', percent: 50 }

/** Processes of one shop, started one after another. */
async function processes(count: number) {
  const log = memoryLog()
  const clock = { nowMs: 0 }
  const open = () => new DesignFlags({ log, start, nowMs: () => clock.nowMs })
  const all = Array.from({ length: count }, open)
  for (const one of all) await one.poll()
  const [first = open(), second = open()] = all
  return { log, clock, open, first, second }
}

const setReads = (flags: DesignFlags, wanted: Wanted, expected?: number) =>
  flags.change({ reason: 'a test', author: 'kim' }, expected, (current, epoch) =>
    withFlag(current.flags, 'reads', wanted, epoch),
  )

test('a process obeys its own change at once, the others at their next look', async () => {
  const { first, second } = await processes(2)
  await setReads(first, cached, 0)
  expect([first.mix.epoch, second.mix.epoch]).toEqual([1, 0])
  await second.poll()
  expect(second.mix.flags).toEqual(first.mix.flags)
  const labels = (flags: DesignFlags) =>
    Array.from({ length: 100 }, (_, id) => flags.mix.designFor(String(id)).label)
  expect(labels(second)).toEqual(labels(first))
})

test('a process that is started later has the flags, not the design of its start', async () => {
  const { log, first } = await processes(1)
  await setReads(first, cached)
  const later = new DesignFlags({ log, start: parseDesign('after,stock=derived') })
  await later.poll()
  expect(later.mix.base.label).toBe(first.mix.base.label)
  expect(later.noteOf(1)).toMatchObject({ reason: 'a test', author: 'kim' })
})

test('a process without lock servers keeps its design where others move to them', async () => {
  const { log, first } = await processes(1)
  const lacking = new DesignFlags({ log, start, hasLockServers: false })
  await lacking.poll()
  await first.change({ reason: 'a test', author: 'kim' }, undefined, (current, epoch) =>
    withFlag(current.flags, 'stock', { option: 'redlock' }, epoch),
  )
  await lacking.poll()
  expect(lacking.health().problem).toContain('change 1: stock=redlock needs lock servers')
  expect(lacking.mix.epoch).toBe(0)
  expect(linesWith('stock=redlock needs lock servers')).toHaveLength(1)
})

test('of two operators who saw the same design, one is refused', async () => {
  const { log, first, second } = await processes(2)
  const both = await Promise.all([
    outcomeOf(setReads(first, cached, 0)),
    outcomeOf(setReads(second, { option: 'cached' }, 0)),
  ])
  expect(both.filter((one) => one === 'epoch-conflict')).toHaveLength(1)
  expect(log.entries).toHaveLength(1)
  const refused = await setReads(first, cached, 0).catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'epoch-conflict', field: 'epoch' })
  expect((refused as Problem).message).toContain('"epoch": 1')
  await setReads(second, { option: 'cached' }, 1)
  expect(second.mix.epoch).toBe(2)
})

test('without an epoch two changes at once follow each other, or one is refused', async () => {
  const { log, first, second } = await processes(2)
  const both = await Promise.all([
    outcomeOf(setReads(first, cached)),
    outcomeOf(setReads(second, { option: 'cached' })),
  ])
  const done = both.filter((one) => one !== 'epoch-conflict').length
  expect(log.entries.map(({ epoch }) => epoch)).toEqual([1, 2].slice(0, done))
})

test('while the log cannot be read the last flags stay, with one line in the log', async () => {
  const { log, clock, first } = await processes(1)
  await setReads(first, cached)
  log.fail = new Problem('database-unavailable')
  for (clock.nowMs = 1000; clock.nowMs <= 5000; clock.nowMs += 1000) await first.poll()
  expect(first.mix.epoch).toBe(1)
  expect(first.health()).toMatchObject({ epoch: 1, ageMs: 6000 })
  expect(first.health().problem).toContain('not available')
  expect(linesWith('those of change 1 stay')).toHaveLength(1)
  log.fail = undefined
  await first.poll()
  expect(first.health()).toEqual({ epoch: 1, ageMs: 0 })
  expect(linesWith('read again')).toHaveLength(1)
})

test('before they were read once there is no design, and then there is', async () => {
  const { log, open } = await processes(0)
  log.fail = new Error('gone')
  const flags = open()
  await flags.poll()
  expect(flags.health().epoch).toBeUndefined()
  expect(() => flags.mix).toThrow(Problem)
  log.fail = undefined
  await flags.poll()
  expect(flags.mix.base.label).toBe(start.label)
})

test.each([
  ['an axis of a later version', { refunds: { option: 'x', percent: 0, seed: 1, epoch: 1 } }],
  ['an option of a later version', { reads: { option: 'x', percent: 0, seed: 1, epoch: 1 } }],
  ['another ledger of the stock', { stock: { option: 'derived', percent: 0, seed: 1, epoch: 1 } }],
  ['something else', 7],
])('%s in the log: the last flags stay, and the process says so', async (_what, flags) => {
  const { log, first } = await processes(1)
  const text = JSON.stringify(flags)
  await log.append({ epoch: 1, flags: text, reason: 'a later version', author: 'kim' })
  await first.poll()
  expect([first.mix.epoch, first.health().problem]).toEqual([0, expect.any(String)])
  expect(linesWith('cannot be read')).toHaveLength(1)
})

test('a log that has become shorter is not followed', async () => {
  const { log, first } = await processes(1)
  await setReads(first, cached)
  await setReads(first, { option: 'cached' })
  log.entries.pop()
  await first.poll()
  expect(first.mix.epoch).toBe(2)
  expect(first.health().problem).toContain('ends at change 1')
})

test('the history has who changed what, why, and from what', async () => {
  const { log, first } = await processes(1)
  await setReads(first, cached)
  await setReads(first, { option: 'cached' })
  const [last, before] = await changesOf(log, 99, 10)
  expect(last).toMatchObject({ epoch: 2, by: 'kim', reason: 'a test' })
  expect(last?.changed).toEqual([
    {
      axis: 'reads',
      from: { option: 'database', to: 'cached', percent: 50 },
      to: { option: 'cached', percent: 0 },
    },
  ])
  expect(before?.changed).toEqual([
    { axis: 'reads', to: { option: 'database', to: 'cached', percent: 50 } },
  ])
  expect(await changesOf(log, 2, 1)).toEqual(before ? [before] : [])
})
