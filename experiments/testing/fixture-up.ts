import type { Up } from '../up/up-file.ts'

const processes = { api: 'a', worker: 'w', tickets: 't', bank: 'b', couponGateway: 'g' }
const arm = { design: 'd', ...processes, database: 'm', users: 1 }

/** A running environment as `up.json` has it; no process is behind it. */
export const fixtureUp: Up = {
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
