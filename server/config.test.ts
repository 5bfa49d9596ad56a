import { describe, expect, test } from 'bun:test'
import { serverEnvironment, workerEnvironment } from './config.ts'
import { BadEnvironment, parseEnvironment } from './environment.ts'

const needed = {
  DATABASE_URL: 'mysql://root@127.0.0.1:3306/stampede_shop',
  REDIS_URL: 'redis://127.0.0.1:6379',
  TICKETS_URL: 'http://127.0.0.1:4001',
  BANK_URL: 'http://127.0.0.1:4002',
}

function complaintOf(env: Record<string, string>): string {
  try {
    parseEnvironment(serverEnvironment, env)
    return ''
  } catch (error) {
    if (!(error instanceof BadEnvironment)) throw error
    return error.message
  }
}

test('the server starts with what it needs: design after, no chaos, any port', () => {
  const config = parseEnvironment(serverEnvironment, needed)
  expect(config).toMatchObject({
    STAMPEDE_PORT: 0,
    STAMPEDE_ARM: 'after',
    STAMPEDE_ORDER_TTL_SECONDS: 900,
    STAMPEDE_POOL_CONNECTIONS: 16,
  })
  expect(config.STAMPEDE_DESIGN.preset).toBe('after')
  expect(config.CHAOS_TOKEN).toBeUndefined()
})

test('what is missing is named, all of it', () => {
  const complaint = complaintOf({})
  for (const name of Object.keys(needed)) expect(complaint).toContain(`${name} is missing`)
})

describe('refused', () => {
  test.each([
    ['STAMPEDE_DESIGN', 'afterwards'],
    ['STAMPEDE_DESIGN', 'ids=tickets'],
    ['STAMPEDE_ARM', 'An arm'],
    ['STAMPEDE_ARM', 'x'.repeat(33)],
    ['DATABASE_URL', 'postgres://127.0.0.1/x'],
    ['DATABASE_URL', '127.0.0.2:3307'],
    ['BANK_URL', 'ftp://127.0.0.1'],
    ['STAMPEDE_PORT', '65536'],
    ['STAMPEDE_ORDER_TTL_SECONDS', '0'],
    ['STAMPEDE_POOL_CONNECTIONS', '201'],
    ['CHAOS_TOKEN', 'short'],
    ['CHAOS_TOKEN', 'sixteen characters with spaces'],
    ['CHAOS_TOKEN', 'x'.repeat(257)],
  ])('%s=%s', (name, value) => {
    const complaint = complaintOf({ ...needed, [name]: value })
    expect(complaint).toContain(`${name}: `)
    // An unknown design is not secret, and is repeated to help; everything else may be.
    if (name !== 'STAMPEDE_DESIGN' && value !== '0') expect(complaint).not.toContain(value)
  })

  test('a worker without Redis, or with a webhook that is not Slack’s', () => {
    const { REDIS_URL: _, ...without } = needed
    for (const url of ['hooks', 'https://hooks.slack.con/services/x', 'https://evil.example/x']) {
      const bad = { ...without, SLACK_WEBHOOK_URL: url }
      expect(() => parseEnvironment(workerEnvironment, bad)).toThrow('REDIS_URL is missing')
      expect(() => parseEnvironment(workerEnvironment, bad)).toThrow('SLACK_WEBHOOK_URL: ')
    }
    expect(parseEnvironment(workerEnvironment, needed).SLACK_WEBHOOK_URL).toBeUndefined()
  })
})
