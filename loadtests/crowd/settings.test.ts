import { expect, test } from 'bun:test'
import { defaultPolicy } from './client-policy.ts'
import { scenarios } from './profiles.ts'
import { crowdSettings, SettingsError, scenarioName } from './settings.ts'
import { stagesText } from './stages.ts'

test('without any setting a run by hand goes to the shop on port 3000', () => {
  expect(crowdSettings({}, 'smoke')).toEqual({
    scenario: 'smoke',
    target: 'http://127.0.0.1:3000',
    seed: 1,
    rate: 10,
    durationSeconds: 10,
    stages: scenarios.smoke.stages(10, 10),
    arrivals: 'even',
    drainSeconds: 10,
    policy: defaultPolicy,
    keyPrefix: null,
    users: 5_000,
    design: null,
  })
})

test.each(['http://127.0.0.1:1', 'http://localhost:65535', 'http://[::1]:8080'])(
  'load may go to %s',
  (target) => {
    expect(crowdSettings({ STAMPEDE_TARGET: target }, 'smoke').target).toBe(target)
  },
)

test.each([
  'http://example.com:80',
  'http://localhost.evil.test:80',
  'http://127.0.0.1@evil.test:80',
  'http://0.0.0.0:3000',
  'http://127.1:3000',
  'http://10.0.0.1:3000',
  'http://[::ffff:10.0.0.1]:3000',
  'https://127.0.0.1:3000',
  'http://127.0.0.1',
  'http://127.0.0.1:0',
  'http://127.0.0.1:65536',
  'http://127.0.0.1:3000/',
  'http://127.0.0.1:3000\nhttp://evil.test:80',
])('load may not go to %p', (target) => {
  expect(() => crowdSettings({ STAMPEDE_TARGET: target }, 'smoke')).toThrow('STAMPEDE_TARGET')
})

test.each([
  ['STAMPEDE_SEED', '-1'],
  ['STAMPEDE_SEED', '4294967296'],
  ['STAMPEDE_RATE', '0'],
  ['STAMPEDE_RATE', '20001'],
  ['STAMPEDE_RATE', '1.5'],
  ['STAMPEDE_RATE', 'many'],
  ['STAMPEDE_DURATION_SECONDS', '0'],
  ['STAMPEDE_STAGES', '10'],
  ['STAMPEDE_STAGES', '10:0'],
  ['STAMPEDE_STAGES', '0:10'],
  ['STAMPEDE_STAGES', '10:20001'],
  ['STAMPEDE_STAGES', '3600:1,1:1'],
  ['STAMPEDE_STAGES', '10:5,'],
  ['STAMPEDE_ARRIVALS', 'random'],
  ['STAMPEDE_DRAIN_SECONDS', '61'],
  ['STAMPEDE_PATIENCE_MS', '49'],
  ['STAMPEDE_KEY_PREFIX', 'a b'],
  ['STAMPEDE_USERS', '0'],
  ['STAMPEDE_DESIGN', 'after\r\nx: y'],
])('%s=%p is refused by name', (name, value) => {
  const read = () => crowdSettings({ [name]: value }, 'flash-sale')
  expect(read).toThrow(SettingsError)
  expect(read).toThrow(name)
})

test('a curve of its own decides peak and length', () => {
  const curve = { STAMPEDE_STAGES: '0:20,9.5:20,5:60', STAMPEDE_RATE: '7' }
  const { rate, durationSeconds, stages } = crowdSettings(curve, 'smoke')
  expect({ rate, durationSeconds }).toEqual({ rate: 60, durationSeconds: 14.5 })
  expect(stagesText(stages)).toBe(curve.STAMPEDE_STAGES)
})

test('a crowd that is too large for random arrivals is refused by name', () => {
  const crowd = { STAMPEDE_ARRIVALS: 'poisson', STAMPEDE_RATE: '5000' }
  const read = (seconds: string) =>
    crowdSettings({ ...crowd, STAMPEDE_DURATION_SECONDS: seconds }, 'smoke')
  expect(read('10').arrivals).toBe('poisson')
  expect(() => read('10.1')).toThrow('STAMPEDE_ARRIVALS must be even')
})

test('unknown scenarios are refused with the known ones', () => {
  expect(scenarioName('flash-sale')).toBe('flash-sale')
  expect(() => scenarioName('flashsale')).toThrow('smoke, flash-sale, retry-storm')
})
