import { expect, test } from 'bun:test'
import { fixtureUp } from '../testing/fixture-up.ts'
import { describeUp } from './up-text.ts'

const own = {
  databaseUrl: 'mysql://root:secret@127.0.0.1:5',
  redisUrl: 'redis://:secret@127.0.0.1:6',
}
const databases = [own, { ...own, redisUrl: 'redis://:secret@127.0.0.1:7' }]

test('Grafana stands beside the boards, where there is one', () => {
  const text = describeUp(fixtureUp, databases)
  expect(text).toContain(
    [
      ...['', 'boards: http://127.0.0.1:2/console'],
      ...['faults by button: http://127.0.0.1:2/console/faults', 'Grafana http://127.0.0.1:3', ''],
    ].join('\n'),
  )
  expect(describeUp({ ...fixtureUp, grafana: null }, databases)).not.toContain('Grafana')
})

test('servers stand with their arm, or once where both arms share them', () => {
  const text = describeUp(fixtureUp, databases)
  expect(text).toContain('· bank b\n  coupon gateway g\n')
  expect(text).toContain('database 127.0.0.1:5 · Redis 127.0.0.1:6 of before\n')
  expect(text).toContain('Redis 127.0.0.1:7 of after\n')
  const shared = describeUp(fixtureUp, [own, own])
  expect(shared).toContain('Redis 127.0.0.1:6 (both arms share them')
  expect(shared).not.toContain('of after')
  expect(text + shared).not.toContain('secret')
})

test('the token is neither printed nor on a command line', () => {
  const text = describeUp(fixtureUp, databases)
  expect(text).not.toContain(fixtureUp.token)
  expect(text).toContain(
    `curl -K .stampede/up.curl -X POST ${fixtureUp.arms.before.api}/chaos/reset`,
  )
})
