import { join } from 'node:path'
import { Glob } from 'bun'
import { root } from './compose-file.ts'

export interface Instruction {
  name: string
  words: string
}

/** The instructions of a Dockerfile in order, comments gone, continued lines joined. */
export function instructionsOf(source: string): Instruction[] {
  const joined = source.replaceAll(/^#.*\n/gm, '').replaceAll(/\\\n\s*/g, ' ')
  return joined.split('\n').flatMap((line) => {
    const match = /^([A-Z]+)\s+(.*)$/.exec(line.trim())
    return match ? [{ name: match[1] ?? '', words: match[2] ?? '' }] : []
  })
}

/** A COPY out of the checkout. */
interface Copy {
  sources: string[]
  target: string
  /** Octal digits; absent = as in the checkout. */
  mode?: string | undefined
}

/** Every COPY out of the checkout, by stage. */
export function copiesOf(instructions: Instruction[]): Copy[] {
  return instructions.flatMap(({ name, words }) => {
    if (name !== 'COPY' || words.startsWith('--from=')) return []
    const [, mode, paths = ''] = /^(?:--chmod=(\d+)\s+)?(.*)$/.exec(words) ?? []
    const parts = paths.split(/\s+/)
    return [{ sources: parts.slice(0, -1), target: parts.at(-1) ?? '', mode }]
  })
}

/** ENV of the image. */
export function environmentOf(instructions: Instruction[]): Record<string, string> {
  const pairs = instructions.flatMap(({ name, words }) =>
    name === 'ENV' ? [...words.matchAll(/(\w+)=(\S+)/g)] : [],
  )
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value]))
}

/**
 * Files of the checkout that reach the builder through .dockerignore: of the few forms that it may
 * have there (`*`, `!path`, `**` patterns), the last one that fits decides, as in Docker.
 * @param tracked paths relative to the checkout
 */
export async function sentToBuilder(tracked: string[]): Promise<string[]> {
  const source = await Bun.file(join(root, '.dockerignore')).text()
  const rules = source
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const isIncluded = line.startsWith('!')
      const pattern = isIncluded ? line.slice(1) : line
      const globs = [new Glob(pattern), new Glob(`${pattern}/**`)]
      return { isIncluded, fits: (path: string) => globs.some((glob) => glob.match(path)) }
    })
  return tracked.filter((path) => rules.findLast(({ fits }) => fits(path))?.isIncluded === true)
}
