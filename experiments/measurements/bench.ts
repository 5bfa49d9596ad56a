import type { ServerOptions } from '../../lab/servers/engine.ts'
import { unknownWord } from '../../lab/unknown-word.ts'
import { writeJson } from '../report/write.ts'
import { type Experiment, runExperiment } from '../run/experiment.ts'
import { runPieces } from '../run/pieces.ts'
import { say } from '../run/run-blocks.ts'
import { measureAgainst } from './against/against.ts'
import { commitOf, openOtherTree } from './against/other-tree.ts'
import { benchVerdict, figuresDocument } from './figures-document.ts'
import type { Figure } from './measurement.ts'
import { aboutK6, benchmarks } from './registry.ts'
import type { Advance } from './turns.ts'

/** What is compared with another commit where no benchmark is named: all would take hours. */
const usualAgainst = ['checkout']

/** What `./stampede bench` was asked for. */
export interface BenchOptions extends Pick<ServerOptions, 'database'> {
  /** Benchmarks by name; none = all, or `checkout` against another commit. */
  names: string[]
  /** Absolute path for the figures as JSON. */
  jsonFile: string | undefined
  /** Git ref of a commit to compare this checkout with; undefined = figures against floors. */
  against: string | undefined
}

/**
 * Runs benchmarks and holds their figures against the floors, or against another commit.
 * @returns the exit code: 0, 2 if a figure falls short, 3 if one could not be measured
 * @throws UserError (exit 4) for names that no benchmark has, and refs that git does not know
 */
export async function bench(options: BenchOptions): Promise<number> {
  const { names, jsonFile, database, against } = options
  const known = Object.keys(benchmarks)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) throw unknownWord('benchmark', unknown, known)
  const commit = against === undefined ? undefined : await commitOf(against)
  const usual = against === undefined ? known : usualAgainst
  const asked = names.length > 0 ? names : usual
  const driver = asked.some((name) => aboutK6.has(name)) ? undefined : 'simulator'
  return await runExperiment({ install: true, jsonFile, database, driver }, async (experiment) => {
    const versions = await experiment.environment(await experiment.testBed())
    const measure =
      against === undefined || commit === undefined
        ? atFloors(experiment)
        : await atOther(experiment, against, commit)
    const pieces = await measureAll(asked, measure)
    const found = { versions, ...pieces }
    experiment.print(figuresDocument(found, experiment.startedAt))
    if (jsonFile) await writeJson(jsonFile, found)
    return benchVerdict(found)
  })
}

type Measure = (name: string, advance: Advance) => Promise<Figure[]>

const atFloors =
  (experiment: Experiment): Measure =>
  async (name, advance) =>
    (await benchmarks[name]?.(experiment, advance)) ?? []

async function atOther(experiment: Experiment, ref: string, commit: string): Promise<Measure> {
  const tree = await openOtherTree(experiment.session, ref, commit)
  return (name, advance) => measureAgainst(experiment, tree, name, advance)
}

async function measureAll(names: readonly string[], measure: Measure) {
  const figures: Figure[] = []
  const lost = await runPieces('measuring', names, measure, (found, name) => {
    if (found.length === 0) say(`${name}: left out, it needs k6`)
    figures.push(...found)
  })
  return { figures, lost }
}
