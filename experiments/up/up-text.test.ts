import { expect, test } from 'bun:test'
import { fixtureUp } from '../testing/fixture-up.ts'
import { describeUp } from './up-text.ts'

const databases = { databaseUrl: 'mysql://root@127.0.0.1:5', redisUrl: 'redis://127.0.0.1:6' }

test('Grafana stands beside the boards, where there is one', () => {
  const text = describeUp(fixtureUp, databases)
  expect(text).toContain('\nboards: http://127.0.0.1:2/console\nGrafana http://127.0.0.1:3\n')
  expect(describeUp({ ...fixtureUp, grafana: null }, databases)).not.toContain('Grafana')
})
