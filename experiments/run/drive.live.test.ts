import { describe, expect, test } from 'bun:test'
import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scratchFolder } from '../../lab/testing/scratch.ts'
import { spawnForTest } from '../../lab/testing/spawn-for-test.ts'
import { arrivalKinds } from '../../loadtests/crowd/arrival-times.ts'
import { partnerRush } from '../../loadtests/crowd/partners.ts'
import { type ScenarioName, scenarioNames, scenarios } from '../../loadtests/crowd/profiles.ts'
import { startFakeShop } from '../../loadtests/testing/fake-shop.ts'
import { type DriveOptions, type DriveResult, drive } from './drive.ts'
import type { Driver } from './result.ts'

const k6Path = process.env.TEST_K6
if (!k6Path) console.log('skipped: k6 against the simulator (TEST_K6 names no k6)')

const folder = await scratchFolder()

interface Run extends DriveResult {
  seen: string[]
  firstArrivalMs: number
}

interface Own extends Pick<DriveOptions, 'arrivals' | 'stages'> {
  clientPolicy?: string
}

async function run(
  driver: Driver,
  scenario: ScenarioName,
  { clientPolicy, ...own }: Own = {},
): Promise<Run> {
  const directory = await mkdtemp(join(folder, 'run-'))
  const shop = startFakeShop(clientPolicy ? { clientPolicy, orders: 'shed' } : {})
  const { arrived, done } = await drive({
    driver,
    ...(k6Path ? { k6Path } : {}),
    scenario,
    target: shop.target,
    seed: 5,
    rate: 60,
    durationSeconds: 1,
    ...own,
    keyPrefix: 'same',
    users: 50,
    design: 'after',
    directory,
    spawn: spawnForTest,
  })
  const result = await done.finally(() => shop.stop())
  return { ...result, firstArrivalMs: (await arrived) ?? 0, seen: shop.seen.sort() }
}

describe.skipIf(!k6Path)('k6 and the simulator', () => {
  const crowds = scenarioNames.flatMap((name) => arrivalKinds.map((kind) => [name, kind] as const))
  test.each(crowds)('send the same %s with %s arrivals', async (name, arrivals) => {
    const k6 = await run('k6', name, { arrivals })
    const simulator = await run('simulator', name, { arrivals })
    expect(k6.planned).toBe(simulator.planned)
    expect(k6.firstDueMs).toBe(simulator.firstDueMs)
    for (const result of [k6, simulator]) {
      expect(result.exitCode).toBe(0)
      expect(result.dropped).toBe(0)
      expect(result.started).toBe(result.planned)
      expect(result.history).toHaveLength(result.started)
      expect(result.history.every(({ lateMs = -1 }) => lateMs >= 0)).toBe(true)
      expect(result.busiestSecond.started).toBeGreaterThan(0)
      const firstMs = Math.min(...result.history.map(({ startedMs }) => startedMs))
      expect(Math.abs(result.firstArrivalMs - firstMs)).toBeLessThan(250)
      expect(result.cpuMicros).toBeGreaterThan(0)
    }
    expect(k6.seen).toEqual(simulator.seen)
    expect(outcomes(k6)).toEqual(outcomes(simulator))
  })

  test('send the same crowd by a curve of its own', async () => {
    const stages = [
      { durationSeconds: 0, targetRate: 20 },
      { durationSeconds: 0.5, targetRate: 20 },
      { durationSeconds: 0.5, targetRate: 60 },
    ]
    const k6 = await run('k6', 'smoke', { stages })
    const simulator = await run('simulator', 'smoke', { stages })
    expect([k6.planned, k6.started]).toEqual([30, 30])
    expect(k6.seen).toEqual(simulator.seen)
    expect(outcomes(k6)).toEqual(outcomes(simulator))
  })

  test('retry alike when the shop tells them to', async () => {
    const clientPolicy = 'attempts=4;backoff=none;key=new'
    const k6 = await run('k6', 'smoke', { clientPolicy })
    const simulator = await run('simulator', 'smoke', { clientPolicy })
    expect(k6.seen).toEqual(simulator.seen)
    expect(k6.seen.some((line) => /-o-4 4$/.test(line))).toBe(true)
    expect(outcomes(k6)).toEqual(outcomes(simulator))
  })

  test('bad settings are an error that names the variable', async () => {
    const entries = await readdir(join(import.meta.dir, '../../loadtests/k6'))
    const scripts = entries.filter((name) => name.endsWith('.ts') && name !== 'driver.ts')
    expect(scripts).toHaveLength(Object.keys(scenarios).length + [partnerRush].length)
    for (const script of scripts) {
      const child = Bun.spawn([k6Path ?? '', 'run', '--quiet', join('loadtests/k6', script)], {
        cwd: join(import.meta.dir, '..', '..'),
        env: { HOME: tmpdir(), STAMPEDE_TARGET: 'http://example.com:80' },
        stdout: 'ignore',
        stderr: 'pipe',
      })
      expect(await child.exited).not.toBe(0)
      expect(await child.stderr.text()).toContain('STAMPEDE_TARGET must be http://127.0.0.1:PORT')
    }
  })
})

/** Index and end of every journey, keys and numbers included, times left out. */
function outcomes({ history }: Run) {
  return history
    .map(({ startedMs: _s, lateMs: _l, endedMs: _e, checkoutMs: _c, ...rest }) => ({
      ...rest,
      topUp: rest.topUp && [rest.topUp.keys, rest.topUp.outcome, rest.topUp.amountMinor],
      order: rest.order?.keys,
      payment: rest.payment?.outcome,
      kept: rest.kept?.map(({ askedMs: _a, answeredMs: _d, ...shown }) => shown),
    }))
    .sort((a, b) => a.index - b.index)
}
