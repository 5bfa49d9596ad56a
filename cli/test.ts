import { readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Glob } from 'bun'
import { z } from 'zod'
import { ifAbsent } from '../lab/if-absent.ts'
import { startChild } from '../lab/processes/child.ts'
import { run } from '../lab/processes/run.ts'
import { openSession, type Session } from '../lab/processes/session.ts'
import { runStep } from '../lab/progress.ts'
import { type Databases, openDatabases, openDatabasesOfArms } from '../lab/servers/databases.ts'
import type { ServerOptions } from '../lab/servers/engine.ts'
import type { ToolName } from '../lab/tools/catalogue.ts'
import { resolveTool } from '../lab/tools/resolve.ts'
import { exitCodes, UserError } from '../lab/user-error.ts'
import { engineOf, engineTitles } from '../server/db/engine.ts'
import { defineCommand } from './command.ts'
import { databaseFlag, installFlag } from './flags.ts'
import { readFailures, readTally } from './junit.ts'

const root = resolve(import.meta.dir, '..')
const checkMsMax = 300_000
/**
 * One more than a small machine has cores: a test often waits for another process. With four, on a
 * slow one, processes did not run for a second at a time, and what has a deadline missed it.
 */
const workers = 3
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
  const options = { session, folder: root, timeoutMs: checkMsMax }
  const outcomes = await runStep('lint and types', () =>
    Promise.all(
      Object.entries(checks).map(async ([name, command]) => ({
        name,
        ...(await run([process.execPath, ...command], options)),
      })),
    ),
  )
  for (const { name, code } of outcomes) console.log(`${name}: ${code === 0 ? 'good' : 'failed'}`)
  const failed = outcomes.filter(({ code }) => code !== 0)
  for (const { out, err } of failed) console.log(out + err)
  return failed.map(({ name }) => name)
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

/** Variables of the tests that need a tool; a missing one is fetched, or else printed. */
async function toolVariables(session: Session, install: boolean) {
  const variables = {
    TEST_K6: await optional(session, 'k6', install),
    TEST_COMPOSE: await optional(session, 'compose', install),
  }
  await optional(session, 'prometheus', install)
  return variables
}

/** Live tests of what speaks SQL: they run on MySQL too. */
async function testsOfSql(): Promise<string[]> {
  const paths = await Array.fromAsync(
    new Glob('{server,audit,chaos,deploy}/**/*.live.test.ts').scan(root),
  )
  const texts = await Promise.all(paths.map((path) => Bun.file(join(root, path)).text()))
  const isOfSql = (text = '') => /TEST_DATABASE_URL|withWorld/.test(text)
  return paths.filter((_, index) => isOfSql(texts[index])).map((path) => `./${path}`)
}

interface Pass {
  files: string[]
  databases: Databases
  variables: Record<string, string | undefined>
}

interface PassOutcome {
  title: string
  isGood: boolean
  /** The failures' messages and the counts: what the last lines of the whole run repeat. */
  summary: string[]
}

/** Runs test files on one database server. */
async function runPass(
  session: Session,
  { files, databases, variables }: Pass,
): Promise<PassOutcome> {
  const version = databases.databaseVersion
  const engine = engineOf(version)
  const report = join(session.folder, `junit-${engine}.xml`)
  const limits = [`--parallel=${workers}`, `--timeout=${testMsMax}`]
  // They take 25 minutes, and run where they are asked for.
  const later = files.length > 0 ? [] : ['--path-ignore-patterns=experiments/faults/**']
  const reporter = ['--reporter=junit', `--reporter-outfile=${report}`]
  const child = await startChild(session, {
    name: `tests-${engine}`,
    command: [process.execPath, 'test', ...limits, ...later, ...reporter, ...files],
    folder: root,
    inherit: true,
    // Tests read variables of their own, and compare what they would pass on.
    environment: {
      ...process.env,
      ...variables,
      TEST_DATABASE_URL: databases.databaseUrl,
      TEST_REDIS_URL: databases.redisUrl,
      DATABASE_URL: undefined,
      REDIS_URL: undefined,
    },
  })
  const code = await child.exited
  const junit = await readFile(report, 'utf8').catch(ifAbsent(''))
  await rm(report, { force: true })
  const { passed, failed, skipped } = readTally(junit) ?? { passed: 0, failed: 0, skipped: 0 }
  const summary = readFailures(junit)
  if (code !== 0 && failed === 0) summary.push(`the test runner ended with code ${code}`)
  const counts = `${passed} passed, ${failed} failed, ${skipped} skipped`
  summary.push(`on ${engineTitles[engine]} ${version}: ${counts}`)
  const isGood = code === 0 && passed > 0 && failed === 0
  return { title: engineTitles[engine], isGood, summary }
}

/** The second server of a whole run; null where it is the first, or is not available. */
async function openMySql(session: Session, first: Databases, install: boolean) {
  if (engineOf(first.databaseVersion) === 'mysql') return null
  try {
    const [own] = await openDatabasesOfArms(session, ['mysql'], { database: 'mysql', install })
    return own ?? null
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    console.log(`the tests on MySQL are skipped: ${error.message}`)
    return null
  }
}

/**
 * Prints what all passes found only after the last one, so that a log that is cut to its end
 * still names every failure.
 * @returns the names of what failed
 */
async function runAll(session: Session, files: string[], servers: ServerOptions) {
  const isWhole = files.length === 0
  const failed = isWhole ? await runChecks(session) : []
  const databases = await openDatabases(session, servers)
  const variables = await toolVariables(session, servers.install)
  const passes = [await runPass(session, { files, databases, variables })]
  if (isWhole && !servers.database) {
    const mysql = await openMySql(session, databases, servers.install)
    const ofSql = await testsOfSql()
    if (mysql) passes.push(await runPass(session, { files: ofSql, databases: mysql, variables }))
  }
  for (const { title, isGood, summary } of passes) {
    console.log(summary.join('\n'))
    if (!isGood) failed.push(`tests on ${title}`)
  }
  return failed
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
    database: {
      ...databaseFlag.database,
      help: 'run on this server only; default mariadb, and then what speaks SQL on mysql too',
    },
    ...installFlag,
  },
  run: async ({ files, ...servers }) => {
    const session = await openSession()
    try {
      const failed = await runAll(session, files, servers)
      console.log(failed.length > 0 ? `failed: ${failed.join(', ')}` : 'passed')
      return failed.length > 0 ? exitCodes.broken : exitCodes.asExpected
    } finally {
      await session.close()
    }
  },
})
