import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { run } from '../lab/processes/run.ts'
import { scratchFolder } from '../lab/testing/scratch.ts'
import { commands } from './commands.ts'

const folder = await scratchFolder()

const cli = (...words: string[]) =>
  run([process.execPath, '--no-env-file', join(import.meta.dir, 'main.ts'), ...words])

describe('the command line', () => {
  test.each([
    [['--help'], 0, Object.keys(commands).join('|')],
    [[], 0, 'USAGE'],
    [['rehearse', '--help'], 0, '--scenario'],
    [['rehearse', '--rate', 'x', '--help'], 0, '--scenario'],
    [['--version'], 0, '0.'],
  ])('%j answers', async (words, code, text) => {
    const outcome = await cli(...words)
    expect(outcome.out).toContain(text)
    expect(outcome.out).not.toContain('\u001b')
    expect([outcome.code, outcome.err]).toEqual([code, ''])
  })

  test.each([
    [['reherse'], "did you mean 'rehearse'?"],
    [['--hlep'], "did you mean '--help'?"],
    [['doctor', '--jsn'], "did you mean '--json'?"],
    [['docs', 'now'], "did not expect 'now'"],
    [['rehearse', '--rate', '0'], '--rate: '],
  ])('%j is refused with exit 4 and without a stack', async (words, text) => {
    const outcome = await cli(...words)
    expect(outcome.err).toContain(text)
    expect(outcome.err.trim().split('\n').length).toBe(1)
    expect([outcome.code, outcome.out]).toEqual([4, ''])
  })
})

describe('an unexpected error is no verdict: exit 70, with its stack', () => {
  test.each([
    ['of the command', 'throw error()'],
    ['that nothing awaits', 'setTimeout(() => { throw error() }, 0)'],
    ['of a promise', 'void Promise.reject(error())'],
  ])('%s', async (_, statement) => {
    const script = `const error = () => new Error('odd machine')
      Bun.which = () => { ${statement}; return null }`
    const preload = join(folder, 'preload.ts')
    await Bun.write(preload, script)
    const main = join(import.meta.dir, 'main.ts')
    const command = [process.execPath, '--no-env-file', '--preload', preload, main, 'doctor']
    const { code, err } = await run(command)
    expect(code).toBe(70)
    expect(err).toContain('odd machine')
    expect(err).toContain('stampede: this is an unexpected error, no verdict (70)')
  })
})
