import { readdir, rename, rm, stat, symlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { ifAbsent } from '../../lab/if-absent.ts'
import { dataFolder } from '../../lab/servers/prometheus.ts'
import { stateFolder } from '../../lab/state-folder.ts'
import { exitCodes, UserError } from '../../lab/user-error.ts'

const folderNames = {
  rehearsal: 'rehearsals',
  capacity: 'capacities',
  'tipping-point': 'tipping-points',
  matrix: 'matrices',
  reproduction: 'reproductions',
  'game-day': 'game-days',
  up: 'ups',
} as const
export type RunKind = keyof typeof folderNames

/** The symbolic link, beside the runs of a kind, to the newest of them. */
const latest = 'latest'
const listedMax = 10
const upsKept = 5

const foldersIn = (root: string) => Object.values(folderNames).map((name) => join(root, name))

/** Folder of a run that begins now, for its report and its metrics. It is not created. */
export function newRunFolder(kind: RunKind, startedAt: Date, root = stateFolder): string {
  return join(root, folderNames[kind], startedAt.toISOString().replaceAll(':', '-'))
}

/**
 * Points `latest`, beside the runs of the same kind, at this run. The link is replaced in one step,
 * so that it exists at any time. A folder elsewhere (`--out`) is left alone.
 */
export async function linkLatest(folder: string, root = stateFolder): Promise<void> {
  const parent = dirname(folder)
  if (!foldersIn(root).includes(parent)) return
  const draft = join(parent, `.${latest}-${process.pid}`)
  await rm(draft, { force: true })
  await symlink(basename(folder), draft)
  await rename(draft, join(parent, latest))
}

/** Removes the oldest metrics of `up`. Reports of rehearsals are their owner's and stay. */
export async function pruneUps(keep = upsKept, root = stateFolder): Promise<void> {
  const ups = join(root, folderNames.up)
  for (const name of (await runsIn(ups)).sort().slice(0, -keep)) {
    await rm(join(ups, name), { recursive: true, force: true })
  }
}

/** Without links, complete or half made: a link is not a run. */
async function runsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(ifAbsent([]))
  return entries.filter((entry) => !entry.isSymbolicLink()).map(({ name }) => name)
}

/** Name of a run, which labels its metrics. */
export const runName = (folder: string) => basename(folder)

/** Names of the runs whose metrics were kept, the newest first. */
export async function keptRuns(root = stateFolder): Promise<string[]> {
  return (await keptFolders(root)).map(runName)
}

async function keptFolders(root: string): Promise<string[]> {
  const all = await Promise.all(
    foldersIn(root).map(async (parent) => {
      const folders = (await runsIn(parent)).map((name) => join(parent, name))
      const kept = await Promise.all(folders.map(hasMetrics))
      return folders.filter((_, at) => kept[at])
    }),
  )
  return all.flat().sort((one, other) => runName(other).localeCompare(runName(one), 'en'))
}

/**
 * The folder of a kept run.
 * @param asked a run's name, `latest`, or the path of a folder that `--out` named
 * @throws UserError (exit 4) that lists the runs there are
 */
export async function findRun(asked: string, root = stateFolder): Promise<string> {
  const kept = await keptFolders(root)
  const [newest] = kept
  if (asked === latest && newest !== undefined) return newest
  const named = kept.find((folder) => runName(folder) === asked)
  const path = resolve(asked)
  const found = named ?? ((await hasMetrics(path)) ? path : undefined)
  if (found !== undefined) return found
  throw new UserError(
    [`no run '${asked}' with its metrics; ${listOf(kept.map(runName))}`].join('\n'),
    exitCodes.badArguments,
  )
}

function listOf(runs: readonly string[]): string {
  if (runs.length === 0) return 'there is none yet'
  const more = runs.length > listedMax ? [`  and ${runs.length - listedMax} older ones`] : []
  const names = runs.slice(0, listedMax).map((name) => `  ${name}`)
  return ['there are:', ...names, ...more].join('\n')
}

async function hasMetrics(folder: string): Promise<boolean> {
  const found = await stat(dataFolder(folder)).catch(ifAbsent(null))
  return found?.isDirectory() ?? false
}
