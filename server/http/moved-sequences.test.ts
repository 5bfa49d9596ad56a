import { expect, test } from 'bun:test'
import { appForTest, jsonRequest, tokenForTest, withToken } from '../testing/app-for-test.ts'
import { flawsOf } from '../testing/problems.ts'

const who = { reason: 'a test', by: 'kim', epoch: 0 }

/** A shop whose sequences of ids are moved. */
function operated(design: string) {
  const { app, log } = appForTest({ token: tokenForTest, design })
  const put = (axis: string, body: object) =>
    app.request(`/designs/${axis}`, jsonRequest('PUT', { ...who, ...body }, withToken))
  return { put, log }
}

test.each([
  ['no sequence', 'reads', { option: 'database', start: 9 }, 'design-refused'],
  ['what counts by itself', 'ids', { option: 'time-sorted', start: 9 }, 'design-refused'],
  ['0', 'ids', { option: 'sequence-table', start: 0 }, 'invalid-request'],
  ['a fraction', 'ids', { option: 'sequence-table', start: 1.5 }, 'invalid-request'],
  ['a text', 'ids.orders', { option: 'sequence-table', start: '9' }, 'invalid-request'],
  ['too much', 'ids.orders', { option: 'sequence-table', start: 2e9 }, 'invalid-request'],
] as const)('a start of %s is refused, and nothing is written', async (_what, axis, body, code) => {
  const { put, log } = operated('after')
  expect(await flawsOf(await put(axis, body), [code], 'start')).toEqual([])
  expect(log.entries).toEqual([])
})

test('a source whose numbers lie below those that the sequence has had is refused', async () => {
  const { put, log } = operated('after,ids=replace-into')
  for (const option of ['ticket-server', 'sequence-table']) {
    const refused = await put('ids.orders', { option })
    expect(await flawsOf(refused, ['design-refused'], 'option')).toEqual([])
  }
  expect(log.entries).toEqual([])
  expect((await put('ids.orders', { option: 'time-sorted' })).status).toBe(200)
})
