/** A piece of a line. Links carry only addresses that cannot run anything. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'strong' | 'emphasis'; parts: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'link'; address: string; parts: Inline[] }

export type Block =
  | { kind: 'heading'; level: number; parts: Inline[] }
  | { kind: 'paragraph' | 'quote'; parts: Inline[] }
  | { kind: 'list'; ordered: boolean; items: Inline[][] }
  | { kind: 'code'; text: string }
  | { kind: 'table'; head: Inline[][]; rows: Inline[][][] }
  | { kind: 'rule' }

/** The part of Markdown that text panels use. HTML in it is text like any other. */
export function parseMarkdown(source: string): Block[] {
  const lines = source.replaceAll('\r', '').split('\n')
  const blocks: Block[] = []
  // Each pass takes at least one line, so it ends.
  while (lines.length > 0) {
    const block = takeBlock(lines)
    if (block) blocks.push(block)
  }
  return blocks
}

const bullet = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/
const special = /^(#{1,6}\s|```|>\s?|\s*[-*+]\s|\s*\d+[.)]\s|\||(-{3,}|\*{3,})\s*$)/

function takeBlock(lines: string[]): Block | null {
  const line = lines.shift() ?? ''
  if (line.trim() === '') return null
  const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line)
  if (heading) {
    const [, marks = '', text = ''] = heading
    return { kind: 'heading', level: marks.length, parts: parseInline(text) }
  }
  if (line.startsWith('```')) return takeCode(lines)
  if (/^(-{3,}|\*{3,}|_{3,})\s*$/.test(line)) return { kind: 'rule' }
  if (bullet.test(line)) return takeList(line, lines)
  if (line.startsWith('|') && /^\|[\s:|-]+$/.test(lines[0] ?? '')) return takeTable(line, lines)
  const quote = line.startsWith('>')
  const taken = [line, ...takeWhile(lines, (next) => next.trim() !== '' && !special.test(next))]
  const text = taken.map((one) => (quote ? one.replace(/^>\s?/, '') : one).trim()).join(' ')
  return { kind: quote ? 'quote' : 'paragraph', parts: parseInline(text) }
}

function takeWhile(lines: string[], wanted: (line: string) => boolean): string[] {
  const end = lines.findIndex((line) => !wanted(line))
  return lines.splice(0, end === -1 ? lines.length : end)
}

function takeCode(lines: string[]): Block {
  const inside = takeWhile(lines, (line) => !line.startsWith('```'))
  lines.shift()
  return { kind: 'code', text: inside.join('\n') }
}

function takeList(first: string, lines: string[]): Block {
  const taken = [first, ...takeWhile(lines, (line) => bullet.test(line) || /^\s{2,}\S/.test(line))]
  const items: string[] = []
  for (const line of taken) {
    const match = bullet.exec(line)
    if (match) items.push(match[2] ?? '')
    else items.push(`${items.pop() ?? ''} ${line.trim()}`)
  }
  return { kind: 'list', ordered: /^\s*\d/.test(first), items: items.map(parseInline) }
}

function takeTable(first: string, lines: string[]): Block {
  lines.shift()
  const rows = takeWhile(lines, (line) => line.startsWith('|'))
  return { kind: 'table', head: cellsOf(first), rows: rows.map(cellsOf) }
}

const cellsOf = (line: string): Inline[][] =>
  line
    .replace(/^\||\|\s*$/g, '')
    .split('|')
    .map((cell) => parseInline(cell.trim()))

const inlineMarks =
  /`([^`]+)`|\*\*(.+?)\*\*|__(.+?)__|\*([^*\s][^*]*)\*|\b_([^_]+)_\b|\[([^\]]+)\]\(([^)\s]+)[^)]*\)/

/** Marks within a line: code, strong, emphasis, links. */
export function parseInline(text: string): Inline[] {
  const match = inlineMarks.exec(text)
  if (!match) return text === '' ? [] : [{ kind: 'text', text }]
  const [whole, code, strong, strongToo, emphasis, emphasisToo, label, address] = match
  const before = text.slice(0, match.index)
  const after = parseInline(text.slice(match.index + whole.length))
  const start: Inline[] = before === '' ? [] : [{ kind: 'text', text: before }]
  if (code !== undefined) return [...start, { kind: 'code', text: code }, ...after]
  const bold = strong ?? strongToo
  if (bold !== undefined) return [...start, { kind: 'strong', parts: parseInline(bold) }, ...after]
  const italic = emphasis ?? emphasisToo
  if (italic !== undefined) {
    return [...start, { kind: 'emphasis', parts: parseInline(italic) }, ...after]
  }
  return [...start, linkOf(label ?? '', address ?? ''), ...after]
}

/** Addresses inside the repository lead nowhere on this page: they are said, not linked. */
function linkOf(label: string, address: string): Inline {
  const parts = parseInline(label)
  if (/^(https?:\/\/|\/(?![/\\])|#)/.test(address)) return { kind: 'link', address, parts }
  if (address.includes(':') || label === address) return { kind: 'emphasis', parts }
  return { kind: 'emphasis', parts: [...parts, { kind: 'text', text: ` (${address})` }] }
}
