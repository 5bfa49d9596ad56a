import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { startFakeShop } from '../loadtests/testing/fake-shop.ts'

const k6 = Bun.env.TEST_K6
if (!k6) console.log('skipped: k6 by hand (TEST_K6 names no k6)')

describe.skipIf(!k6)('k6-by-hand.ts', () => {
  test('runs, and every customer gets an answer that is right', async () => {
    const shop = startFakeShop()
    const script = join(import.meta.dir, 'k6-by-hand.ts')
    const child = Bun.spawn([k6 ?? '', 'run', '--quiet', script], {
      env: { ...process.env, STAMPEDE_TARGET: shop.target },
      stdout: 'pipe',
      stderr: 'pipe',
    })
    const output = await new Response(child.stdout).text()
    expect([await child.exited, output]).toEqual([0, expect.stringContaining('checks_succeeded')])
    await shop.stop()
    expect(shop.seen.length).toBeGreaterThan(40)
  }, 30_000)
})
