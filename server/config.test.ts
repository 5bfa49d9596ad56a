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

  const lockServers = (...ports: (number | string)[]) =>
    ports.map((port) => `redis://:secret@127.0.0.1:${port}`).join(',')

  test.each([
    ['two', lockServers(1, 2), 'must name 3, 5, 7 or 9 servers, not 2'],
    ['four', lockServers(1, 2, 3, 4), 'not 4'],
    ['eleven', lockServers(...Array(11).keys()), 'not 11'],
    ['one that is no URL', `${lockServers(1, 2)},secret`, 'URL 3 must be a URL like redis://'],
    ['one that is missing', `${lockServers(1, 2)},`, 'URL 3 must be a URL'],
    ['another protocol', `http://secret,${lockServers(1, 2)}`, 'URL 1 must be a URL'],
    ['one twice, by databases', lockServers(1, 2, '1/5'), 'a server is named twice'],
  ])('lock servers: %s', (_, urls, why) => {
    const complaint = complaintOf({ ...needed, REDLOCK_URLS: urls })
    expect(complaint).toContain('REDLOCK_URLS: ')
    expect(complaint).toContain(why)
    expect(complaint).not.toContain('secret')
  })

  test('every flaw of a list of lock servers is named', () => {
    const complaint = complaintOf({ ...needed, REDLOCK_URLS: 'a,redis://127.0.0.1:1,b,c' })
    for (const word of ['URL 1 ', 'URL 3 ', 'URL 4 ', 'not 4']) expect(complaint).toContain(word)
  })

  test('a design whose lock servers are not named; with them it starts', () => {
    const asked = { ...needed, STAMPEDE_DESIGN: 'before,stock=redlock' }
    const why = 'STAMPEDE_DESIGN: stock=redlock needs lock servers: name them in REDLOCK_URLS'
    expect(complaintOf(asked)).toContain(why)
    expect(() => parseEnvironment(workerEnvironment, asked)).toThrow(why)
    const given = { ...asked, REDLOCK_URLS: lockServers(1, 2, 3) }
    const { REDLOCK_URLS: urls } = parseEnvironment(serverEnvironment, given)
    expect(urls).toEqual(lockServers(1, 2, 3).split(','))
    expect(complaintOf({ ...needed, REDLOCK_URLS: lockServers(1, 2, 3, 4, 5) })).toBe('')
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
