/** In text or in JSON, quoted once more or not: a name, and the value behind it. */
const named = /["']?\b(?:card_?token|authorization|password|secret)\b\\?["']?\s*[:=]\s*/
const value = /\\?"[^"]*"|'[^']*'|[^\s,}]+(?: [^\s,}]+)?/

/** What a line of the log or a stored message must not have, and what stands there instead. */
const secrets: readonly [RegExp, string][] = [
  [new RegExp(`(${named.source})(?:${value.source})`, 'gi'), '$1[redacted]'],
  [/(\w+:\/\/)[^\s/@]+@/g, '$1[redacted]@'],
]

const messageLengthMax = 500
const framesMax = 4
const causesMax = 5

/** Writes a line to the process's log, without secrets. */
export function log(line: string): void {
  console.error(redacted(line))
}

/** Writes one line about an error: its kind and its place, never what a statement was sent with. */
export function logError(where: string, error: unknown): void {
  log(`${where}: ${described(error)}${placeOf(error)}`)
}

/**
 * An error in words that may be kept and shown. Of a statement that failed they have its number and
 * its shape: the database's own text, and the driver's, quote the values.
 */
export function described(error: unknown): string {
  const words: string[] = []
  let current = error
  for (let depth = 0; depth < causesMax && current instanceof Error; depth += 1) {
    words.push(describedAlone(current))
    current = current.cause
  }
  return redacted(words.length > 0 ? words.join(' < ') : String(error).slice(0, messageLengthMax))
}

interface DatabaseError extends Error {
  query?: unknown
  errno?: number
  code?: string
  sqlState?: string
}

function describedAlone(error: DatabaseError): string {
  const { query, errno, code, sqlState, name, message } = error
  if (typeof query === 'string') return `failed query ${onOneLine(query)}`
  if (sqlState !== undefined) return `${code ?? name} ${errno ?? ''} (${sqlState})`
  return `${name}: ${onOneLine(message)}`
}

const onOneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim().slice(0, messageLengthMax)

/** The frames of the stack, without the message that comes before them. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error) || !error.stack) return ''
  const frames = error.stack.split('\n').filter((line) => /^\s+at /.test(line))
  return frames
    .slice(0, framesMax)
    .map((frame) => ` ${frame.trim()}`)
    .join('')
}

function redacted(text: string): string {
  return secrets.reduce((clean, [pattern, instead]) => clean.replaceAll(pattern, instead), text)
}
