/** More than any body of ours has. */
const levelsMax = 32
/** A double keeps no more. */
const digitsMax = 17

/** What a decoder puts in place of bytes that are not UTF-8; no field of ours may hold it. */
const replaced = '\ufffd'

/** A string, with the colon of a name behind it; a number; what opens, closes and parts. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|-?\d[\d.eE+-]*|[{}[\],]/g

/** Text that is not JSON, or JSON that two readers may understand differently. */
export class UnreadableJson extends Error {
  override name = 'UnreadableJson'

  constructor(
    message: string,
    readonly field = 'body',
    cause?: unknown,
  ) {
    super(message, { cause })
  }
}

/**
 * Reads JSON as I-JSON (RFC 7493) has it: no name twice in one object, no number that would become
 * another one, no half of a surrogate pair, and not nested without end.
 * @throws UnreadableJson with the path of the field
 */
export function readJson(text: string): unknown {
  if (text.includes(replaced)) throw new UnreadableJson('The body is not valid UTF-8')
  const value = parse(text)
  if (isPlain(text, value)) return value
  const place = new Place()
  for (const [token, isName] of text.matchAll(tokens)) {
    if (isName !== undefined) place.name(textOf(token.slice(0, -isName.length)))
    else if (token.startsWith('"')) place.assertWhole(token)
    else if (token.length === 1 && '{}[],'.includes(token)) place.move(token)
    else place.assertKept(token)
  }
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UnreadableJson('The body is not valid JSON', 'body', cause)
  }
}

/** True where the text is what `JSON.stringify` makes of its value: nothing in it was lost. */
const isPlain = (text: string, value: unknown) =>
  !text.includes('\\u') && mayNest(text) <= levelsMax && JSON.stringify(value) === text

/** What opens in a text, strings included: no value nests deeper. */
function mayNest(text: string): number {
  let opened = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === 0x5b || code === 0x7b) opened += 1
  }
  return opened
}

const textOf = (token: string): string =>
  token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1)

/** An object or a list that is open: what is read of it now, and the names it had. */
interface Level {
  at: string | number
  names: Set<string> | undefined
}

/** Where in a value the reader is; the text around it is JSON. */
class Place {
  readonly #open: Level[] = []

  move(token: string): void {
    const inside = this.#open.at(-1)
    if (token === '}' || token === ']') this.#open.pop()
    else if (token === '{') this.#enter({ at: '', names: new Set() })
    else if (token === '[') this.#enter({ at: 0, names: undefined })
    else if (typeof inside?.at === 'number') inside.at += 1
  }

  #enter(inside: Level): void {
    if (this.#open.length === levelsMax) {
      throw new UnreadableJson(`The body nests deeper than ${levelsMax} levels`)
    }
    this.#open.push(inside)
  }

  name(name: string): void {
    const inside = this.#open.at(-1)
    if (!inside) return
    inside.at = name
    if (inside.names?.has(name)) throw this.#flaw('comes twice in one object')
    inside.names?.add(name)
  }

  assertWhole(token: string): void {
    if (token.includes('\\u') && !textOf(token).isWellFormed()) {
      throw this.#flaw('has half of a surrogate pair')
    }
  }

  /** Whole numbers are judged by the schema, which knows how large they may be. */
  assertKept(token: string): void {
    if (!/^-?\d+$/.test(token) && digitsIn(token) > digitsMax) {
      throw this.#flaw('is a number with more digits than can be kept')
    }
  }

  #flaw(message: string): UnreadableJson {
    return new UnreadableJson(message, this.#open.map(({ at }) => at).join('.') || 'body')
  }
}

const digitsIn = (token: string) =>
  token
    .replace(/[eE].*$/, '')
    .replaceAll(/[-.]/g, '')
    .replace(/^0+/, '').length
