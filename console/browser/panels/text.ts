import { type Block, type Inline, parseMarkdown } from '../../model/markdown.ts'
import { h } from '../dom.ts'

/** Markdown as elements. Whatever HTML it holds stays text. */
export function markdownElement(source: string): HTMLElement {
  return h('div', { class: 'prose' }, ...parseMarkdown(source).map(blockElement))
}

/** Text as it is, in a fixed-width face. */
export const codeElement = (source: string): HTMLElement =>
  h('pre', { class: 'prose' }, h('code', {}, source))

const headings = ['h3', 'h4', 'h5', 'h6', 'h6', 'h6'] as const

function blockElement(block: Block): HTMLElement {
  switch (block.kind) {
    case 'heading':
      // A panel's title is an h2: headings inside it stand below.
      return h(headings[block.level - 1] ?? 'h6', {}, ...inlines(block.parts))
    case 'paragraph':
      return h('p', {}, ...inlines(block.parts))
    case 'quote':
      return h('blockquote', {}, ...inlines(block.parts))
    case 'code':
      return h('pre', {}, h('code', {}, block.text))
    case 'rule':
      return h('hr')
    case 'list': {
      const items = block.items.map((parts) => h('li', {}, ...inlines(parts)))
      return h(block.ordered ? 'ol' : 'ul', {}, ...items)
    }
    case 'table': {
      const head = block.head.map((parts) => h('th', { scope: 'col' }, ...inlines(parts)))
      const rows = block.rows.map((cells) => {
        return h('tr', {}, ...cells.map((parts) => h('td', {}, ...inlines(parts))))
      })
      return h('table', {}, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows))
    }
  }
}

const inlines = (parts: Inline[]): (Node | string)[] => parts.map(inlineNode)

function inlineNode(part: Inline): Node | string {
  switch (part.kind) {
    case 'text':
      return part.text
    case 'code':
      return h('code', {}, part.text)
    case 'strong':
      return h('strong', {}, ...inlines(part.parts))
    case 'emphasis':
      return h('em', {}, ...inlines(part.parts))
    case 'link':
      return h('a', { href: part.address, rel: 'noreferrer' }, ...inlines(part.parts))
  }
}
