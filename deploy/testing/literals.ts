/** A string or template in a source: its text, with holes where the template has `${…}`. */
export interface Literal {
  /** Name of the tag, '' without one. */
  tag: string
  /** Pieces of text; between two of them is a hole. */
  pieces: string[]
  /** The source text of the holes. */
  holes: string[]
  line: number
}

/**
 * Every string and template in a TypeScript source, nested ones too. Reads no more of the language
 * than where comments, strings and regular expressions begin and end.
 */
export function literalsOf(source: string): Literal[] {
  const found: Literal[] = []
  let at = 0

  const skipTo = (end: string) => {
    const index = source.indexOf(end, at)
    at = index < 0 ? source.length : index + end.length
  }

  const readQuoted = (quote: string): string => {
    const from = ++at
    while (at < source.length && source[at] !== quote) at += source[at] === '\\' ? 2 : 1
    return source.slice(from, at++)
  }

  const readTemplate = (tag: string, line: number) => {
    const literal: Literal = { tag, pieces: [], holes: [], line }
    let from = ++at
    while (at < source.length && source[at] !== '`') {
      if (source.startsWith('${', at)) {
        literal.pieces.push(source.slice(from, at))
        at += 2
        const hole = at
        readCode('}')
        literal.holes.push(source.slice(hole, at - 1).trim())
        from = at
      } else at += source[at] === '\\' ? 2 : 1
    }
    literal.pieces.push(source.slice(from, at++))
    found.push(literal)
  }

  /** Code up to the brace that closes it, or to the end. */
  const readCode = (closing: string) => {
    for (let depth = 0; at < source.length; ) {
      const sign = source[at] ?? ''
      if (sign === closing && depth === 0) return void at++
      if (sign === '{') depth += 1
      if (sign === '}') depth -= 1
      if (source.startsWith('//', at)) skipTo('\n')
      else if (source.startsWith('/*', at)) skipTo('*/')
      else if (sign === '/' && beginsPattern(source, at)) readQuoted('/')
      else if (sign === "'" || sign === '"') {
        const line = lineAt(source, at)
        found.push({ tag: '', pieces: [readQuoted(sign)], holes: [], line })
      } else if (sign === '`') {
        readTemplate(
          /([\w.]+)(?:<[^<>]*>)?$/.exec(source.slice(0, at))?.[1] ?? '',
          lineAt(source, at),
        )
      } else at += 1
    }
  }

  readCode('')
  return found
}

/** A slash where a value may stand begins a regular expression, elsewhere it divides. */
const beginsPattern = (source: string, at: number) =>
  /(?:^|[(,=:[!&|?{};\n]|\breturn|=>)\s*$/.test(source.slice(Math.max(0, at - 40), at))

const lineAt = (source: string, at: number) => source.slice(0, at).split('\n').length
