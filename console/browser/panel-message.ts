import { h } from './dom.ts'

/** Words in place of a panel's content. */
export class PanelMessage {
  readonly #inside: HTMLElement
  readonly #element = h('div', { class: 'panel-message', role: 'note' })

  constructor(inside: HTMLElement) {
    this.#inside = inside
  }

  /** @param details each on a line of its own, as a program wrote it */
  show(headline: string, hint: string, details: readonly string[] = []): void {
    this.#element.replaceChildren(
      h('strong', {}, headline),
      ...details.map((detail) => h('code', {}, detail)),
      ...(hint === '' ? [] : [h('p', {}, hint)]),
    )
    if (!this.#element.isConnected) this.#inside.append(this.#element)
    this.#inside.classList.add('has-message')
  }

  clear(): void {
    this.#element.remove()
    this.#inside.classList.remove('has-message')
  }
}
