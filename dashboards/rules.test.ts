import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { readRules, rulesFolder } from './rules.ts'

const checkout = resolve(import.meta.dir, '..')
const rules = await readRules()
const alerts = rules.filter(({ alert }) => alert !== undefined)

const tests = z.object({
  tests: z.array(
    z.object({
      alert_rule_test: z
        .array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) }))
        .default([]),
    }),
  ),
})

async function alertTests() {
  const folder = join(rulesFolder, 'tests')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yml'))
  const files = await Promise.all(
    names.map(async (name) =>
      tests.parse(Bun.YAML.parse(await Bun.file(join(folder, name)).text())),
    ),
  )
  return files.flatMap((file) => file.tests.flatMap((one) => one.alert_rule_test))
}

test('the event has its alerts, and each one its runbook', () => {
  expect(alerts.map(({ name }) => name).sort()).toEqual([
    'StampedeCouponPoolLow',
    'StampedeFlagsStale',
    'StampedeGoodputBurnFast',
    'StampedeGoodputBurnSlow',
    'StampedeIntakesWaiting',
    'StampedeLockWaits',
    'StampedeLoopStopped',
    'StampedeOutboxLag',
    'StampedePayersRefused',
    'StampedeRetiredSequenceMoves',
    'StampedeRetryAmplification',
    'StampedeSagasStuck',
    'StampedeShadowMismatch',
    'StampedeStockDrift',
    'StampedeTicketBufferLow',
  ])
  const pages = alerts.map(({ annotations }) => join(checkout, annotations?.runbook_url ?? '?'))
  expect(pages.filter((page) => !page.endsWith('.md') || !existsSync(page))).toEqual([])
})

test('every alert is tested to fire, and to stay silent', async () => {
  const all = await alertTests()
  const tested = (isFiring: boolean) =>
    all.filter(({ exp_alerts }) => exp_alerts.length > 0 === isFiring).map((one) => one.alertname)
  const names = new Set(alerts.map(({ name }) => name))
  expect(new Set(tested(true))).toEqual(names)
  expect(new Set(tested(false))).toEqual(names)
})

test('boards are provisioned as files that Grafana does not edit', async () => {
  const folder = join(import.meta.dir, 'provisioning')
  const parse = async (path: string) => Bun.YAML.parse(await Bun.file(join(folder, path)).text())
  expect(await parse('dashboards/stampede.yaml')).toMatchObject({
    providers: [{ allowUiUpdates: false, options: { foldersFromFilesStructure: true } }],
  })
  expect(await parse('datasources/prometheus.yaml')).toMatchObject({
    prune: true,
    datasources: [{ uid: 'stampede-prometheus', jsonData: { timeInterval: '1s' } }],
  })
})
