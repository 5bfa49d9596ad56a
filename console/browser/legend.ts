import { h } from './dom.ts'
import { swatch } from './tooltip.ts'

export interface LegendEntry {
  name: string
  colour: string
  isDashed: boolean
}

/** Names of series as buttons: a click shows one alone, with Ctrl or Shift hides or shows it. */
export class Legend {
  readonly element = h('div', { class: 'legend' })
  readonly #onChange: () => void
  readonly #hidden = new Set<string>()
  #names: string[] = []
  #shown = ''

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  isVisible(name: string): boolean {
    return !this.#hidden.has(name)
  }

  /** Shows the entries; hidden series stay hidden by name. */
  show(entries: LegendEntry[]): void {
    this.#names = entries.map(({ name }) => name)
    this.element.hidden = entries.length === 0
    const described = JSON.stringify([entries, [...this.#hidden]])
    // The same legend again would only take the focus away from its buttons.
    if (described === this.#shown) return
    this.#shown = described
    const focusedName = this.element.querySelector<HTMLElement>(':focus')?.title ?? ''
    const items = entries.map((entry) => h('li', {}, this.#button(entry)))
    this.element.replaceChildren(h('ul', {}, ...items))
    const focused = this.#names.indexOf(focusedName)
    if (focused >= 0) this.element.querySelectorAll('button')[focused]?.focus()
  }

  #choose(name: string, isOne: boolean): void {
    const hidden = this.#hidden
    const isAlone = this.#names.every((other) => (other === name) !== hidden.has(other))
    if (isOne) {
      if (!hidden.delete(name)) hidden.add(name)
    } else {
      hidden.clear()
      if (!isAlone) for (const other of this.#names) if (other !== name) hidden.add(other)
    }
    this.#onChange()
  }

  #button({ name, colour, isDashed }: LegendEntry): HTMLElement {
    const pressed = { 'aria-pressed': String(this.isVisible(name)), title: name }
    const onclick = (event: MouseEvent) => {
      this.#choose(name, event.ctrlKey || event.metaKey || event.shiftKey)
    }
    const label = h('span', { class: 'name' }, name)
    return h('button', { ...pressed, onclick }, swatch(colour, isDashed), label)
  }
}
