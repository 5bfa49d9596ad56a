import { describe, expect, test } from 'bun:test'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../lab/processes/run.ts'
import { scratchFolder } from '../lab/testing/scratch.ts'
import { findProgram } from '../lab/tools/find.ts'
import { rulesFolder } from './rules.ts'

const promtool = await findProgram('promtool')
if (!promtool) console.log('skipped: unit tests of the rules (no promtool here or in the cache)')

const folder = await scratchFolder()

const ymlFiles = async (folder: string) =>
  (await readdir(folder)).filter((name) => name.endsWith('.yml')).map((name) => join(folder, name))

/** A busy machine takes many times the second or two of an idle one. */
const promtoolMsMax = 100_000
const testMsMax = 2 * promtoolMsMax

const ask = (command: string[]) => run([promtool ?? '', ...command], { timeoutMs: promtoolMsMax })

describe.skipIf(!promtool)('promtool', () => {
  test.each([
    ['finds every rule right', 'check', rulesFolder],
    [
      'sees each alert fire when it should, and not when it should not',
      'test',
      join(rulesFolder, 'tests'),
    ],
  ])(
    '%s',
    async (_, verb, files) => {
      const names = await ymlFiles(files)
      expect(names.length).toBeGreaterThan(0)
      const { code, out, err } = await ask([verb, 'rules', ...names])
      expect({ code, text: code === 0 ? '' : out + err }).toEqual({ code: 0, text: '' })
    },
    testMsMax,
  )

  test(
    'sees an alert that came too late',
    async () => {
      const rules = await readFile(join(rulesFolder, 'event.yml'), 'utf8')
      const tests = await readFile(join(rulesFolder, 'tests/causes.yml'), 'utf8')
      await writeFile(join(folder, 'event.yml'), rules.replaceAll('for: 5s', 'for: 5m'))
      await writeFile(join(folder, 'tests.yml'), tests.replaceAll('../event.yml', 'event.yml'))
      expect((await ask(['test', 'rules', join(folder, 'tests.yml')])).code).not.toBe(0)
    },
    testMsMax,
  )
})
