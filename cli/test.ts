import { readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { ifAbsent } from '../lab/if-absent.ts'
import { startChild } from '../lab/processes/child.ts'
import { run } from '../lab/processes/run.ts'
import { openSession, type Session } from '../lab/processes/session.ts'
import { runStep } from '../lab/progress.ts'
import { openDatabases } from '../lab/servers/databases.ts'
import type { ToolName } from '../lab/tools/catalogue.ts'
import { resolveTool } from '../lab/tools/resolve.ts'
import { exitCodes, UserError } from '../lab/user-error.ts'
import { defineCommand } from './command.ts'
import { installFlag } from './flags.ts'
import { readFailures, readTally } from './junit.ts'

const root = resolve(import.meta.dir, '..')
const checkMsMax = 300_000
const workers = 2
/** Ends a test that hangs; generous, since a busy machine takes several times as long. */
const testMsMax = 30_000

/** Lint, format and types. Prints the output of the checks that failed and returns their names. */
async function runChecks(session: Session): Promise<string[]> {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const checks: Record<string, string[]> = {
    'biome check': [biome, 'check', '--error-on-warnings', '.'],
    types: [tsc, '--noEmit'],
    'types of the k6 scripts': [tsc, '--noEmit', '-p', 'loadtests/k6'],
    'types of the browser code': [tsc, '--noEmit', '-p', 'console/browser'],
  }
  const failed: string[] = []
  for (const [name, command] of Object.entries(checks)) {
    const options = { session, folder: root, timeoutMs: checkMsMax }
    const outcome = await runStep(name, () => run([process.execPath, ...command], options))
    console.log(`${name}: ${outcome.code === 0 ? 'good' : 'failed'}`)
    if (outcome.code === 0) continue
    console.log(outcome.out + outcome.err)
    failed.push(name)
  }
  return failed
}

/** The path of a tool that only some tests need; undefined if it is not available. */
async function optional(session: Session, name: ToolName, install: boolean) {
  try {
    return (await resolveTool(session, name, { install })).path
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    console.log(`tests that need ${name} are skipped: ${error.message}`)
    return undefined
  }
}

async function runTests(session: Session, files: string[], install: boolean) {
  const databases = await openDatabases(session, { install })
  const k6 = await optional(session, 'k6', install)
  const compose = await optional(session, 'compose', install)
  await optional(session, 'prometheus', install)
  const report = join(session.folder, 'junit.xml')
  const limits = [`--parallel=${workers}`, `--timeout=${testMsMax}`]
  const reporter = ['--reporter=junit', `--reporter-outfile=${report}`]
  const child = await startChild(session, {
    name: 'tests',
    command: [process.execPath, 'test', ...limits, ...reporter, ...files],
    folder: root,
    inherit: true,
    // Tests read variables of their own, and compare what they would pass on.
    environment: {
      ...process.env,
      TEST_DATABASE_URL: databases.databaseUrl,
      TEST_REDIS_URL: databases.redisUrl,
      TEST_K6: k6,
      TEST_COMPOSE: compose,
      DATABASE_URL: undefined,
      REDIS_URL: undefined,
    },
  })
  const code = await child.exited
  const junit = await readFile(report, 'utf8').catch(ifAbsent(''))
  await rm(report, { force: true })
  return { code, tally: readTally(junit), failures: readFailures(junit) }
}

export default defineCommand({
  name: 'test',
  description: 'lint, check types and run every test, on private servers',
  flags: {
    files: {
      words: 'many',
      hint: '…',
      help: 'run only these, without lint and types',
      value: z.array(z.string()).default([]),
    },
    ...installFlag,
  },
  run: async ({ files, install }) => {
    const session = await openSession()
    try {
      const failedChecks = files.length > 0 ? [] : await runChecks(session)
      const { code, tally, failures } = await runTests(session, files, install)
      const { passed, failed, skipped } = tally ?? { passed: 0, failed: 0, skipped: 0 }
      const good = code === 0 && failedChecks.length === 0 && passed > 0 && failed === 0
      for (const failure of failures) console.log(failure)
      if (failedChecks.length > 0) console.log(`failed: ${failedChecks.join(', ')}`)
      if (code !== 0 && failed === 0) console.log(`the test runner ended with code ${code}`)
      console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
      return good ? exitCodes.asExpected : exitCodes.broken
    } finally {
      await session.close()
    }
  },
})
