import { expect, test } from 'bun:test'
import type { Http } from './http.ts'
import { couponsOf, partnersEnvironment, partnersSettings, sendPartners } from './partners.ts'
import { SettingsError } from './settings.ts'

test('without any setting a run by hand goes to port 3000, with as many as the rush has', () => {
  expect(partnersSettings({})).toEqual({
    ...{ target: 'http://127.0.0.1:3000', partners: 4, wanted: 1000, quantity: 10, product: '1' },
    ...{ durationSeconds: 60, requestIds: null, seed: 1 },
    policy: { backoff: 'none', timeoutMs: 10_000 },
  })
})

test.each([
  ['STAMPEDE_TARGET', 'http://example.com:80'],
  ['STAMPEDE_TARGET', 'https://127.0.0.1:3000'],
  ['STAMPEDE_PARTNERS', '0'],
  ['STAMPEDE_PARTNERS', '1001'],
  ['STAMPEDE_WANTED', '1.5'],
  ['STAMPEDE_QUANTITY', '101'],
  ['STAMPEDE_DURATION_SECONDS', '0'],
  ['STAMPEDE_BACKOFF', 'exponential'],
  ['STAMPEDE_PATIENCE_MS', '49'],
  ['STAMPEDE_KEY_PREFIX', 'a b'],
  ['STAMPEDE_SEED', '-1'],
])('%s=%p is refused by name', (name, value) => {
  const read = () => partnersSettings({ [name]: value })
  expect(read).toThrow(SettingsError)
  expect(read).toThrow(name)
})

test('settings are the same for a driver that is a process', () => {
  const settings = partnersSettings({
    ...{ STAMPEDE_PARTNERS: '7', STAMPEDE_WANTED: '30', STAMPEDE_QUANTITY: '3' },
    ...{ STAMPEDE_BACKOFF: 'asked', STAMPEDE_KEY_PREFIX: 'run-1', STAMPEDE_SEED: '9' },
    ...{ STAMPEDE_DURATION_SECONDS: '2.5', STAMPEDE_PATIENCE_MS: '700' },
  })
  expect(settings).toMatchObject({ partners: 7, durationSeconds: 2.5, requestIds: 'run-1' })
  expect(partnersSettings(partnersEnvironment(settings))).toEqual(settings)
})

test('each partner asks with its own key, under new request ids, until it has all', async () => {
  const asked: { key: string; requestId: string; partner: string }[] = []
  const http: Http = {
    now: () => 0,
    pause: async () => {},
    async send({ headers, body = '' }) {
      asked.push({ key: headers['x-partner-key'] ?? '', ...JSON.parse(body) })
      return { status: 201, body: { coupons: [{ number: 'A' }, { number: 'B' }] } }
    },
  }
  const environment = { STAMPEDE_PARTNERS: '2', STAMPEDE_WANTED: '6', STAMPEDE_QUANTITY: '2' }
  const records = await sendPartners(http, partnersSettings(environment))
  expect(records.map((record) => [record.partner, couponsOf(record)])).toEqual([
    ['partner-1', 6],
    ['partner-2', 6],
  ])
  expect(asked).toHaveLength(6)
  expect(asked.every(({ key, partner }) => key === `key-of-${partner}`)).toBe(true)
  expect(new Set(asked.map(({ partner, requestId }) => `${partner} ${requestId}`)).size).toBe(6)
})
