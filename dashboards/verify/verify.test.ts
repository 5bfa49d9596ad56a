import { describe, expect, test } from 'bun:test'
import { PrometheusClient } from '../../console/model/prometheus-client.ts'
import { readBoards } from '../files.ts'
import { readRules } from '../rules.ts'
import { mayBeEmpty, mayBeEmptyInSpikes, oneArmOnly } from './allowed.ts'
import { asTable, summary } from './table.ts'
import { verifyAll } from './verify.ts'

const boards = await readBoards()
const rules = await readRules()

/** Series by their labels, or what is wrong with the query. */
type Reply = Record<string, string>[] | string

const both: Reply = [{ arm: 'before' }, { arm: 'after' }]

/** A Prometheus that has everything, but for what `reply` says. */
const fake = (reply: (query: string) => Reply | null, run = 'r') =>
  new PrometheusClient(async (path, parameters) => {
    const values: Record<string, string[]> = {
      'label/arm/values': ['after', 'before'],
      'label/run/values': [run],
      'label/scenario/values': ['flash-sale'],
    }
    if (path.startsWith('label/')) return { status: 'success', data: values[path] ?? [] }
    const series = reply(parameters.get('query') ?? '') ?? both
    if (typeof series === 'string') {
      return { status: 'error', errorType: 'bad_data', error: series }
    }
    const result = series.map((metric) => ({ metric, value: [0, '1'] }))
    return { status: 'success', data: { resultType: 'vector', result } }
  })

const verify = (reply: (query: string) => Reply | null) => verifyAll(fake(reply), boards, rules)

describe('verify', () => {
  test('everything is there', async () => {
    const verified = await verify(() => null)
    expect(verified.filter(({ passed }) => !passed)).toEqual([])
    expect(summary(verified)).toEndWith(', 0 without what they should find')
    expect(asTable(verified)).toContain('Before and after')
  })

  test('a panel without data fails, with its query', async () => {
    const verified = await verify((query) => (query.includes('sagas_open') ? [] : null))
    const bad = verified.filter(({ passed }) => !passed)
    expect(bad.map(({ panel, verdict }) => `${panel}: ${verdict}`)).toEqual([
      'Sagas open, by status / A: empty',
    ])
    expect(summary(verified)).toContain('stampede_sagas_open{arm=~"(after|before)"}')
  })

  test('only a spike may lack the audit', async () => {
    const unaudited = (query: string) => (query.includes('audit_verdict') ? [] : null)
    const spike = await verifyAll(fake(unaudited, 'spike-1'), boards, rules)
    expect(spike.filter(({ passed }) => !passed)).toEqual([])
    const rehearsal = await verify(unaudited)
    expect(rehearsal.filter(({ passed }) => !passed).map(({ panel }) => panel)).toEqual(
      Object.keys(mayBeEmptyInSpikes),
    )
  })

  test('a panel with one arm only fails', async () => {
    const one = [{ arm: 'after' }]
    const verified = await verify((query) => (query.includes('outbox_pending') ? one : null))
    expect(
      verified.filter(({ passed }) => !passed).map(({ verdict, note }) => [verdict, note]),
    ).toEqual([['an arm is missing', 'no series with arm="before"']])
  })

  test('a server that the arms share has no arm; what the arms count must have one', async () => {
    const failing = async (metric: string, series: Reply) => {
      const verified = await verify((query) => (query.includes(metric) ? series : null))
      return verified.filter(({ passed }) => !passed).length
    }
    expect(await failing('mysql_global_status_threads_running', [{}])).toBe(0)
    expect(await failing('mysql_global_status_threads_running', [{ arm: 'after' }])).toBe(1)
    expect(await failing('outbox_pending', [{}])).toBe(1)
  })

  test('a refused query fails with what Prometheus says', async () => {
    const verified = await verify((query) =>
      query.includes('history_list') ? 'parse error' : null,
    )
    const bad = verified.filter(({ passed }) => !passed)
    expect(bad.map(({ verdict, note }) => [verdict, note])).toEqual([['failed', 'parse error']])
  })

  test('what a rule should have recorded, and what an alert looks at, must be there', async () => {
    const verified = await verify((query) =>
      query === 'stampede_block_second:info' || query === 'stampede_outbox_oldest_seconds'
        ? []
        : null,
    )
    const bad = verified.filter(({ passed }) => !passed)
    expect(bad.map(({ panel }) => panel)).toEqual([
      'rule stampede_block_second:info',
      'rule StampedeOutboxLag',
    ])
    expect(bad[0]?.note).toContain('rule_files')
  })

  test('what may be missing names a query that there is, and why', async () => {
    const names = new Set((await verify(() => null)).map(({ panel }) => panel))
    const allowed = { ...mayBeEmpty, ...mayBeEmptyInSpikes, ...oneArmOnly }
    expect(Object.keys(allowed).filter((name) => !names.has(name))).toEqual([])
    expect(Object.values(allowed).filter((reason) => reason.length < 10)).toEqual([])
  })
})
