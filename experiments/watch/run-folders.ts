import { readdir, rm, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { dataFolder } from '../../lab/servers/prometheus.ts'
import { exitCodes, UserError } from '../../lab/user-error.ts'

const state = resolve(import.meta.dir, '../../.stampede')
const kinds = {
  rehearsal: join(state, 'rehearsals'),
  reproduction: join(state, 'reproductions'),
  up: join(state, 'ups'),
} as const
const listedMax = 10
const upsKept = 5

/** Folder of a run that begins now: its report and its metrics. */
export function newRunFolder(kind: keyof typeof kinds, startedAt: Date): string {
  return join(kinds[kind], startedAt.toISOString().replaceAll(':', '-'))
}

/** Metrics of an `up` can be had again; reports of rehearsals are their owner's and stay. */
export async function pruneUps(keep = upsKept): Promise<void> {
  const names = (await readdir(kinds.up).catch(() => [])).sort()
  for (const name of names.slice(0, -keep)) {
    await rm(join(kinds.up, name), { recursive: true, force: true })
  }
}

/** Name of a run, which labels its metrics. */
export const runName = (folder: string) => basename(folder)

/** Names of the runs whose metrics were kept, the newest first. */
export async function keptRuns(): Promise<string[]> {
  const all = await Promise.all(
    Object.values(kinds).map(async (root) => {
      const names = await readdir(root).catch(() => [])
      const kept = await Promise.all(names.map((name) => hasMetrics(join(root, name))))
      return names.filter((_, at) => kept[at])
    }),
  )
  return all.flat().sort().reverse()
}

/**
 * The folder of a kept run.
 * @param asked a run's name, or the path of a folder that `--out` named
 * @throws UserError (exit 4) that lists the runs there are
 */
export async function findRun(asked: string): Promise<string> {
  const places = [...Object.values(kinds).map((root) => join(root, asked)), resolve(asked)]
  for (const folder of places) if (await hasMetrics(folder)) return folder
  const runs = await keptRuns()
  const list = runs.slice(0, listedMax).map((name) => `  ${name}`)
  const more = runs.length > listedMax ? [`  and ${runs.length - listedMax} older ones`] : []
  const there = runs.length > 0 ? ['there are:', ...list, ...more] : ['there is none yet']
  const words = [`no run '${asked}' with its metrics; ${there[0]}`, ...there.slice(1)]
  throw new UserError(words.join('\n'), exitCodes.badArguments)
}

async function hasMetrics(folder: string): Promise<boolean> {
  const found = await stat(dataFolder(folder)).catch(() => null)
  return found?.isDirectory() ?? false
}
