import { describe, expect, test } from 'bun:test'
import { scratchFolder } from '../../../lab/testing/scratch.ts'
import { commitOf } from './other-tree.ts'

describe('a git ref', () => {
  test('is a commit', async () => {
    expect(await commitOf('HEAD')).toMatch(/^[0-9a-f]{40}$/)
    expect(await commitOf('HEAD~1')).not.toBe(await commitOf('HEAD'))
  })

  test.each(['no-such-branch', 'HEAD:README.md', '--all', '', 'a b'])(
    '%p is none: refused before anything starts',
    async (ref) => {
      await expect(commitOf(ref)).rejects.toMatchObject({ name: 'UserError', exitCode: 4 })
    },
  )

  test('where there is no git checkout is refused, with git’s own words', async () => {
    const outside = await scratchFolder()
    const refusal = { exitCode: 4, message: expect.stringContaining('--against HEAD') }
    await expect(commitOf('HEAD', outside)).rejects.toMatchObject(refusal)
  })
})
