import type { ServerOptions } from '../../lab/servers/engine.ts'
import { unknownWord } from '../../lab/unknown-word.ts'
import { writeJson } from '../report/write.ts'
import { type Experiment, runExperiment } from '../run/experiment.ts'
import { runPieces } from '../run/pieces.ts'
import { say } from '../run/run-blocks.ts'
import { benchVerdict, figuresDocument } from './figures-document.ts'
import type { Figure } from './measurement.ts'
import { benchmarks } from './registry.ts'

/** What `./stampede bench` was asked for. */
export interface BenchOptions extends Pick<ServerOptions, 'database'> {
  /** Benchmarks by name; none = all. */
  names: string[]
  /** Absolute path for the figures as JSON. */
  jsonFile: string | undefined
}

/**
 * Runs benchmarks and holds their figures against the floors.
 * @returns the exit code: 0, 2 if a figure falls short, 3 if one could not be measured
 * @throws UserError (exit 4) for names that no benchmark has
 */
export async function bench({ names, jsonFile, database }: BenchOptions): Promise<number> {
  const known = Object.keys(benchmarks)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) throw unknownWord('benchmark', unknown, known)
  return await runExperiment({ install: true, jsonFile, database }, async (experiment) => {
    const versions = await experiment.environment(await experiment.testBed())
    const pieces = await measureAll(experiment, names.length > 0 ? names : known)
    const found = { versions, ...pieces }
    experiment.print(figuresDocument(found, experiment.startedAt))
    if (jsonFile) await writeJson(jsonFile, found)
    return benchVerdict(found)
  })
}

async function measureAll(experiment: Experiment, names: readonly string[]) {
  const figures: Figure[] = []
  const lost = await runPieces(
    'measuring',
    names,
    (name, advance) => benchmarks[name]?.(experiment, advance) ?? Promise.resolve([]),
    (found, name) => {
      if (found.length === 0) say(`${name}: left out, it needs k6`)
      figures.push(...found)
    },
  )
  return { figures, lost }
}
