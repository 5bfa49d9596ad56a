import { byLine, type Complaints, type TextFile } from './tree.ts'

const linesOf = (text: string) => text.replace(/\n$/, '').split('\n')

const isCode = ({ path }: TextFile) => /\.(ts|sh)$|^stampede$/.test(path)

/** Files of code with more than `linesMax` lines. */
export function longFiles(files: TextFile[], linesMax: number): Complaints {
  return files.filter(isCode).flatMap(({ path, text }) => {
    const { length } = linesOf(text)
    return length > linesMax ? [`${path}: ${length} lines`] : []
  })
}

/** Lines of code wider than `columnsMax`. */
export function wideLines(files: TextFile[], columnsMax: number): Complaints {
  return wideLinesOf(files.filter(isCode), columnsMax)
}

/** Lines of any text wider than `columnsMax`, counted in characters. */
export function wideLinesOf(files: TextFile[], columnsMax: number): Complaints {
  return byLine(files, (line) => {
    const width = [...line].length
    return width > columnsMax ? `${width} columns` : null
  })
}

const kebab = /^\.?[a-z0-9]+([-.][a-z0-9]+)*$/
/** Names that tools look for. */
const given = new Set(['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'SECURITY.md'])

/** Files and folders whose names are not kebab-case. */
export function oddNames(files: TextFile[]): Complaints {
  return files.flatMap(({ path }) => {
    const odd = path.split('/').find((part) => !kebab.test(part) && !given.has(part))
    const isMigration = path.startsWith('server/db/migrations/')
    return odd === undefined || isMigration ? [] : [`${path}: ${odd} is not kebab-case`]
  })
}

/**
 * Tests of more than `linesMax` lines, as the formatter lays them out. Groups of tests grow with
 * what is promised, so they are not counted; all other functions are counted by Biome.
 */
export function longTests(files: TextFile[], linesMax: number): Complaints {
  return files
    .filter(({ path }) => path.endsWith('.test.ts'))
    .flatMap(({ path, text }) => {
      const lines = linesOf(text)
      return lines.flatMap((line, index) => {
        if (!line.endsWith('=> {')) return []
        const indent = /^ */.exec(line)?.[0] ?? ''
        const end = lines.findIndex((later, at) => at > index && later.startsWith(`${indent}}`))
        const isGroup = lines.slice(index + 1, end).some((inner) => member.test(inner))
        const length = end - index + 1
        return isGroup || length <= linesMax
          ? []
          : [`${path}:${index + 1}: a test of ${length} lines`]
      })
    })
}

const member = /^ *(?:test|check|describe)\w*\b.*\(/
