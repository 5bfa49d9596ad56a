/** A piece of a paragraph. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'strong' | 'emphasis'; parts: Inline[] }

/**
 * The part of Markdown that text panels and descriptions use: paragraphs with `code`, **strong**
 * and *emphasis*. Everything else, HTML too, stays the text that it is.
 */
export const paragraphsOf = (source: string): Inline[][] =>
  source
    .replaceAll('\r', '')
    .split(/\n\s*\n/)
    .map((paragraph) =>
      paragraph
        .split('\n')
        .map((line) => line.trim())
        .join(' ')
        .trim(),
    )
    .filter((paragraph) => paragraph !== '')
    .map(inlinesOf)

const marks = /`([^`]+)`|\*\*(.+?)\*\*|\*([^*\s][^*]*)\*/

/** Marks within a paragraph. */
export function inlinesOf(text: string): Inline[] {
  const match = marks.exec(text)
  if (!match) return text === '' ? [] : [{ kind: 'text', text }]
  const [whole, code, strong, emphasis] = match
  const before = text.slice(0, match.index)
  return [
    ...inlinesOf(before),
    code !== undefined
      ? { kind: 'code', text: code }
      : strong !== undefined
        ? { kind: 'strong', parts: inlinesOf(strong) }
        : { kind: 'emphasis', parts: inlinesOf(emphasis ?? '') },
    ...inlinesOf(text.slice(match.index + whole.length)),
  ]
}
