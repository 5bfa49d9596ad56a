import { expect, test } from 'bun:test'
import type { Up } from './up-file.ts'
import { describeUp } from './up-text.ts'

const arm = { design: 'd', api: 'a', worker: 'w', tickets: 't', bank: 'b', database: 'm', users: 1 }
const up: Up = {
  pid: 1,
  processStart: '',
  startedAt: '2026-01-01T00:00:00.000Z',
  folder: '/runs/up-1',
  arms: { before: arm, after: arm },
  prometheus: 'http://127.0.0.1:1',
  console: 'http://127.0.0.1:2',
  grafana: 'http://127.0.0.1:3',
  scrapeProxy: 'http://127.0.0.1:4',
  token: 'secret',
}
const databases = { databaseUrl: 'mysql://root@127.0.0.1:5', redisUrl: 'redis://127.0.0.1:6' }

test('Grafana stands beside the boards, where there is one', () => {
  const text = describeUp(up, databases)
  expect(text).toContain('\nboards: http://127.0.0.1:2/console\nGrafana http://127.0.0.1:3\n')
  expect(describeUp({ ...up, grafana: null }, databases)).not.toContain('Grafana')
})
