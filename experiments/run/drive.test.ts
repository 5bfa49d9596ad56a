import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { scratchFolder } from '../../lab/testing/scratch.ts'
import { spawnForTest } from '../../lab/testing/spawn-for-test.ts'
import { startFakeShop } from '../../loadtests/testing/fake-shop.ts'
import { type DriveOptions, drive } from './drive.ts'
import { readAccount, readHistory } from './driver-files.ts'

const directory = await scratchFolder()
const refusedDirectory = await scratchFolder()

const usual: Omit<DriveOptions, 'target'> = {
  driver: 'simulator',
  scenario: 'smoke',
  seed: 3,
  rate: 400,
  durationSeconds: 600,
  keyPrefix: 'drive',
  users: 50,
  directory,
  spawn: spawnForTest,
}

test('the simulator ends on SIGTERM with every journey it started in the history', async () => {
  const shop = startFakeShop()
  const { pid, done } = await drive({ ...usual, target: shop.target })
  await shop.hasSeen(60)
  process.kill(pid, 'SIGTERM')
  const { history, started, planned, dropped, cpuMicros, exitCode } = await done
  await shop.stop()
  expect(exitCode).toBe(0)
  expect(planned).toBe(240_000)
  expect(dropped).toBe(planned - started)
  const indices = history.map(({ index }) => index).sort((a, b) => a - b)
  expect(indices).toEqual(Array.from({ length: started }, (_, index) => index))
  expect(history.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(shop.seen.length)
  const keys = history.flatMap(({ order, payment }) =>
    [order, payment].flatMap((it) => it?.keys ?? []),
  )
  // A double click sends a key twice: how many journeys began in time decides if there was one.
  const seenKeys = new Set(shop.seen.map((line) => line.split(' ').at(-2) ?? ''))
  seenKeys.delete('-')
  expect([...seenKeys].sort()).toEqual(keys.sort())
  expect(cpuMicros).toBeGreaterThan(0)
})

test('a driver that refuses its settings is an error with its own words', async () => {
  const target = 'http://192.0.2.1:80'
  const { done } = await drive({ ...usual, target, directory: refusedDirectory })
  const words = 'simulator ended with code 4: STAMPEDE_TARGET must be http://127.0.0.1:PORT'
  await expect(done).rejects.toThrow(words)
})

test('the files of one drive are never taken for those of another', async () => {
  const again = drive({ ...usual, target: 'http://127.0.0.1:9', directory: refusedDirectory })
  await expect(again).rejects.toThrow('is left from an earlier drive')
})

test('a history with a broken line is refused; one cut off is read up to there', async () => {
  const path = join(directory, 'broken.jsonl')
  await Bun.write(path, '{"index":0,"outcome":"paid"}\n{"index":1,"outc')
  expect(await readHistory(path)).toHaveLength(1)
  await Bun.write(path, '{"index":0,"outcome":"paid"}\n{"index":1,"outc\n')
  await expect(readHistory(path)).rejects.toThrow('broken.jsonl:2 is not a journey')
  expect(await readHistory(join(directory, 'none.jsonl'))).toEqual([])
})

test.each([
  ['k6', '{"results":{"metrics":[{"name":"stampede_started","values":{"count":7}}]}}', 7],
  ['k6', '{"results":{"metrics":[]}}', 0],
  ['k6', '{"metrics":{"stampede_started":{"count":7,"rate":1}}}', 7],
  ['k6', '{"metrics":{"stampede_started":{"values":{"count":7}}}}', 7],
  ['simulator', '{"started":7}', 7],
] as const)('%s says in %s that it started %d', async (driver, text, started) => {
  const path = join(directory, 'summary.json')
  await Bun.write(path, text)
  expect(await readAccount(driver, path)).toMatchObject({ started })
})

test.each(['', '{', '{}', 'null', '{"results":{}}'])('%p is no summary', async (text) => {
  const path = join(directory, 'summary.json')
  await Bun.write(path, text)
  await expect(readAccount('k6', path)).rejects.toThrow('is not a summary')
})
