import type { ArmName, ListedFault } from '../../model/faults.ts'
import { fill, type Language, type Words } from '../../model/words.ts'
import { h } from '../dom.ts'

/** What the cell is of, and what its button does. */
export interface CellOptions {
  words: Words
  language: Language
  fault: string
  arm: ArmName
  onPress(): void
}

/** A fault in one arm: its button, the time left, how often it has acted, what was refused. */
export class ArmCell {
  readonly element: HTMLElement
  readonly #options: CellOptions
  readonly #button: HTMLButtonElement
  readonly #time = h('progress', { max: 1 })
  readonly #left = h('span', { class: 'left' })
  readonly #injected = h('span', { class: 'soft' })
  readonly #problem = h('p', { class: 'problem', role: 'alert' })
  #isActive = false

  constructor(options: CellOptions) {
    const { words, fault, arm, onPress } = options
    this.#options = options
    this.#button = h('button', { class: 'turn', onclick: onPress })
    this.#time.setAttribute('aria-label', fill(words.timeLeftOf, { fault, arm }))
    this.element = h(
      'td',
      { class: 'arm', 'data-arm': arm },
      h('div', { class: 'arm-line' }, this.#button, this.#left, this.#injected),
      this.#time,
      this.#problem,
    )
    this.#drawButton()
  }

  get isActive(): boolean {
    return this.#isActive
  }

  /** Draws the state that the arm reports. */
  show({ active, settings, remainingSeconds, injected }: ListedFault): void {
    const { words, language } = this.#options
    this.#isActive = active
    this.element.classList.toggle('active', active)
    this.#drawButton()
    const count = String(Math.ceil(remainingSeconds))
    this.#left.textContent = active ? fill(words.secondsLeft, { count }) : ''
    const figure = injected.toLocaleString(language)
    const isCounted = active || injected > 0
    this.#injected.textContent = isCounted ? fill(words.injected, { count: figure }) : ''
    this.#time.max = Number(settings?.ttlSeconds) || 1
    this.#time.value = remainingSeconds
    this.#time.hidden = !active
  }

  /** Says why the arm refused; empty = it did not. */
  complain(problem: string): void {
    this.#problem.textContent = problem
  }

  #drawButton(): void {
    const { words, fault, arm } = this.#options
    const label = fill(this.#isActive ? words.stopIn : words.startIn, { fault, arm })
    this.#button.textContent = this.#isActive ? words.stop : words.start
    this.#button.setAttribute('aria-label', label)
    this.#time.hidden = !this.#isActive
  }
}
