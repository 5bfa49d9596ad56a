import { type Inline, paragraphsOf } from '../../model/markdown.ts'
import { h } from '../dom.ts'

/** Markdown as elements. Whatever HTML it holds stays text. */
export const proseElement = (source: string): HTMLElement =>
  h('div', { class: 'prose' }, ...paragraphsOf(source).map((parts) => h('p', {}, ...nodes(parts))))

const tags = { code: 'code', strong: 'strong', emphasis: 'em' } as const

const nodes = (parts: Inline[]): (Node | string)[] =>
  parts.map((part) => {
    if (part.kind === 'text') return part.text
    const inside = part.kind === 'code' ? [part.text] : nodes(part.parts)
    return h(tags[part.kind], {}, ...inside)
  })
