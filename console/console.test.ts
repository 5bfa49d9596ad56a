import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { scratchFolder } from '../lab/testing/scratch.ts'
import { consoleApp } from './console.ts'
import { NotLoopback } from './loopback-origin.ts'
import { type FakePrometheus, startFakePrometheus } from './testing/fake-prometheus.ts'
import { fixtureBoard } from './testing/fixture-board.ts'

const folder = await scratchFolder()
const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
let prometheus: FakePrometheus

beforeAll(() => {
  prometheus = startFakePrometheus()
  write('a-board.json', JSON.stringify(fixtureBoard()))
  write('broken.json', '{"uid":')
  write('wrong.json', JSON.stringify({ uid: 'wrong', panels: [] }))
  mkdirSync(join(folder, 'more'))
  write('more/twin.json', JSON.stringify(fixtureBoard('every-kind', 'Twin')))
  write('more/other.json', JSON.stringify(fixtureBoard('other', '<b>Other</b>')))
})
afterAll(() => prometheus.stop())

const app = (prometheusUrl = prometheus.url, dashboardsFolder = folder) =>
  consoleApp({ prometheusUrl, dashboardsFolder })
const get = (path: string, headers: Record<string, string> = {}) =>
  app().request(`/console${path}`, { headers })

describe('boards', () => {
  test('are listed, those in folders too, with what is wrong with the others', async () => {
    const { boards } = (await (await get('/api/boards')).json()) as { boards: object[] }
    expect(boards).toEqual([
      expect.objectContaining({ uid: 'every-kind', tags: ['stampede'] }),
      { file: 'broken.json', problem: expect.stringContaining('is not JSON') },
      expect.objectContaining({ uid: 'other' }),
      {
        file: 'more/twin.json',
        problem: "uid every-kind is also a-board.json's",
      },
      { file: 'wrong.json', problem: expect.stringContaining('title') },
    ])
  })
  test('are served as the page reads them', async () => {
    const answer = await get('/api/boards/every-kind')
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      ...{ board: { uid: 'every-kind', refresh: '1s' }, scrapeIntervalMs: 1000 },
    })
    expect((await get('/api/boards/nope')).status).toBe(404)
    expect((await get('/api/boards/wrong')).status).toBe(422)
  })
  test('a changed file is read again', async () => {
    const one = app()
    const title = async () => (await one.request('/console/other')).text()
    expect(await title()).toContain('&lt;b&gt;Other&lt;/b&gt;')
    write('more/other.json', JSON.stringify(fixtureBoard('other', 'Renamed board')))
    expect(await title()).toContain('Renamed board')
  })
})

describe('pages', () => {
  test('nothing from elsewhere, nothing inline, no frame', async () => {
    const answer = await get('/every-kind')
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    const page = await answer.text()
    expect(page).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=|https?:\/\//)
  })
  test('what the page loads is there, offline, and may be kept', async () => {
    const page = await (await get('/every-kind')).text()
    const addresses = [...page.matchAll(/(?:src|href)="(\/console\/[\w.]+\.\w+[^"]*)"/g)]
    expect(addresses).toHaveLength(4)
    for (const [, address = ''] of addresses) {
      const file = await app().request(address)
      expect(file.status).toBe(200)
      expect((await file.bytes()).length).toBeGreaterThan(100)
    }
  })
  test.each([
    ['/every-kind?theme=dark', {}, 200, '<html lang="en" data-theme="dark">'],
    ['/every-kind', { 'accept-language': 'ko-KR' }, 200, '<html lang="ko" data-theme="auto">'],
    ['/every-kind?lang=ko', {}, 200, '패널로 건너뛰기'],
    ['', {}, 200, 'Every kind of panel'],
    ['/nope', {}, 404, 'There is no board “nope”'],
    ['/%3Cb%3E', {}, 404, 'There is no board “&lt;b&gt;”'],
    ['/broken', {}, 422, 'is not JSON'],
    ['/wrong', {}, 422, 'Correct the JSON'],
  ])('%s', async (path, headers, status, text) => {
    const answer = await get(path, headers as Record<string, string>)
    expect(answer.status).toBe(status)
    expect(await answer.text()).toContain(text)
  })
  test('an empty or missing folder says where boards go', async () => {
    const page = await app(prometheus.url, '/no/such/folder').request('/console')
    expect(await page.text()).toContain('/no/such/folder')
  })
})

