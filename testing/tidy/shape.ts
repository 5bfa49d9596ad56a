import { type Complaints, isSource, type TextFile } from './tree.ts'

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
  return files.flatMap(({ path, text }) =>
    linesOf(text).flatMap((line, index) => {
      const width = [...line].length
      return width > columnsMax ? [`${path}:${index + 1}: ${width} columns`] : []
    }),
  )
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

/** Functions of more than `linesMax` lines; groups of tests are no functions in this sense. */
export function longFunctions(files: TextFile[], linesMax: number): Complaints {
  return files.filter(isSource).flatMap(({ path, text }) =>
    functionsOf(text)
      .filter(({ lines }) => lines > linesMax)
      .map(({ line, lines }) => `${path}:${line}: a function of ${lines} lines`),
  )
}

interface FoundFunction {
  /** Of its first line, from 1. */
  line: number
  /** Without the functions declared inside, which are counted by themselves. */
  lines: number
}

/**
 * Functions of a text as the formatter lays it out: a body ends where its header's indentation
 * comes back with a closing brace. No parser starts in milliseconds.
 */
export function functionsOf(text: string): FoundFunction[] {
  const lines = linesOf(text)
  const spans = lines.flatMap((line, index) => {
    const start = headerOf(lines, index)
    if (start === undefined) return []
    const indent = indentOf(line)
    const end = lines.findIndex((later, at) => at > index && later.startsWith(`${indent}}`))
    if (end < 0 || isGroup(lines.slice(index + 1, end), indent)) return []
    return [{ start, end, isDeclared: declared.test((lines[start] ?? '').trim()) }]
  })
  return spans.map(({ start, end }) => {
    const inside = spans.filter((one) => one.isDeclared && one.start > start && one.end < end)
    const outermost = inside.filter(
      (one) => !inside.some((other) => other.start < one.start && other.end > one.end),
    )
    const nested = outermost.reduce((sum, one) => sum + one.end - one.start + 1, 0)
    return { line: start + 1, lines: end - start + 1 - nested }
  })
}

const declared = /^(?:export )?(?:default )?(?:async )?function\b/

/** A body that has tests in it: a list of tests grows with what is promised. */
function isGroup(body: string[], indent: string): boolean {
  const member = new RegExp(`^${indent}  (?:test|check|describe|describeLive)\\b.*\\(`)
  return body.some((line) => member.test(line))
}

const indentOf = (line: string) => /^ */.exec(line)?.[0] ?? ''

const control = /^(?:\} )?(?:if|for|while|switch|catch|else|finally|do|try|return|with)\b/
const named = /^(?:export )?(?:default )?(?:async )?function\b.*\)(?:: .+)? \{$/
const method = /^(?:(?:static|async|get|set|override) |\*)*['\w$#-]+(?:<.*>)?\(.*\)(?:: .+)? \{$/
const endOfHeader = /^(?:\)|\}.*\))(?:: .+)? \{$/

/** Index of the line where the function begins whose body opens at the end of this line. */
function headerOf(lines: string[], index: number): number | undefined {
  const line = (lines[index] ?? '').trim()
  if (!line.endsWith('{') || control.test(line)) return undefined
  if (!/^[)}\]]/.test(line)) {
    return line.endsWith('=> {') || named.test(line) || method.test(line) ? index : undefined
  }
  if (!line.endsWith('=> {') && !endOfHeader.test(line)) return undefined
  const indent = indentOf(lines[index] ?? '')
  for (let above = index - 1; above >= 0; above -= 1) {
    const text = lines[above] ?? ''
    if (text.trim() === '' || indentOf(text) !== indent || /^[)}\]]/.test(text.trim())) continue
    return control.test(text.trim()) ? undefined : above
  }
  return undefined
}
