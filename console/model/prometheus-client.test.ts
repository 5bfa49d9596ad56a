import { describe, expect, test } from 'bun:test'
import { Batch } from '../browser/batch.ts'
import { startFakePrometheus } from '../testing/fake-prometheus.ts'
import { overHttp, PrometheusClient, PrometheusError } from './prometheus-client.ts'

const range = { fromMs: 1_800_000_000_400, toMs: 1_800_000_002_900 }

/** A client over a Prometheus that answers anything with `body`, and what it was asked. */
function answering(body: unknown) {
  const asked: string[] = []
  const client = new PrometheusClient(async (path, parameters) => {
    asked.push(`${path}?${decodeURIComponent(String(parameters))}`)
    return body
  })
  return { client, asked }
}

const success = (data: unknown) => ({ status: 'success', data })
const vector = success({ resultType: 'vector', result: [] })

describe('what Prometheus is asked', () => {
  test('a moment, a range in whole steps, the values of a label', async () => {
    const { client, asked } = answering(vector)
    await client.instant('up', range.toMs)
    await client.instant('up')
    await client.range('up', range, 1000)
    await client.labelValues('job', 'up', range)
    await client.labelValues('job', null, range)
    expect(asked).toEqual([
      'query?query=up&time=1800000002.9',
      'query?query=up',
      'query_range?query=up&start=1800000000&end=1800000002&step=1',
      'label/job/values?start=1800000000.4&end=1800000002.9&match[]=up',
      'label/job/values?start=1800000000.4&end=1800000002.9',
    ])
  })

  test.each([
    [
      { minTime: 5, maxTime: 9 },
      { fromMs: 5, toMs: 9 },
    ],
    [{ minTime: 2 ** 63, maxTime: -(2 ** 63) }, null],
  ])('samples between %p', async (headStats, span) => {
    expect(await answering(success({ headStats })).client.samplesRange()).toEqual(span)
  })
})

describe('an answer that is none', () => {
  test.each([
    [{ status: 'error', errorType: 'bad_data', error: 'parse error' }, 'bad_data'],
    [success({ resultType: 'string', result: [] }), 'execution'],
    [success(null), 'execution'],
    ['hello', 'unreachable'],
    [null, 'unreachable'],
  ])('%j', async (body, type) => {
    const error = await answering(body)
      .client.instant('up')
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(PrometheusError)
    expect(error).toMatchObject({ type })
  })
})

test('over HTTP, to a Prometheus and to none', async () => {
  const prometheus = startFakePrometheus()
  const client = new PrometheusClient(overHttp(prometheus.url))
  expect(await client.labelValues('run', 'shop_run', range)).toEqual(['r-7'])
  await prometheus.stop()
  const error = await client.instant('up').catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ type: 'unreachable' })
})

describe('a batch', () => {
  const sent: string[][] = []
  const echo = () =>
    new Batch(async (asks) => {
      sent.push(asks)
      return asks.map((ask) => `${ask}!`)
    })

  test('sends what is asked at once together, the same only once', async () => {
    sent.length = 0
    const batch = echo()
    const answers = await Promise.all(['a', 'b', 'a'].map((ask) => batch.ask(ask)))
    expect(answers).toEqual(['a!', 'b!', 'a!'])
    expect(sent).toEqual([['a', 'b']])
  })
  test('is bounded in number and in length', async () => {
    sent.length = 0
    const batch = echo()
    const long = 'x'.repeat(5000)
    const asks = [...'abcdefghi', `${long}1`, `${long}2`]
    await Promise.all(asks.map((ask) => batch.ask(ask)))
    expect(sent.map(({ length }) => length)).toEqual([8, 2, 1])
  })
  test('fails each question when it fails', async () => {
    const batch = new Batch(() => Promise.reject(new Error('gone')))
    const outcomes = await Promise.allSettled([batch.ask('a'), batch.ask('b')])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })
})
