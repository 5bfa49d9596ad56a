import Table from 'cli-table3'
import { unknownWord } from '../../lab/unknown-word.ts'
import { runExperiment } from '../run/experiment.ts'
import { lostLine, runPieces } from '../run/pieces.ts'
import { type Benchmark, type Figure, reaches } from './figure.ts'
import type { BenchOptions } from './options.ts'
import { benchmarks } from './registry.ts'

/**
 * Runs benchmarks and holds their figures against the floors.
 * @returns the exit code: 0, 2 where a figure falls short, 3 where one could not be measured
 * @throws UserError (exit 4) for a name that no benchmark has
 */
export async function bench({ names, jsonFile }: BenchOptions): Promise<number> {
  const chosen = names.length > 0 ? names.map(byName) : benchmarks
  return await runExperiment({ install: true }, async (experiment) => {
    const figures: Figure[] = []
    const lost = await runPieces(
      chosen,
      { name: ({ name }) => name, title: (name) => `measuring ${name}` },
      (benchmark, progress) =>
        benchmark.measure(experiment, (fraction) => progress.update(fraction)),
      (found, { name }) => {
        if (found.length === 0) console.log(`${name}: left out, it needs k6`)
        figures.push(...found)
      },
    )
    console.log(tableOf(figures))
    for (const { name, note } of figures) if (note) console.log(`${name}: ${note}`)
    for (const piece of lost) console.log(lostLine(piece))
    if (jsonFile) await Bun.write(jsonFile, `${JSON.stringify({ figures, lost }, null, 2)}\n`)
    if (lost.length > 0) return 'untrusted'
    return figures.every(reaches) ? 'as-expected' : 'target-missed'
  })
}

function byName(name: string): Benchmark {
  const found = benchmarks.find((benchmark) => benchmark.name === name)
  if (found) return found
  const known = benchmarks.map((benchmark) => benchmark.name)
  throw unknownWord('benchmark', name, known)
}

function tableOf(figures: Figure[]): string {
  const table = new Table({
    head: ['figure', 'median', '95 % interval', 'floor', 'aim', '', 'unit'],
    style: { head: [], border: [] },
  })
  for (const figure of figures) {
    const { name, value, low, high, floor, aim, better, unit } = figure
    const sign = better === 'higher' ? '≥' : '≤'
    const verdict = reaches(figure) ? 'reached' : 'MISSED'
    const [median, from, to, bound] = [value, low, high, floor].map((number) => number.toFixed(2))
    const hoped = aim === undefined ? '' : `${sign} ${aim}`
    table.push([name, median, `${from} to ${to}`, `${sign} ${bound}`, hoped, verdict, unit])
  }
  return table.toString()
}
