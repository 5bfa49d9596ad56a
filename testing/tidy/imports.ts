import { dirname, join } from 'node:path/posix'
import { type Complaints, isForTests, production, type TextFile } from './tree.ts'

export interface Import {
  /** As written; relative ones are resolved to a path of the checkout. */
  target: string
  isType: boolean
  line: number
}

const statement = /^(import|export)\s(type\s)?[^'"`;]*?from\s'([^']+)'|^import\s'([^']+)'/gm
const dynamic = /\b(?:import|import\.meta\.resolve|require)\(\s*'([^']+)'/g

/** What a file imports or re-exports, dynamic imports of literal paths included. */
export function importsOf({ path, text }: TextFile): Import[] {
  const found: Import[] = []
  const add = (specifier: string | undefined, isType: boolean, index: number) => {
    if (specifier === undefined) return
    const target = specifier.startsWith('.') ? join(dirname(path), specifier) : specifier
    found.push({ target, isType, line: text.slice(0, index).split('\n').length })
  }
  for (const match of text.matchAll(statement)) {
    add(match[3] ?? match[4], match[2] !== undefined, match.index)
  }
  for (const match of text.matchAll(dynamic)) add(match[1], false, match.index)
  return found
}

/** Where files of one part of the tree may not reach. */
export interface Direction {
  /** Beginning of the paths it binds. */
  from: string
  /** Beginnings of paths that they may not import. */
  never: readonly string[]
  /** Importing types from there is fine. */
  typesAllowed?: boolean
  /** Paths, or beginnings, that may be imported all the same. */
  except?: readonly string[]
  /** Files that may import all the same. */
  exempt?: readonly string[]
}

/** Imports that go against a direction. Tests may import what they test. */
export function wrongWays(files: TextFile[], directions: readonly Direction[]): Complaints {
  return production(files).flatMap((file) =>
    directions
      .filter(({ from, exempt }) => file.path.startsWith(from) && !begins(file.path, exempt))
      .flatMap(({ from, never, typesAllowed, except }) =>
        importsOf(file)
          .filter(({ target }) => begins(target, never) && !begins(target, except))
          .filter(({ isType }) => !(isType && typesAllowed))
          .map(({ target, line }) => `${file.path}:${line}: ${from} may not import ${target}`),
      ),
  )
}

const begins = (path: string, beginnings: readonly string[] = []) =>
  beginnings.some((beginning) => path.startsWith(beginning))

/** Exceptions that are no longer used. */
export function idleExceptions(files: TextFile[], directions: readonly Direction[]): Complaints {
  return directions.flatMap((direction) => {
    const uses = (change: Partial<Direction>) =>
      wrongWays(files, [{ ...direction, ...change }]).length
    const now = uses({})
    const exempt = (direction.exempt ?? []).filter(
      (path) => uses({ exempt: without(direction.exempt, path) }) === now,
    )
    const except = (direction.except ?? []).filter(
      (path) => uses({ except: without(direction.except, path) }) === now,
    )
    return [...exempt, ...except].map((path) => `${direction.from}: exception ${path} is not used`)
  })
}

const without = (paths: readonly string[] = [], gone: string) =>
  paths.filter((path) => path !== gone)

/** Production files that import what is for tests. @param free beginnings of paths that may */
export function testsInProduction(files: TextFile[], free: readonly string[] = []): Complaints {
  return production(files)
    .filter(({ path }) => !begins(path, free))
    .flatMap((file) =>
      importsOf(file)
        .filter(({ target }) => target.includes('/') && isForTests(target))
        .map(({ target, line }) => `${file.path}:${line}: imports ${target}, which is for tests`),
    )
}

/** Circles of files across folders, types included; Biome finds circles of values. */
export function folderCircles(files: TextFile[]): Complaints {
  const targets = new Map(
    production(files).map((file) => [file.path, importsOf(file).map(({ target }) => target)]),
  )
  const reached = new Map([...targets.keys()].map((path) => [path, reachable(path, targets)]))
  const inCircle = [...targets.keys()].filter((path) => reached.get(path)?.has(path))
  const groups = inCircle.map((path) =>
    inCircle.filter((other) => reached.get(path)?.has(other) && reached.get(other)?.has(path)),
  )
  const acrossFolders = groups.filter((paths) => new Set(paths.map(dirname)).size > 1)
  return [...new Set(acrossFolders.map((paths) => `a circle between folders: ${paths.join(' ')}`))]
}

function reachable(from: string, targets: Map<string, string[]>): Set<string> {
  const seen = new Set<string>()
  const waiting = [...(targets.get(from) ?? [])]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    waiting.push(...(targets.get(next) ?? []))
  }
  return seen
}
