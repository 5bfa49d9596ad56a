import { expect, test } from 'bun:test'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isWritable, stateFolderOf } from './state-folder.ts'
import { scratchFolder } from './testing/scratch.ts'

const folder = await scratchFolder()

test('a checkout of the user keeps its own state', () => {
  expect(stateFolderOf(folder)).toBe(join(folder, '.stampede'))
})

test('without a folder to write in, it is one of the user, for this checkout only', async () => {
  // No folder, not even for root.
  const own = { XDG_STATE_HOME: '/state', HOME: '/home/someone' }
  const [one, other] = [stateFolderOf('/dev/null/a', own), stateFolderOf('/dev/null/b/a', own)]
  expect(one).toMatch(/^\/state\/stampede\/a-\w+$/)
  expect(other).not.toBe(one)
  expect(stateFolderOf('/dev/null/a', { HOME: '/home/someone' })).toStartWith(
    '/home/someone/.local/state/stampede/a-',
  )
})

test('a folder that is absent is writable where it could be made', async () => {
  await mkdir(join(folder, 'there'))
  expect(['there', 'there/a/b'].map((name) => isWritable(join(folder, name)))).toEqual([true, true])
  expect(isWritable('/dev/null/a/b')).toBe(false)
})
