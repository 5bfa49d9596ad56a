import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SpawnedProcess, spawnProcess } from '../server/spawn-process.ts'
import { tokenForTest } from '../server/testing/app-for-test.ts'
import { describeLive, withWorld } from '../server/testing/fixtures.ts'

const root = join(import.meta.dir, '..')
const blocksOf = async (page: string): Promise<string[]> => {
  const text = await Bun.file(join(root, 'docs/how-to', page)).text()
  return [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, block = '']) => block)
}
const pages = {
  chaos: await blocksOf('drive-chaos-with-curl.md'),
  flags: await blocksOf('move-a-running-shop.md'),
}

describeLive('the pages that speak to a server by curl', ['TEST_DATABASE_URL'], () => {
  const world = withWorld('how-to')
  let server: SpawnedProcess
  const folder = mkdtempSync(join(tmpdir(), 'how-to-'))
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
  }, 60_000)
  afterAll(async () => {
    server.kill('SIGTERM')
    expect(await server.exited).toBe(0)
    rmSync(folder, { recursive: true })
  }, 60_000)

  /** What each block prints, run as a reader would. */
  async function outputsOf(blocks: readonly string[]): Promise<string[]> {
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
    return outputs
  }

  test.each(Object.values(pages))('have commands, none of which shows the token', (...blocks) => {
    expect(blocks.length).toBeGreaterThan(4)
    expect(blocks.filter((block) => /curl[^|]*CHAOS_TOKEN/s.test(block))).toEqual([])
  })

  test('every command of drive-chaos-with-curl.md works', async () => {
    const [, list, storm, slow, aimed, metrics, leased, history, off, refused] = await outputsOf(
      pages.chaos,
    )
    expect(JSON.parse(list ?? '')).toHaveProperty('faults')
    expect(storm).toContain('x-client-policy: attempts=5;timeout-ms=300;backoff=none')
    expect(slow).toContain('"active":true')
    expect(aimed).toContain('"item":"3"')
    expect(metrics).toContain('stampede_fault_active{fault="slow-query",arm="after"} 1')
    expect(leased).toContain('{"faults":["bank"]}')
    expect(history).toContain('"change":"released"')
    expect(history).toContain('event: change')
    expect(off).not.toContain('"active":true')
    expect(refused).toContain('"code":"invalid-fault"')
  }, 60_000)

  test('every command of move-a-running-shop.md works, one after the other', async () => {
    const [, ...answers] = await outputsOf(pages.flags)
    const history = JSON.parse(answers.pop() ?? '')
    expect(answers.map((text) => JSON.parse(text).epoch)).toEqual([0, 1, 2, 3, 4])
    expect(history.changes.map(({ by }: { by: string }) => by)).toEqual(Array(4).fill('kim'))
    expect(JSON.parse(answers.at(-1) ?? '').current).toContain('dispatch=chosen')
  }, 60_000)
})
