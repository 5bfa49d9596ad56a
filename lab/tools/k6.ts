import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../processes/run.ts'
import type { Session } from '../processes/session.ts'
import { runStep } from '../progress.ts'
import { UserError } from '../user-error.ts'
import { makeFolder } from './drafts.ts'
import { buildWithGo, goVersion, goVersionMin, isAtLeast } from './go.ts'
import { cacheFolder } from './packages.ts'
import { whichOnMachine } from './tools.ts'

/** The k6 that is downloaded or built; the go.mod beside `k6/` pins the same. */
export const k6Version = '2.2.0'
const buildMsUsual = 80_000
const connectMsMax = 3_000
const downloadMsMax = 180_000

/** SHA-256 of the official release archives that were verified; other systems build from source. */
const releaseDigests: Record<string, string> = {
  'linux-amd64': 'b5a8003c86f35f5cd5ceef1490312c48e587696c94d998cefc6d7b3b4cb1597d',
}

export interface K6 {
  path: string
  version: string
  from: 'machine' | 'cache'
}

/** k6, or the one line that says why the embedded simulator drives instead. */
export type K6Resolution = { k6: K6; reason: null } | { k6: null; reason: string }

export interface K6Request {
  /** What was forced; undefined takes k6 where it can be had. */
  driver: 'k6' | 'simulator' | undefined
  /** Only what is at hand: no download, no build. */
  quick: boolean
  /** False = fetch nothing. */
  install: boolean
}

/**
 * k6 from PATH, from the cache, from the official release, or built from its Go module (checksums
 * in the committed go.sum).
 * @throws UserError when k6 was demanded by `--driver k6` and cannot be had
 */
export async function resolveK6(session: Session, wish: K6Request): Promise<K6Resolution> {
  if (wish.driver === 'simulator') return without('the simulator was asked for')
  const atHand = await findK6()
  if (atHand) return { k6: atHand, reason: null }
  const answer = await fetchK6(session, wish)
  if (answer.reason !== null && wish.driver === 'k6') {
    throw new UserError(`no k6 ${k6Version} or newer: ${answer.reason}`)
  }
  return answer
}

async function fetchK6(session: Session, wish: K6Request): Promise<K6Resolution> {
  if (!wish.install) return without('k6 is not at hand and --no-install was given')
  if (wish.quick) return without('k6 is not at hand and --quick builds nothing')
  const target = cachedPath()
  if ((await downloadRelease(session, target)) || (await buildFromSource(session, target))) {
    const k6 = await asK6(target, 'cache')
    if (k6) return { k6, reason: null }
  }
  return without(await whyNot())
}

/** k6 where it can be run at once, or null. */
export async function findK6(): Promise<K6 | null> {
  const onMachine = whichOnMachine('k6')
  return (onMachine && (await asK6(onMachine, 'machine'))) || asK6(cachedPath(), 'cache')
}

/** How k6 would be had here, for `doctor`. */
export async function k6Availability(): Promise<string | null> {
  if ((await goVersion()) !== null) return `built from its Go module, once, about 80 s`
  return releaseDigests[releaseName()]
    ? 'its official release, once, 30 MB, where github.com can be reached; else the simulator'
    : null
}

function without(reason: string): K6Resolution {
  return { k6: null, reason }
}

function cachedPath(): string {
  return join(cacheFolder(), `k6-${k6Version}`, 'k6')
}

function releaseName(): string {
  const system = process.platform === 'darwin' ? 'macos' : process.platform
  return `${system}-${process.arch === 'x64' ? 'amd64' : process.arch}`
}

async function asK6(path: string, from: K6['from']): Promise<K6 | null> {
  const { code, out } = await run([path, 'version'])
  const version = /v(\d+\.\d+\.\d+)/.exec(out)?.[1]
  return code === 0 && version && isAtLeast(version, k6Version) ? { path, version, from } : null
}

async function whyNot(): Promise<string> {
  const go = await goVersion()
  if (go) return `building k6 with Go ${go} failed`
  return `its release could not be reached and there is no Go ${goVersionMin} or newer to build it`
}

/** False where the release cannot be reached within 3 s, or this system's digest is not known. */
async function downloadRelease(session: Session, target: string): Promise<boolean> {
  const name = `k6-v${k6Version}-${releaseName()}`
  const digest = releaseDigests[releaseName()]
  if (!digest) return false
  const url = `https://github.com/grafana/k6/releases/download/v${k6Version}/${name}.tar.gz`
  const reachable = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(connectMsMax) })
    .then((answer) => answer.ok)
    .catch(() => false)
  if (!reachable) return false
  console.error(`stampede: fetching k6 ${k6Version} (about 30 MB) into the cache`)
  return runStep('downloading k6', async () => {
    const archive = await fetch(url, {
      signal: AbortSignal.any([AbortSignal.timeout(downloadMsMax), session.signal]),
    })
      .then((answer) => answer.bytes())
      .catch(() => null)
    const found = archive && new Bun.CryptoHasher('sha256').update(archive).digest('hex')
    if (!archive || found !== digest) return false
    await makeFolder(join(target, '..'), (draft) => unpack(session, archive, name, draft))
    return true
  })
}

async function unpack(session: Session, archive: Uint8Array, name: string, draft: string) {
  const file = join(draft, 'k6.tar.gz')
  await Bun.write(file, archive)
  const command = ['tar', '-xzf', file, '-C', draft, '--strip-components=1', `${name}/k6`]
  const { code, err } = await run(command, { session, timeoutMs: 60_000 })
  if (code !== 0) throw new UserError(`the k6 archive could not be unpacked: ${err}`)
  await rm(file)
}

async function buildFromSource(session: Session, target: string): Promise<boolean> {
  if ((await goVersion()) === null) return false
  console.error(`stampede: building k6 ${k6Version} from its Go module, once (about 80 s, 65 MB)`)
  return buildWithGo(session, {
    title: 'building k6',
    module: join(import.meta.dir, 'k6'),
    program: 'go.k6.io/k6/v2',
    target,
    usualMs: buildMsUsual,
  })
}
