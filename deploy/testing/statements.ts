import { type Literal, literalsOf } from './literals.ts'

export interface Statement {
  /** `file:line` */
  where: string
  /** Every hole and placeholder filled with something of its kind. */
  sql: string
}

const verbs = [
  'select\\s',
  'insert (?:ignore )?into\\s',
  'update [\\w${}]+ (?:force index \\(primary\\) )?set\\s',
  'delete from\\s',
  'with \\w+ as',
  '(?:create|drop) database\\s',
  'set (?:time_zone|\\w+_\\w+) =',
  'show (?:global|session)\\s',
  '(?:start transaction|commit|rollback)$',
]
const statement = new RegExp(`^\\s*(?:${verbs.join('|')})`, 'i')

/** Every SQL statement that is written out in a source, with its holes filled. */
export function statementsOf(path: string, source: string): Statement[] {
  const literals = literalsOf(source)
  const named = new Map(
    [...source.matchAll(/const (\w+) =\s+(?:sql)?`/g)].map((match) => {
      const line = source.slice(0, match.index + match[0].length).split('\n').length
      return [match[1] ?? '', literals.find((one) => one.line === line && one.pieces.length > 0)]
    }),
  )
  return literals.flatMap((literal) => {
    if (!statement.test(literal.pieces.join('${}'))) return []
    return [{ where: `${path}:${literal.line}`, sql: filled(literal, named) }]
  })
}

function filled(literal: Literal, named: Map<string, Literal | undefined>): string {
  const text = literal.pieces.reduce((before, piece, index) => {
    const hole = literal.holes[index - 1] ?? ''
    const fragment = named.get(hole)
    return before + (fragment ? filled(fragment, named) : sample(before)) + piece
  })
  return text.replaceAll(/\bvalues \?/g, 'values (1)').replaceAll('?', '1')
}

/** A valid text for the hole: a row, a query, a name, or else a number. */
function sample(before: string): string {
  if (/\bvalues\s*$/i.test(before)) return '(1)'
  if (/\bfrom \($/i.test(before)) return 'select 1 as violation'
  if (/\b(?:from|into|update|database|exists)\s+$/i.test(before)) return 'some_name'
  return '1'
}
