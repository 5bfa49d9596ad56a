import Table from 'cli-table3'
import { openSession, type Session } from '../../lab/processes/session.ts'
import { openDatabases } from '../../lab/servers/databases.ts'
import { resolveK6 } from '../../lab/tools/k6.ts'
import { unknownWord } from '../../lab/unknown-word.ts'
import { exitCodes } from '../../lab/user-error.ts'
import { lostLine, runPieces } from '../measure/pieces.ts'
import { openArm } from '../run/arm.ts'
import type { BlockTestBed } from '../run/block.ts'
import { type Benchmark, type BenchRig, type Figure, reaches } from './figure.ts'
import type { BenchOptions } from './options.ts'
import { benchmarks } from './registry.ts'

/**
 * Runs benchmarks and holds their figures against the floors.
 * @returns the exit code: 0, 2 where a figure falls short, 3 where one could not be measured
 * @throws UserError (exit 4) for a name that no benchmark has
 */
export async function bench({ names, jsonFile }: BenchOptions): Promise<number> {
  const chosen = names.length > 0 ? names.map(byName) : benchmarks
  const session = await openSession()
  try {
    const testBed = await openRig(session)
    const figures: Figure[] = []
    const lost = await runPieces(
      chosen,
      { name: ({ name }) => name, title: (name) => `measuring ${name}` },
      (benchmark, progress) => benchmark.measure(testBed, (fraction) => progress.update(fraction)),
      (found, { name }) => {
        if (found.length === 0) console.log(`${name}: left out, it needs k6`)
        figures.push(...found)
      },
    )
    console.log(tableOf(figures))
    for (const { name, note } of figures) if (note) console.log(`${name}: ${note}`)
    for (const piece of lost) console.log(lostLine(piece))
    if (jsonFile) await Bun.write(jsonFile, `${JSON.stringify({ figures, lost }, null, 2)}\n`)
    if (lost.length > 0) return exitCodes.untrusted
    return figures.every(reaches) ? exitCodes.asExpected : exitCodes.missed
  } finally {
    await session.close()
  }
}

function byName(name: string): Benchmark {
  const found = benchmarks.find((benchmark) => benchmark.name === name)
  if (found) return found
  const known = benchmarks.map((benchmark) => benchmark.name)
  throw unknownWord('benchmark', name, known)
}

async function openRig(session: Session): Promise<BenchRig> {
  const wish = { driver: undefined, quick: false, install: true }
  const { k6 } = await resolveK6(session, wish)
  let opened: Promise<BlockTestBed> | undefined
  const open = async (): Promise<BlockTestBed> => {
    const databases = await openDatabases(session, wish)
    const chaosToken = crypto.randomUUID()
    return { session, databases, chaosToken, k6Path: k6?.path, openArm }
  }
  return {
    session,
    k6Path: k6?.path ?? null,
    servers() {
      // A start that failed is tried again by the next benchmark.
      opened ??= open().catch((error: unknown) => {
        opened = undefined
        throw error
      })
      return opened
    },
  }
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
