import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SpawnedProcess, spawnProcess } from '../server/spawn-process.ts'
import { tokenForTest } from '../server/testing/app-for-test.ts'
import { describeLive, withWorld } from '../server/testing/fixtures.ts'

const root = join(import.meta.dir, '..')
const guide = await Bun.file(join(root, 'docs/how-to/drive-chaos-with-curl.md')).text()
const blocks = [...guide.matchAll(/```sh\n(.*?)```/gs)].map(([, block = '']) => block)

describeLive('drive-chaos-with-curl.md', ['TEST_DATABASE_URL'], () => {
  const world = withWorld('how-to')
  let server: SpawnedProcess
  const folder = mkdtempSync(join(tmpdir(), 'chaos-how-to-'))
  const tokenFile = join(folder, 'token')
  beforeAll(async () => {
    const closedPort = 'http://127.0.0.1:1'
    server = await spawnProcess(join(root, 'server/main.ts'), {
      DATABASE_URL: world.databaseUrl,
      REDIS_URL: 'redis://127.0.0.1:9',
      TICKETS_URL: closedPort,
      BANK_URL: closedPort,
      CHAOS_TOKEN: tokenForTest,
    })
  })
  afterAll(async () => {
    server.kill('SIGTERM')
    expect(await server.exited).toBe(0)
    rmSync(folder, { recursive: true })
  })

  test('has commands, none of which shows the token to other users', () => {
    expect(blocks.length).toBeGreaterThan(4)
    expect(blocks.filter((block) => /curl[^|]*CHAOS_TOKEN/s.test(block))).toEqual([])
  })

  test('every command of the page works', async () => {
    const outputs: string[] = []
    for (const block of blocks) {
      const child = Bun.spawn(['sh', '-euc', block], {
        env: {
          PATH: process.env.PATH ?? '',
          SHOP: server.url,
          CHAOS_TOKEN: tokenForTest,
          TOKEN_FILE: tokenFile,
        },
        stdin: 'ignore',
        stdout: 'pipe',
        stderr: 'pipe',
        timeout: 10_000,
        killSignal: 'SIGKILL',
      })
      const [out, error] = [await child.stdout.text(), await child.stderr.text()]
      expect([block, await child.exited, error]).toEqual([block, 0, ''])
      outputs.push(out)
    }
    const [, list, storm, slow, metrics, off, refused] = outputs
    expect(JSON.parse(list ?? '')).toHaveProperty('faults')
    expect(storm).toContain('x-client-policy: attempts=5;timeout-ms=300;backoff=none')
    expect(slow).toContain('"active":true')
    expect(metrics).toContain('stampede_fault_active{fault="slow-query",arm="after"} 1')
    expect(off).not.toContain('"active":true')
    expect(refused).toContain('"code":"invalid-fault"')
  })
})
