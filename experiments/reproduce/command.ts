import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeWhole } from '../report/files.ts'
import { type Experiment, runExperiment } from '../run/experiment.ts'
import { runPieces } from '../run/pieces.ts'
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
 * @throws UserError when a server is unavailable
 */
export async function reproduce(options: ReproduceOptions): Promise<number> {
  // Its crowds are the simulator's: no figure of a source depends on k6.
  return await runExperiment({ ...options, driver: 'simulator' }, async (experiment) => {
    const report = await measureAll(experiment, options)
    const folder = experiment.folder('reproduction')
    await write(folder, report)
    console.log(renderTerminal(report))
    console.log(`Report: ${join(folder, 'report.html')}`)
    return report.verdict
  })
}

async function measureAll(
  experiment: Experiment,
  options: ReproduceOptions,
): Promise<ReproduceReport> {
  const { seed, quick } = options
  const testBed: ReproduceRig = { ...(await experiment.testBed()), quick, seed }
  const versions = await experiment.environment(testBed, 'in process')
  const sources: ReproduceReport['sources'] = []
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
  const startedAt = experiment.startedAt.toISOString()
  return { verdict, startedAt, seed, quick, versions, sources, lost }
}

const chosen = ({ sources }: ReproduceOptions) =>
  reproductions.filter(({ name }) => sources.length === 0 || sources.includes(name))

async function write(folder: string, report: ReproduceReport): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeWhole(join(folder, 'report.html'), await renderHtml(report))
  await writeWhole(join(folder, 'report.md'), renderMarkdown(report))
  await writeWhole(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
}
