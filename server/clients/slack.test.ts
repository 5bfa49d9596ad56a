import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { bankInMemory } from '../testing/pretend-bank.ts'
import { createPartnersClient, PartnerFailed } from './partners-client.ts'
import { sendAlert } from './slack.ts'
import { BadWebhookUrl, parseWebhookUrl } from './webhook-url.ts'

const { app, partners } = bankInMemory()
const texts: unknown[] = []
let server: Bun.Server<undefined>
let url = ''
beforeAll(() => {
  server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    routes: {
      '/silent': () => new Promise<Response>(() => {}),
      '/elsewhere': Response.redirect('/partners/slack', 307),
    },
    fetch: async (request) => {
      texts.push(await request.clone().text())
      return app.fetch(request)
    },
  })
  url = `http://127.0.0.1:${server.port}`
})
afterAll(() => server.stop(true))

test('an alert reaches the sink, counted by its event id, its text naming it', async () => {
  await sendAlert(`${url}/partners/slack`, { eventId: 'alert-1', text: '3 events are dead' })
  expect(partners.list()).toEqual([{ sink: 'slack', eventId: 'alert-1', count: 1 }])
  expect(texts).toEqual(['{"text":"3 events are dead (event alert-1)"}'])
})

describe('an alert that was not confirmed is a PartnerFailed that does not show the URL', () => {
  const failing = async (path: string) => {
    const error = await sendAlert(`${url}${path}`, { eventId: 'e', text: 'x' }, 50).catch((e) => e)
    expect(error).toBeInstanceOf(PartnerFailed)
    expect(Bun.inspect(error)).not.toContain(url)
    return error.message
  }

  test('refused', async () => {
    partners.setFailure('slack', 1)
    expect(await failing('/partners/slack')).toBe('slack: status 503')
    partners.setFailure('slack', 0)
  })

  test('no answer within the deadline', async () => {
    expect(await failing('/silent')).toBe('slack: no answer')
  })

  test('a redirect, which is not followed', async () => {
    const before = partners.list()
    expect(await failing('/elsewhere')).toBe('slack: no answer')
    expect(partners.list()).toEqual(before)
  })
})

describe('only Slack over https, and http on loopback, are webhooks', () => {
  test.each([
    'https://hooks.slack.com/services/T/B/x',
    'http://127.0.0.1:8080/partners/slack',
    'http://localhost:8080/partners/slack',
    'http://[::1]:8080/partners/slack',
    'http://0x7f000001/',
  ])('%s is taken', (text) => {
    expect(() => parseWebhookUrl(text)).not.toThrow()
  })

  test.each([
    '',
    'hooks.slack.com/services',
    'http://hooks.slack.com/services/T/B/x',
    'https://hooks.slack.com.evil.example/x',
    'https://hooks.slack.com:8443/x',
    'https://user:pass@hooks.slack.com/x',
    'https://hooks.slack.com@evil.example/x',
    'https://127.0.0.1/x',
    'http://0xa9fea9fe/latest/meta-data',
    'http://169.254.169.254/',
    'http://[::ffff:127.0.0.1]/',
    'http://127.0.0.1.evil.example/',
    'http://0.0.0.0/',
    'file:///etc/passwd',
    'javascript:alert(1)',
  ])('%s is refused', async (text) => {
    expect(() => parseWebhookUrl(text)).toThrow(BadWebhookUrl)
    await expect(sendAlert(text, { eventId: 'e', text: 'x' })).rejects.toBeInstanceOf(BadWebhookUrl)
  })
})

describe('the partners client', () => {
  test('delivers under the event id', async () => {
    await createPartnersClient({ url }).deliver('messages', 'event-1', { hello: 1 })
    expect(partners.list()).toContainEqual({ sink: 'messages', eventId: 'event-1', count: 1 })
    expect(texts.at(-1)).toBe('{"hello":1}')
  })

  test('throws PartnerFailed when refused, when unanswered, when the port is closed', async () => {
    partners.setFailure('messages', 1)
    const refused = createPartnersClient({ url }).deliver('messages', 'event-2', {})
    await expect(refused).rejects.toMatchObject({ name: 'PartnerFailed', sink: 'messages' })
    await expect(refused).rejects.toThrow('messages: status 503')
    const send = (_: string, init: RequestInit) =>
      new Promise<Response>((_, reject) => {
        init.signal?.addEventListener('abort', () => reject(init.signal?.reason))
      })
    const silent = createPartnersClient({ url, timeoutMs: 5, send })
    await expect(silent.deliver('messages', 'e', {})).rejects.toThrow('messages: no answer')
    const absent = createPartnersClient({ url: 'http://127.0.0.1:1' })
    await expect(absent.deliver('messages', 'e', {})).rejects.toBeInstanceOf(PartnerFailed)
  })
})
