import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openSession, type Session } from '../../lab/processes/session.ts'
import { openDatabases } from '../../lab/servers/databases.ts'
import { resolveK6 } from '../../lab/tools/k6.ts'
import { exitCodeOf } from '../judge/judge.ts'
import { runPieces } from '../measure/pieces.ts'
import { writeWhole } from '../report/files.ts'
import { openArm } from '../run/arm.ts'
import { readEnvironment } from '../run/environment.ts'
import { newRunFolder } from '../watch/run-folders.ts'
import { reproductions } from './registry.ts'
import { renderHtml } from './report/html.ts'
import { renderMarkdown } from './report/markdown.ts'
import type { ReproduceReport } from './report/result.ts'
import { renderTerminal } from './report/terminal.ts'
import type { ReproduceRig, SourceName } from './reproduction.ts'
import { comparisonsOf, verdictOf } from './shape.ts'

/** What `./stampede reproduce` was asked for. */
export interface ReproduceOptions {
  /** None = all of them. */
  sources: SourceName[]
  quick: boolean
  seed: number
  /** Absolute path of the report's folder; undefined = a folder of the run's own. */
  out: string | undefined
  install: boolean
}

/**
 * Sets up what the sources describe, runs it, and prints their figures beside ours.
 * @returns the exit code: 0 as expected, 1 data broke that must not, 2 another design won here than
 * there, 3 a source could not be run to its end
 * @throws UserError when a server or tool cannot be had
 */
export async function reproduce(options: ReproduceOptions): Promise<number> {
  const session = await openSession()
  try {
    return await reproduceIn(session, options)
  } finally {
    await session.close()
  }
}

async function reproduceIn(session: Session, options: ReproduceOptions): Promise<number> {
  const { seed, quick } = options
  const startedAt = new Date()
  const { k6 } = await resolveK6(session, { ...options, driver: undefined })
  const databases = await openDatabases(session, options)
  const chaosToken = crypto.randomUUID()
  const testBed: ReproduceRig = {
    ...{ session, databases, chaosToken, k6Path: k6?.path },
    ...{ openArm, quick, seed },
  }
  const sources: ReproduceReport['sources'] = []
  const versions = await readEnvironment(databases, 'in process', session.folder)
  const lost = await runPieces(
    chosen(options),
    { name: ({ name }) => name, title: (name) => `reproducing ${name}` },
    async (source, progress) => {
      const outcome = await source.reproduce(testBed, (fraction) => progress.update(fraction))
      // What cannot be compared is lost with its source, not with the report.
      comparisonsOf(outcome.rows, seed)
      return outcome
    },
    (outcome, { name, title, told }) => sources.push({ name, title, told, ...outcome }),
  )
  const verdict = verdictOf(sources, lost, seed)
  const report: ReproduceReport = {
    ...{ verdict, startedAt: startedAt.toISOString(), seed, quick, versions, sources, lost },
  }
  const folder = options.out ?? newRunFolder('reproduction', startedAt)
  await write(folder, report)
  console.log(renderTerminal(report))
  console.log(`Report: ${join(folder, 'report.html')}`)
  return exitCodeOf(verdict)
}

const chosen = ({ sources }: ReproduceOptions) =>
  reproductions.filter(({ name }) => sources.length === 0 || sources.includes(name))

async function write(folder: string, report: ReproduceReport): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeWhole(join(folder, 'report.html'), await renderHtml(report))
  await writeWhole(join(folder, 'report.md'), renderMarkdown(report))
  await writeWhole(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
}
