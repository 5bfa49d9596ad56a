import { dirname, join } from 'node:path'
import { run } from '../processes/run.ts'
import type { Session } from '../processes/session.ts'
import { UserError } from '../user-error.ts'
import { packageRoots, packagesOf } from './packages.ts'
import { type Tool, whichOnMachine } from './tools.ts'
import { unpackPackages } from './unpack.ts'

/** Prometheus with the promtool that came with it. */
export interface PrometheusTool extends Tool {
  readonly promtool: string
  /** What keeps two of them out of one data folder; upstream's builds do so anyway. */
  readonly lockFlags: string[]
}

/** What receives remote write (2.33) and knows native histograms (2.40). */
const prometheusVersionMin = '2.40.0'

/** Prometheus where it can be run at once, or null. */
export async function findPrometheus(): Promise<PrometheusTool | null> {
  for (const { path, from } of await candidates('prometheus')) {
    const tool = await asTool(path, from, prometheusVersionMin)
    const promtool = join(dirname(path), 'promtool')
    if (tool && (await Bun.file(promtool).exists())) {
      return { ...tool, promtool, lockFlags: await lockFlagsOf(path) }
    }
  }
  return null
}

/** Debian's build makes no lock file unless told to. */
async function lockFlagsOf(path: string): Promise<string[]> {
  const flag = '--storage.tsdb.use-lockfile'
  const { out, err } = await run([path, '--help'])
  return `${out}${err}`.includes(flag) ? [flag] : []
}

/**
 * Prometheus from this machine, the cache, or the distribution's package (19 MB, unpacked alone).
 * @param options.install false = refuse instead of downloading
 * @throws UserError that says how it can be had
 */
export async function resolvePrometheus(
  session: Session,
  options: { install: boolean },
): Promise<PrometheusTool> {
  const atHand = await findPrometheus()
  if (atHand) return atHand
  const { prometheus } = packagesOf
  await unpackPackages(session, prometheus, { ...options, folder: 'prometheus', alone: true })
  const unpacked = await findPrometheus()
  if (unpacked) return unpacked
  throw new UserError(
    `the prometheus unpacked here does not run, or is before ${prometheusVersionMin}`,
  )
}

export interface Exporters {
  mysqld: Tool
  redis: Tool
}

/** The exporters that the sampler stands in for; as `obtainPrometheus`. */
export async function resolveExporters(
  session: Session,
  options: { install: boolean },
): Promise<Exporters> {
  const atHand = await lookForExporters()
  if (atHand) return atHand
  const { exporters } = packagesOf
  await unpackPackages(session, exporters, { ...options, folder: 'exporters', alone: true })
  const unpacked = await lookForExporters()
  if (unpacked) return unpacked
  throw new UserError('the exporters unpacked here do not run')
}

async function lookForExporters(): Promise<Exporters | null> {
  const [mysqld, redis] = await Promise.all(
    packagesOf.exporters.map(async (name) => {
      for (const { path, from } of await candidates(name)) {
        const tool = await asTool(path, from)
        if (tool) return tool
      }
      return null
    }),
  )
  return mysqld && redis ? { mysqld, redis } : null
}

async function candidates(name: string): Promise<Pick<Tool, 'path' | 'from'>[]> {
  const onMachine = whichOnMachine(name)
  const roots = await packageRoots()
  return [
    ...(onMachine ? [{ path: onMachine, from: 'machine' as const }] : []),
    ...roots.map((root) => ({ path: join(root, 'usr/bin', name), from: 'cache' as const })),
  ]
}

/** These print their version to either output, alone or in a log line. */
async function asTool(path: string, from: Tool['from'], versionMin = '0'): Promise<Tool | null> {
  const { code, out, err } = await run([path, '--version'])
  const version = /\d+\.\d+\.\d+/.exec(out + err)?.[0]
  if (code !== 0 || !version) return null
  if (version.localeCompare(versionMin, 'en', { numeric: true }) < 0) return null
  return { path, version, from, environment: {} }
}
