import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { run } from '../lab/processes/run.ts'
import { commands } from './commands.ts'
import { readTally } from './test.ts'

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

describe('the closing line of the tests', () => {
  test.each([
    [
      '<testsuites name="bun test" tests="13" failures="2" skipped="1">',
      { passed: 10, failed: 2, skipped: 1 },
    ],
    [
      '<testsuites name="x" tests="0" failures="0" skipped="0">',
      { passed: 0, failed: 0, skipped: 0 },
    ],
    ['<testsuites name="x" tests="3">', null],
    ['', null],
  ])('%s', (junit, tally) => expect(readTally(junit)).toEqual(tally))
})
