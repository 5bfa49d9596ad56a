import { afterAll, expect, test } from 'bun:test'
import { noteHandler, sendNote } from './crowd-notes.ts'
import { ScrapeProxy } from './scrape-proxy.ts'

const token = 'a-token-of-sixteen'
const scrapeProxy = new ScrapeProxy(noteHandler(token))
const shop = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: () => new Response('some_metric 1\n', { headers: { 'content-type': 'text/x' } }),
})
afterAll(() => Promise.all([scrapeProxy.stop(), shop.stop(true)]))

const scrape = (instance: string) => fetch(`${scrapeProxy.url}/scrape/${instance}`)

test('forwards a scrape to the process that has the name of the instance', async () => {
  expect((await scrape('api-after')).status).toBe(503)
  scrapeProxy.expose('api-after', `http://127.0.0.1:${shop.port}/metrics`)
  const answer = await scrape('api-after')
  expect(answer.headers.get('content-type')).toBe('text/x')
  expect(await answer.text()).toBe('some_metric 1\n')
  scrapeProxy.expose('api-after', 'http://127.0.0.1:9/metrics')
  expect((await scrape('api-after')).status).toBe(502)
  scrapeProxy.expose('api-after', null)
  expect((await scrape('api-after')).status).toBe(503)
})

test('notes of crowds come in with the token only, and only whole', async () => {
  const target = { url: scrapeProxy.url, token }
  await sendNote(target, { kind: 'run', run: 's', scenario: 'smoke', driver: 'k6', seed: 1 })
  const facts = { run: 's', block: 1, arm: 'before' } as const
  await sendNote(target, { kind: 'begin', ...facts, startMs: Date.now(), endsMs: 1e15 })
  const text = async () => (await fetch(`${scrapeProxy.url}/metrics`)).text()
  expect(await text()).toContain('stampede_block_active{run="s",block="1",arm="before"} 1')
  expect(await text()).toContain('stampede_run_info{run="s",scenario="smoke"')
  await sendNote(target, { kind: 'end', ...facts })
  expect(await text()).not.toContain('stampede_block_active{')

  const forged = sendNote({ ...target, token: 'wrong' }, { kind: 'end', ...facts })
  await expect(forged).rejects.toThrow('401')
  const bad = sendNote(target, { kind: 'begin', run: 's' } as never)
  await expect(bad).rejects.toThrow('400')
})
