import { describe, expect, spyOn, test } from 'bun:test'
import type { Redis } from 'ioredis'
import { parseDesign } from './designs/design.ts'
import { evictionHarms, evictionIn, evictionWords, warnOfEviction } from './redis-eviction.ts'

const infoOf = (bytesMax: number, policy: string) =>
  `# Memory\r\nused_memory:1\r\nmaxmemory:${bytesMax}\r\nmaxmemory_policy:${policy}\r\n`
const full = infoOf(104_857_600, 'allkeys-lru')

describe('what INFO says', () => {
  test('a limit with a policy throws keys out', () => {
    const eviction = evictionIn(full)
    expect(eviction).toEqual({ policy: 'allkeys-lru', bytesMax: 104_857_600 })
    expect(eviction && evictionWords(eviction)).toBe(
      'this Redis throws keys out above 100 MB (allkeys-lru)',
    )
  })
  test.each([
    ['no limit', infoOf(0, 'allkeys-lru')],
    ['noeviction', infoOf(104_857_600, 'noeviction')],
    ['nothing', ''],
    ['something else', '<html>maxmemory:5</html>'],
  ])('%s throws none out', (_, info) => expect(evictionIn(info)).toBeUndefined())
})

test('options that keep more than a cache in Redis are named, each once', () => {
  const designs = ['before', 'before,stock=redis-counter', 'after,stock=redis-counter'].map(
    (text) => parseDesign(text),
  )
  const harms = evictionHarms(designs)
  expect(harms.filter((harm) => harm.startsWith('stock=redis-counter: '))).toHaveLength(1)
  expect(harms.some((harm) => harm.startsWith('reads='))).toBe(false)
})

describe('a start', () => {
  const redisWith = (info: () => Promise<string>) => ({ info }) as unknown as Redis
  const asked = () => Promise.reject(new Error('must not be asked'))
  async function linesOf(
    info: () => Promise<string>,
    design: string,
    ofLocks: (() => Promise<string>)[] = [asked],
  ) {
    const lines: string[] = []
    const logged = spyOn(console, 'error').mockImplementation((line) => void lines.push(line))
    const services = { redis: redisWith(info), lockServers: ofLocks.map(redisWith) }
    await warnOfEviction(services, 'server', [parseDesign(design)])
    logged.mockRestore()
    return lines
  }
  const counter = 'before,effects=inline,dispatch=chosen,stock=redis-counter'

  test('says which option loses what', async () => {
    const lines = await linesOf(async () => full, counter)
    expect(lines[0]).toContain('above 100 MB (allkeys-lru); set maxmemory-policy noeviction')
    expect(lines[1]).toContain('stock=redis-counter: a counter that is thrown out is made again')
    expect(lines).toHaveLength(2)
  })
  test('says nothing where no key is thrown out, or nothing would be lost', async () => {
    expect(await linesOf(async () => infoOf(0, 'allkeys-lru'), counter)).toEqual([])
    const withoutRedis = 'before,effects=inline,dispatch=chosen,stock=row-lock'
    expect(await linesOf(asked, withoutRedis)).toEqual([])
  })
  test('asks the lock servers where the option keeps its locks there', async () => {
    const redlock = 'before,effects=inline,dispatch=chosen,stock=redlock'
    const kept = async () => infoOf(0, 'allkeys-lru')
    const lines = await linesOf(asked, redlock, [kept, async () => full, kept])
    expect(lines).toHaveLength(2)
    expect(lines[1]).toContain('stock=redlock: a lock that is thrown out has two holders')
  })
  test('goes on without a Redis', async () => {
    expect(await linesOf(() => Promise.reject(new Error('away')), counter)).toEqual([])
  })
})
