import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { Problem } from '../../errors.ts'
import { byId, lineByLine, linesAtOnce, linesById } from './expand.ts'
import type { Flow, LinesStep, PlainStep } from './transaction.ts'

/** Ids above 2^53 among them, one of them twice. */
const ids = ['10', '9', '9007199254740993', '9007199254740992', '9']

interface Seen {
  order: string[]
}

const lines: LinesStep<Seen> = {
  name: 'take',
  kind: 'lines',
  mayFollow: 'write',
  lines: ids.map((optionId) => ({ optionId })),
  run: async (_ctx, { order }, _db, index) => void order.push(`${ids[index]}#${index}`),
}
const step = (name: string): PlainStep<Seen> => ({ name, kind: 'db', run: async () => {} })
const flow: Flow<Seen> = {
  kind: 'test',
  idempotencyKey: 'key',
  steps: [lines, step('write'), step('pay')],
  pivot: 'write',
}

async function seen(steps: PlainStep<Seen>[]): Promise<string[]> {
  const state: Seen = { order: [] }
  for (const one of steps) await one.run(undefined as never, state, undefined as never)
  return state.order
}

const names = (steps: PlainStep<Seen>[]) => steps.map(({ name }) => name)
const takes = ids.map(() => 'take')

test('line by line keeps the customer’s order and every position', async () => {
  const { steps, pivot } = lineByLine(flow)
  expect(names(steps)).toEqual([...takes, 'write', 'pay'])
  expect(await seen(steps)).toEqual(ids.map((id, index) => `${id}#${index}`))
  expect(pivot).toBe('write')
})

test('by id goes by the value of the ids, after the step that it may follow', async () => {
  const steps = linesById(flow.steps)
  expect(names(steps)).toEqual(['write', ...takes, 'pay'])
  expect(await seen(steps)).toEqual([
    '9#1',
    '9#4',
    '10#0',
    '9007199254740992#3',
    '9007199254740993#2',
  ])
})

test('at once is one step where the flow can, else one by one by id', async () => {
  const together: LinesStep<Seen>['together'] = async (members) =>
    members.map(({ state }) => (state.order.push('all') > 1 ? new Problem('sold-out') : undefined))
  const steps = linesAtOnce<Seen>([{ ...lines, together }, step('write')])
  expect([names(steps), await seen(steps)]).toEqual([['write', 'take'], ['all']])
  await expect(seen([...steps, ...steps])).rejects.toMatchObject({ code: 'sold-out' })
  expect(await seen(linesAtOnce(flow.steps))).toEqual(await seen(linesById(flow.steps)))
})

test('no step is lost or had twice, whatever it may follow', () => {
  const anywhere = { ...lines, mayFollow: 'nothing of that name' }
  expect(() => linesById([anywhere, step('write')])).toThrow('nothing of that name')
})

test('ids are ordered as numbers are', () => {
  fc.assert(
    fc.property(fc.bigInt(1n, 10n ** 18n), fc.bigInt(1n, 10n ** 18n), (a, b) => {
      expect(Math.sign(byId(String(a), String(b)))).toBe(a < b ? -1 : a > b ? 1 : 0)
    }),
  )
})
