import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Outcome, run } from '../processes/run.ts'
import type { Session } from '../processes/session.ts'
import { type Progress, runStep } from '../progress.ts'
import { UserError } from '../user-error.ts'
import { suiteSettings } from './apt-suite.ts'
import { makeFolder } from './drafts.ts'
import {
  cacheFolder,
  canUnpack,
  carriedName,
  distribution,
  downloadBytes,
  packageHint,
  packagesFolder,
  simulatedInstalls,
  withoutCLibrary,
  withoutPerl,
} from './packages.ts'

const listsMsMax = 180_000
const downloadMsMax = 300_000

export interface UnpackOptions {
  /** False = refuse instead of downloading. */
  install: boolean
  /** Of the tool; the root in the cache is called by it. */
  name: string
  /** Only these packages, without their dependencies: a program in Go needs none. */
  isStatic?: boolean
  /** Of Debian; other distributions have the packages themselves. */
  suite?: string
}

/**
 * Downloads the distribution's own packages and unpacks them into the cache: no root, no change to
 * the system, no service started. apt verifies the signatures as always.
 * @throws UserError naming the packages and what to do instead
 */
export async function unpackPackages(
  session: Session,
  wanted: readonly string[],
  { install, name, isStatic = false, suite }: UnpackOptions,
): Promise<void> {
  const names = wanted.join(' ')
  if (!install) {
    throw new UserError(`not on this machine: ${names}; install them or leave out --no-install`)
  }
  if (!canUnpack()) {
    throw new UserError(`not on this machine: a program of ${names}; ${packageHint}`)
  }
  const isForeign = suite !== undefined && (await distribution()) === 'debian'
  const apt = await (isForeign ? openSuite(session, suite) : openApt(session, wanted))
  // A program from another release needs that release's C library, too.
  const packages = await closureOf(apt, wanted, isStatic)
  const plan = await planDownload(apt, (isForeign ? withoutPerl : withoutCLibrary)(packages))
  const megabytes = (plan.bytes / 1e6).toFixed(1)
  console.error(`stampede: fetching ${plan.packages.join(' ')} (${megabytes} MB) into the cache`)
  const target = join(await packagesFolder(), name)
  await runStep(`unpacking ${name}`, async (progress) => {
    await makeFolder(target, (draft) => fill(session, apt, plan.packages, draft, progress))
  })
}

type Apt = (command: string[], folder?: string, timeoutMs?: number) => Promise<Outcome>

/** An apt-get that reads the system's lists, or fresh ones of our own where those are old. */
async function openApt(session: Session, wanted: readonly string[]): Promise<Apt> {
  const system = aptWith(session, [])
  if ((await uris(system, wanted)).code === 0) return system
  const lists = join(cacheFolder(), 'apt-lists')
  await mkdir(join(lists, 'partial'), { recursive: true })
  return await updated(
    aptWith(session, ['-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${lists}`]),
  )
}

const openSuite = async (session: Session, suite: string): Promise<Apt> =>
  await updated(aptWith(session, await suiteSettings(suite)))

const aptWith =
  (session: Session, settings: string[]): Apt =>
  ([program = '', ...rest], folder, timeoutMs = 30_000) =>
    run([program, ...settings, ...rest], {
      ...{ session, fetches: true, timeoutMs },
      ...(folder ? { folder } : {}),
    })

async function updated(own: Apt): Promise<Apt> {
  const outcome = await runStep('fetching the package lists', () =>
    own(['apt-get', 'update', '-qq'], undefined, listsMsMax),
  )
  if (outcome.code === 0) return own
  throw new UserError(
    `the package lists could not be fetched: ${outcome.err.trim()}\n` +
      '  run: sudo apt-get update, then this command again',
  )
}

async function closureOf(apt: Apt, wanted: readonly string[], isStatic: boolean) {
  const names = await carriedNames(apt, wanted)
  const added = isStatic ? [] : await dependenciesOf(apt, names)
  return [...new Set([...names, ...added])]
}

async function planDownload(apt: Apt, packages: string[]) {
  const listed = await apt(['apt-get', 'download', '--print-uris', ...packages])
  if (listed.code !== 0) throw new UserError(`apt-get has no ${packages.join(' ')}: ${listed.err}`)
  return { packages, bytes: downloadBytes(listed.out) }
}

async function dependenciesOf(apt: Apt, names: string[]): Promise<string[]> {
  const simulated = await apt(['apt-get', '-s', 'install', '--no-install-recommends', ...names])
  return simulated.code === 0 ? simulatedInstalls(simulated.out) : []
}

async function uris(apt: Apt, wanted: readonly string[]): Promise<Outcome> {
  const names = await carriedNames(apt, wanted).catch((error: Error) => {
    if (error instanceof UserError) return error.message
    throw error
  })
  if (typeof names === 'string') return { code: 1, out: '', err: names }
  return apt(['apt-get', 'download', '--print-uris', ...names])
}

async function carriedNames(apt: Apt, wanted: readonly string[]): Promise<string[]> {
  const names: string[] = []
  for (const name of wanted) {
    const known = (await apt(['apt-cache', 'pkgnames', name])).out.split('\n')
    const carried = carriedName(name, known)
    if (!carried) throw new UserError(`the package lists know no ${name}; ${packageHint}`)
    names.push(carried)
  }
  return names
}

async function fill(
  session: Session,
  apt: Apt,
  packages: string[],
  draft: string,
  progress: Progress,
): Promise<void> {
  const archives = join(draft, 'archives')
  await mkdir(archives)
  progress.update(null, 'downloading')
  const fetched = await apt(['apt-get', 'download', '-qq', ...packages], archives, downloadMsMax)
  if (fetched.code !== 0) throw new UserError(`the packages could not be fetched: ${fetched.err}`)
  const files = (await readdir(archives)).filter((name) => name.endsWith('.deb'))
  for (const [index, file] of files.entries()) {
    progress.update(index / files.length, file)
    const unpacked = await run(['dpkg-deb', '-x', join(archives, file), draft], {
      session,
      timeoutMs: 60_000,
    })
    if (unpacked.code !== 0) throw new UserError(`${file} could not be unpacked: ${unpacked.err}`)
  }
  await rm(archives, { recursive: true })
}
