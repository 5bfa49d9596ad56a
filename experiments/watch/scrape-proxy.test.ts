import { afterAll, expect, test } from 'bun:test'
import { noteHandler, sendNote } from './crowd-notes.ts'
import { startScrapeProxy } from './scrape-proxy.ts'

const token = 'a-token-of-sixteen'
const harness = startScrapeProxy(noteHandler(token))
const shop = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: () => new Response('some_metric 1\n', { headers: { 'content-type': 'text/x' } }),
})
afterAll(() => Promise.all([harness.stop(), shop.stop(true)]))

const scrape = (instance: string) => fetch(`${harness.url}/scrape/${instance}`)

test('passes a scrape on to whoever is the instance now', async () => {
  expect((await scrape('api-after')).status).toBe(503)
  harness.expose('api-after', `http://127.0.0.1:${shop.port}/metrics`)
  const answer = await scrape('api-after')
  expect(answer.headers.get('content-type')).toBe('text/x')
  expect(await answer.text()).toBe('some_metric 1\n')
  harness.expose('api-after', 'http://127.0.0.1:9/metrics')
  expect((await scrape('api-after')).status).toBe(502)
  harness.expose('api-after', null)
  expect((await scrape('api-after')).status).toBe(503)
})

test('notes of crowds come in with the token only, and only whole', async () => {
  const door = { url: harness.url, token }
  await sendNote(door, { kind: 'run', run: 's', scenario: 'smoke', driver: 'k6', seed: 1 })
  const facts = { run: 's', block: 1, arm: 'before' } as const
  await sendNote(door, { kind: 'begin', ...facts, startMs: Date.now(), endsMs: 1e15 })
  const text = async () => (await fetch(`${harness.url}/metrics`)).text()
  expect(await text()).toContain('stampede_block_active{run="s",block="1",arm="before"} 1')
  expect(await text()).toContain('stampede_run_info{run="s",scenario="smoke"')
  await sendNote(door, { kind: 'end', ...facts })
  expect(await text()).not.toContain('stampede_block_active{')

  const stranger = sendNote({ ...door, token: 'wrong' }, { kind: 'end', ...facts })
  await expect(stranger).rejects.toThrow('401')
  const bad = sendNote(door, { kind: 'begin', run: 's' } as never)
  await expect(bad).rejects.toThrow('400')
})
