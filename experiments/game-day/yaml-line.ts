/**
 * Line of a file at which a field stands, of YAML in block style; where a part of the path is not
 * found, such as a field that is missing, or one in flow style, the line of what it belongs to.
 * @param path keys and indexes
 * @returns from 1
 */
export function yamlLine(text: string, path: readonly PropertyKey[]): number {
  const lines = text.split('\n').map(lineOf)
  let [at, indent] = [0, 0]
  let end = lines.length
  for (const part of path) {
    const found =
      typeof part === 'number'
        ? nthItem(lines, at, end, part)
        : lines.findIndex(
            (line, index) =>
              index >= at && index < end && line.key === part && line.keyIndent >= indent,
          )
    if (found < 0) break
    const own = lines[found]
    indent = (typeof part === 'number' ? own?.itemIndent : own?.keyIndent) ?? 0
    const next = lines.findIndex(
      (line, index) => index > found && line.isText && endsBlock(line, indent, typeof part),
    )
    end = Math.min(end, next < 0 ? end : next)
    at = found
    indent += typeof part === 'number' ? 1 : 0
  }
  return at + 1
}

interface Line {
  isText: boolean
  /** Column of its `-`, if it has one. */
  itemIndent: number | null
  key: string | null
  keyIndent: number
}

function lineOf(line: string): Line {
  const [, dashIndent, , rest = ''] = /^(\s*)(-\s+)?(.*)$/.exec(line) ?? []
  const isItem = /^\s*-\s/.test(line)
  const isText = rest !== '' && !rest.startsWith('#')
  const [, key = null] = /^"?([\w-]+)"?\s*:(?:\s|$)/.exec(rest) ?? []
  const itemIndent = isItem ? (dashIndent?.length ?? 0) : null
  return { isText, itemIndent, key, keyIndent: line.length - rest.length }
}

/** The line of an item of the list that begins after a line. */
function nthItem(lines: readonly Line[], from: number, end: number, index: number): number {
  const first = lines.slice(from + 1, end).find(({ itemIndent }) => itemIndent !== null)
  const items = lines.flatMap(({ itemIndent }, at) =>
    at > from && at < end && itemIndent === first?.itemIndent ? [at] : [],
  )
  return items[index] ?? -1
}

/** A list may stand as far left as the key that it belongs to. */
const endsBlock = ({ itemIndent, keyIndent }: Line, indent: number, kind: string): boolean =>
  kind === 'number'
    ? (itemIndent ?? keyIndent) <= indent
    : (itemIndent ?? keyIndent) < indent || (itemIndent === null && keyIndent === indent)
