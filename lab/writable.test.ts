import { expect, test } from 'bun:test'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { scratchFolder } from './testing/scratch.ts'
import { claimFolder, requireWritable } from './writable.ts'

const root = await scratchFolder()
await writeFile(join(root, 'file'), 'mine')

test('a new folder, also a deep one, is made and left empty', async () => {
  await claimFolder(join(root, 'a b/김'))
  expect(await readdir(join(root, 'a b/김'))).toEqual([])
  await claimFolder(join(root, 'a b/김'))
})

test.each(['report.json', 'history-before-1.jsonl', 'prometheus'])(
  'a folder that holds %s of an earlier run is refused',
  async (name) => {
    const folder = join(root, name)
    await mkdir(folder)
    await writeFile(join(folder, 'notes.txt'), '')
    await claimFolder(folder)
    await writeFile(join(folder, name), '')
    const claim = claimFolder(folder)
    await expect(claim).rejects.toMatchObject({ exitCode: 4 })
    await expect(claim).rejects.toThrow(`holds an earlier run (${name})`)
  },
)

test.each(['/proc/x', '/dev/null', '/dev/null/x'])('%s is no folder to write to', async (path) => {
  const claim = claimFolder(path)
  await expect(claim).rejects.toMatchObject({ exitCode: 4 })
  await expect(claim).rejects.toThrow(`--out: cannot write ${path}`)
})

test('a file is found writable without a change, or refused by the name of its flag', async () => {
  await requireWritable(join(root, 'file'))
  await requireWritable(join(root, 'new/deep.json'))
  expect(await Bun.file(join(root, 'file')).text()).toBe('mine')
  expect(await readdir(join(root, 'new'))).toEqual([])
  await expect(requireWritable(root)).rejects.toThrow('--json: ')
  await expect(requireWritable('/proc/x/y.json')).rejects.toThrow('--json: cannot write')
})
