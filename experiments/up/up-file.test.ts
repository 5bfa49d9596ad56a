import { expect, test } from 'bun:test'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { startTime } from '../../lab/processes/start-time.ts'
import { scratchFolder } from '../../lab/testing/scratch.ts'
import { fixtureUp } from '../testing/fixture-up.ts'
import { curlFileOf, readUp, removeUp, writeUp } from './up-file.ts'

const folder = await scratchFolder()
const path = join(folder, 'state', 'up.json')

const up = { ...fixtureUp, pid: process.pid, processStart: await startTime(process.pid) }

test('is read back, by its owner only, and written once', async () => {
  expect(await readUp(path)).toBeNull()
  await writeUp(up, path)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect((await stat(curlFileOf(path))).mode & 0o777).toBe(0o600)
  expect(await Bun.file(curlFileOf(path)).text()).toContain(`Bearer ${up.token}"`)
  expect(await readUp(path)).toEqual(up)
  await expect(writeUp(up, path)).rejects.toThrow('another up was faster')
  await removeUp(path)
  expect(await readUp(path)).toBeNull()
  expect(await Bun.file(curlFileOf(path)).exists()).toBe(false)
})

test.each([
  ['a process that is gone', { ...up, processStart: 'long ago' }],
  ['another process with the pid', { ...up, pid: 1 }],
  ['nonsense', {}],
])('of %s it says nothing and is removed', async (_, content) => {
  await Bun.write(path, JSON.stringify(content))
  expect(await readUp(path)).toBeNull()
  expect(await Bun.file(path).exists()).toBe(false)
})
