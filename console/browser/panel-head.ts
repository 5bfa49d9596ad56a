import { h, icon, opener, signButton } from './dom.ts'
import type { PanelSurroundings } from './panel.ts'
import { proseElement } from './panels/text.ts'

interface Described {
  id: number
  title: string
  description: string
}

/** Title, what the panel means, a sign for warnings, and the button that enlarges it. */
export class PanelHead {
  readonly element: HTMLElement
  readonly #warning = h('span', { class: 'warnings', role: 'status' })

  constructor({ id, title, description }: Described, around: PanelSurroundings) {
    const { words, isEnlarged, onEnlarge } = around
    const enlarge = isEnlarged ? words.backToBoard : words.enlarge
    const about = opener(
      { class: 'icon-button', 'aria-label': `${words.moreAbout}: ${title}` },
      [icon('info')],
      'about',
      (popover) => popover.append(h('strong', {}, title), proseElement(description)),
    )
    const button = signButton(isEnlarged ? 'back' : 'enlarge', enlarge, () => onEnlarge(id), {
      ...{ class: 'icon-button enlarge', 'aria-label': `${enlarge}: ${title}` },
    })
    this.element = h(
      'header',
      { class: title === '' ? 'panel-head untitled' : 'panel-head' },
      h('h2', { id: `title-${id}` }, title),
      description === '' ? null : about,
      this.#warning,
      button,
    )
  }

  /** A sign with this text, or none. */
  warn(text: string | null): void {
    const unseen = h('span', { class: 'unseen' }, text)
    const sign = h('span', { class: 'warning', title: text }, icon('warning'), unseen)
    this.#warning.replaceChildren(...(text === null ? [] : [sign]))
  }
}
