import type { ServerOptions } from '../../lab/servers/engine.ts'
import type { LoadShape } from '../../loadtests/jmeter/shapes.ts'
import { writeReport } from '../report/write.ts'
import { type Experiment, runExperiment } from '../run/experiment.ts'
import { runPieces } from '../run/pieces.ts'
import { comparisonsOf, verdictOf } from './comparison.ts'
import type { SourceTestBed } from './measurement.ts'
import { reproductions } from './registry.ts'
import { type SourceName, sourceNames, sources } from './sources/sources.ts'
import { type ReproduceReport, sourcesDocument } from './sources-document.ts'

/** What `./stampede reproduce` was asked for. */
export interface ReproduceOptions extends ServerOptions {
  /** None = all of them. */
  sources: SourceName[]
  quick: boolean
  seed: number
  /** Of JMeter’s plan in S5. */
  loadShapes: LoadShape[]
  /** Absolute path of the report's folder; undefined = a folder of the run's own. */
  out: string | undefined
}

/**
 * Sets up what the sources describe, runs it, and prints their figures beside ours.
 * @returns the exit code: 0 as expected, 1 data broke that must not, 2 another design won here than
 * there, 3 a source could not be run to its end or a winner was not decided
 * @throws UserError when a server is unavailable
 */
export async function reproduce(options: ReproduceOptions): Promise<number> {
  // Its crowds are the simulator's: no figure of a source depends on k6.
  return await runExperiment({ ...options, driver: 'simulator' }, async (experiment) => {
    const report = await measureAll(experiment, options)
    const folder = experiment.folder('reproduction')
    const document = sourcesDocument(report)
    await experiment.show(document, folder, () => writeReport(folder, document, report))
    return report.verdict
  })
}

async function measureAll(
  experiment: Experiment,
  { seed, quick, loadShapes, sources: names }: ReproduceOptions,
): Promise<ReproduceReport> {
  const testBed: SourceTestBed = { ...(await experiment.testBed()), quick, seed, loadShapes }
  const versions = await experiment.environment(testBed, 'in process')
  const found: ReproduceReport['sources'] = []
  const lost = await runPieces(
    'reproducing',
    sourceNames.filter((name) => names.length === 0 || names.includes(name)),
    async (name, advance) => {
      const outcome = await reproductions[name](testBed, advance)
      // What cannot be compared is lost with its source, not with the report.
      comparisonsOf(outcome.rows)
      return outcome
    },
    (outcome, name) => found.push({ name, ...sources[name], ...outcome }),
  )
  const verdict = verdictOf(found, lost, quick)
  const startedAt = experiment.startedAt.toISOString()
  return { verdict, startedAt, seed, quick, loadShapes, versions, sources: found, lost }
}