describe('the way to Prometheus', () => {
  const ask = (path: string, method = 'GET') =>
    app().request(`/console/api/prom/${path}`, { method })

  test('passes the three questions on', async () => {
    for (const path of [
      'query?query=shop_paid&time=1800000000.5',
      'query_range?query=shop_paid&start=1800000000&end=1800000060&step=1',
      'label/arm/values?match[]=shop_paid',
    ]) {
      const answer = await ask(path)
      expect(answer.status).toBe(200)
      expect(await answer.json()).toMatchObject({ status: 'success' })
    }
  })
  test.each([
    ['query', 'query'],
    ['query?query=up&timeout=9h', 'timeout'],
    ['query?query=up&time=yesterday', 'time'],
    ['query_range?query=up&start=1&end=2&step=0x1', 'step'],
    ['label/arm/values?start=soon', 'start'],
    ['label/a-b/values', 'name'],
    ['label/..%2F..%2Fadmin/values', 'name'],
    [`query?query=${'x'.repeat(17_000)}`, 'query'],
  ])('refuses %s', async (path, part) => {
    const before = prometheus.asked.length
    const answer = await ask(path)
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain(part)
    expect(prometheus.asked).toHaveLength(before)
  })
  test.each([
    'admin/tsdb/delete_series',
    'targets',
    'labels',
    'series',
    'status/config',
    '../-/quit',
  ])('knows no way to %s', async (path) => {
    const before = prometheus.asked.length
    expect((await ask(path)).status).toBe(404)
    expect(prometheus.asked).toHaveLength(before)
  })
  test.each(['POST', 'PUT', 'DELETE'])('does not %s', async (method) => {
    expect((await ask('query?query=up', method)).status).toBe(404)
  })
  test('asks several at once, each answered for itself and in order', async () => {
    const asks = ['query?query=shop_paid', 'query?query=!!', 'query?nope=1', 'admin?x=1', 'query']
    const search = new URLSearchParams(asks.map((one): [string, string] => ['ask', one]))
    const { data } = (await (await ask(`batch?${search}`)).json()) as { data: object[] }
    expect(data).toEqual([
      expect.objectContaining({ status: 'success' }),
      expect.objectContaining({ errorType: 'bad_data' }),
      ...new Array(3).fill(expect.objectContaining({ errorType: 'bad-input' })),
    ])
    expect((await ask('batch')).status).toBe(400)
    expect((await ask(`batch?${'ask=query&'.repeat(17)}`)).status).toBe(400)
  })
  test('a wrong query comes back as Prometheus says it', async () => {
    const answer = await ask('query?query=!!')
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ errorType: 'bad_data' })
  })
})

describe('a Prometheus that is not there', () => {
  test('on another machine is refused at the start', () => {
    for (const url of ['http://example.com:9090', 'https://127.0.0.1:1', 'http://10.0.0.1:9090']) {
      expect(() => app(url)).toThrow(NotLoopback)
    }
    for (const url of ['http://127.0.0.1:1/', 'http://localhost:9090', 'http://[::1]:9090']) {
      expect(() => app(url)).not.toThrow()
    }
  })
  test.each([
    ['nothing listens', null, 502, 'unreachable'],
    ['something else answers', () => new Response('hello'), 502, 'bad-answer'],
    ['it redirects', () => Response.redirect('http://127.0.0.1:1/'), 502, 'bad-answer'],
    ['it says too much', () => huge(), 502, 'too-large'],
  ])('%s', async (_, reply, status, errorType) => {
    const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: reply ?? (() => huge()) })
    if (reply === null) await server.stop(true)
    const url = `http://127.0.0.1:${server.port}`
    const answer = await app(url).request('/console/api/prom/query?query=up')
    await server.stop(true)
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ status: 'error', errorType })
  })
})

function huge(): Response {
  const chunk = new Uint8Array(1024 * 1024)
  let left = 40
  const body = new ReadableStream({
    pull(controller) {
      left -= 1
      if (left < 0) controller.close()
      else controller.enqueue(chunk)
    },
  })
  return new Response(body, { headers: { 'content-type': 'application/json' } })
}
