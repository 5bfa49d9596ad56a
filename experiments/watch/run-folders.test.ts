import { beforeEach, expect, test } from 'bun:test'
import { mkdir, readdir, readlink, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { dataFolder } from '../../lab/servers/prometheus.ts'
import { scratchFolder } from '../../lab/testing/scratch.ts'
import { findRun, keptRuns, linkLatest, newRunFolder, pruneUps, runName } from './run-folders.ts'

const root = await scratchFolder()
beforeEach(() => rm(root, { recursive: true, force: true }))

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute))

/** A run of that minute, and its metrics if it was watched. */
async function run(kind: Parameters<typeof newRunFolder>[0], minute: number, isWatched = true) {
  const folder = newRunFolder(kind, at(minute), root)
  await mkdir(isWatched ? dataFolder(folder) : folder, { recursive: true })
  await linkLatest(folder, root)
  return folder
}

test('`latest` points to the newest run of its kind, by a relative path', async () => {
  await run('rehearsal', 1)
  const second = await run('rehearsal', 2)
  await run('up', 3)
  expect(await readlink(join(root, 'rehearsals/latest'))).toBe(runName(second))
  expect((await readdir(join(root, 'rehearsals'))).sort()).toEqual([
    '2026-01-01T00-01-00.000Z',
    '2026-01-01T00-02-00.000Z',
    'latest',
  ])
})

test('a folder that --out named gets no link', async () => {
  const folder = join(root, 'elsewhere/mine')
  await mkdir(folder, { recursive: true })
  await linkLatest(folder, root)
  expect(await readdir(join(root, 'elsewhere'))).toEqual(['mine'])
})

test('the link is no run of its own; the newest run comes first', async () => {
  const first = await run('rehearsal', 1)
  const second = await run('up', 2)
  await run('reproduction', 3, false)
  expect(await keptRuns(root)).toEqual([second, first].map(runName))
})

test('a run is found by its name, as `latest` and by its path', async () => {
  const older = await run('up', 1)
  const newest = await run('rehearsal', 2)
  await run('rehearsal', 3, false)
  expect(await findRun('latest', root)).toBe(newest)
  expect(await findRun(runName(older), root)).toBe(older)
  expect(await findRun(older, root)).toBe(older)
})

test('a run that is not there is refused with those that are', async () => {
  await expect(findRun('latest', root)).rejects.toThrow('there is none yet')
  for (let minute = 0; minute < 12; minute += 1) await run('up', minute)
  const refused = findRun('no-such-run', root)
  await expect(refused).rejects.toThrow('there are:\n  2026-01-01T00-11-00.000Z')
  await expect(findRun('no-such-run', root)).rejects.toThrow('and 2 older ones')
})

test('old metrics of `up` are pruned; the link and its target stay', async () => {
  for (let minute = 0; minute < 4; minute += 1) await run('up', minute)
  await run('rehearsal', 0)
  await pruneUps(2, root)
  const kept = ['2026-01-01T00-02-00.000Z', '2026-01-01T00-03-00.000Z']
  expect((await readdir(join(root, 'ups'))).sort()).toEqual([...kept, 'latest'])
  expect(await readlink(join(root, 'ups/latest'))).toBe('2026-01-01T00-03-00.000Z')
  expect(await keptRuns(root)).toHaveLength(3)
})
