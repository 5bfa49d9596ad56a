import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ifAbsent } from '../if-absent.ts'
import { run } from '../processes/run.ts'
import { specOf, type ToolName, type ToolSpec } from './catalogue.ts'
import { cacheFolder, libraryFolders, packageRoots } from './packages.ts'

/** A program that Stampede runs. */
export interface Tool {
  readonly path: string
  /** What starts it: its path, with the loader of its own C library before it if it has one. */
  readonly command: readonly string[]
  readonly version: string
  /** Where it was found: on this machine, or in Stampede's own cache. */
  readonly from: 'machine' | 'cache'
  /** What its process needs beyond ours, such as LD_LIBRARY_PATH for unpacked libraries. */
  readonly environment: Record<string, string>
  /** Root of the unpacked package that it is part of. */
  readonly root: string | null
  /** The program that its table entry asks for beside it. */
  readonly companion: string | null
}

type Place = Pick<Tool, 'path' | 'from' | 'root'>

/** Where servers are although PATH often does not have it. */
const furtherFolders = [
  '/usr/local/sbin',
  '/usr/sbin',
  '/usr/libexec',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/mariadb/bin',
  '/opt/homebrew/opt/mysql/bin',
  '/opt/homebrew/opt/redis/bin',
  '/usr/local/bin',
  '/usr/local/opt/mariadb/bin',
  '/usr/local/opt/mysql/bin',
  '/home/linuxbrew/.linuxbrew/bin',
]

/** A program on this machine, or null. `STAMPEDE_TOOLS=cache` finds none, to test the cache. */
export function whichOnMachine(name: string): string | null {
  if (process.env.STAMPEDE_TOOLS === 'cache') return null
  return Bun.which(name, { PATH: [process.env.PATH ?? '', ...furtherFolders].join(':') })
}

/** True when version a is b or newer; both as `1.2.3`. */
export const isAtLeast = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true }) >= 0

/** A program of this machine, or of the packages that were unpacked into the cache; else null. */
export async function findProgram(name: string): Promise<string | null> {
  return (await placesOf(name))[0]?.path ?? null
}

/** The tool if it can be run at once, or null. */
export async function findTool(name: ToolName): Promise<Tool | null> {
  const spec = specOf(name)
  const packaged = spec.isOwn ? [] : await Promise.all(spec.programs.map(placesOf))
  const own: Place[] = spec.module ? [{ path: ownPath(name), from: 'cache', root: null }] : []
  const { machine = [], cache = [] } = Object.groupBy(
    [...packaged.flat(), ...own],
    ({ from }) => from,
  )
  for (const place of [...machine, ...cache]) {
    const tool = await asTool(spec, place)
    if (tool) return tool
  }
  return null
}

/** Where a tool is that was downloaded or built for us. */
export function ownPath(name: ToolName): string {
  const { versionMin, programs } = specOf(name)
  return join(cacheFolder(), `${name}-${versionMin}`, programs[0] ?? name)
}

async function placesOf(program: string): Promise<Place[]> {
  const onMachine = whichOnMachine(program)
  const places: Place[] = onMachine ? [{ path: onMachine, from: 'machine', root: null }] : []
  for (const root of await packageRoots()) {
    for (const folder of ['usr/bin', 'usr/sbin']) {
      const path = join(root, folder, program)
      if (await isFile(path)) places.push({ path, from: 'cache', root })
    }
  }
  return places
}

const isFile = (path: string) => stat(path).then((found) => found.isFile(), ifAbsent(false))

async function asTool(spec: ToolSpec, place: Place): Promise<Tool | null> {
  const isStatic = spec.packages?.isStatic || place.root === null
  const start = isStatic ? { command: [place.path], environment: {} } : await startOf(place)
  const { code, out, err } = await run([...start.command, spec.versionFlag], start)
  // Some print their version to standard error, alone or in a log line.
  const version = spec.version.exec(out + err)?.[1]
  if (code !== 0 || version === undefined) return null
  if (!spec.isOwn && spec.versionMin && !isAtLeast(version, spec.versionMin)) return null
  const beside = spec.companion ? await findCompanion(spec.companion.programs, place) : null
  if (spec.companion && beside === null) return null
  return { ...place, ...start, version, companion: beside }
}

async function findCompanion(programs: readonly string[], place: Place): Promise<string | null> {
  for (const program of programs) {
    const folders = [dirname(place.path), ...(place.root ? [join(place.root, 'usr/bin')] : [])]
    for (const path of folders.map((folder) => join(folder, program))) {
      if (await isFile(path)) return path
    }
    const onMachine = place.from === 'machine' ? whichOnMachine(program) : null
    if (onMachine) return onMachine
  }
  return null
}

/** How a program of an unpacked root is started: with its libraries, and its own loader if any. */
async function startOf({ path, root }: Place): Promise<Pick<Tool, 'command' | 'environment'>> {
  const names = await readdir(join(root ?? '', 'usr/lib')).catch(ifAbsent([]))
  const folders = libraryFolders(root ?? '', names)
  for (const folder of folders) {
    const entries = await readdir(folder).catch(ifAbsent([]))
    const loader = entries.find((name) => /^ld-(linux|musl).*\.so/.test(name))
    if (loader === undefined) continue
    const command = [join(folder, loader), '--library-path', folders.join(':'), path]
    return { command, environment: {} }
  }
  const own = process.env.LD_LIBRARY_PATH
  const environment = { LD_LIBRARY_PATH: [...folders, ...(own ? [own] : [])].join(':') }
  return { command: [path], environment }
}
