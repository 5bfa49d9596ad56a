import {
  type ArmName,
  armNames,
  type Intensity,
  imitatesIn,
  intensityOf,
  type ListedFault,
  settingsText,
} from '../../model/faults.ts'
import { fill, type Language, type Words } from '../../model/words.ts'
import { h, icon, opener } from '../dom.ts'
import { ArmCell } from './arm-cell.ts'

/** Longest life of a fault that the board takes, seconds. */
const secondsMax = 900

/** What a reader does in a row. */
export interface RowActions {
  onStart(arms: readonly ArmName[], intensity: Intensity): void
  onStop(arm: ArmName): void
}

/** A fault: what it imitates, how strong it starts, and how it is in each arm. */
export class FaultRow {
  readonly element: HTMLElement
  readonly cells: Record<ArmName, ArmCell>
  readonly #probability: HTMLInputElement
  readonly #seconds: HTMLInputElement

  constructor(fault: ListedFault, words: Words, language: Language, actions: RowActions) {
    const { name } = fault
    const { probability, seconds } = intensityOf(fault.example)
    this.#probability = numberInput(fill(words.probabilityOf, { fault: name }), {
      ...{ min: 0, max: 1, step: 'any', value: probability },
    })
    this.#seconds = numberInput(fill(words.secondsOf, { fault: name }), {
      ...{ min: 1, max: secondsMax, step: 1, value: seconds },
    })
    const startIn = (arms: readonly ArmName[]) => {
      const intensity = this.#readIntensity()
      if (intensity) actions.onStart(arms, intensity)
    }
    const cellOf = (arm: ArmName): ArmCell => {
      const onPress = () => (this.cells[arm].isActive ? actions.onStop(arm) : startIn([arm]))
      return new ArmCell({ words, language, fault: name, arm, onPress })
    }
    this.cells = { before: cellOf('before'), after: cellOf('after') }
    const both = h('button', {
      ...{ class: 'turn', 'aria-label': fill(words.startBothOf, { fault: name }) },
      onclick: () => startIn(armNames),
    })
    both.textContent = words.startBoth
    this.element = h(
      'tr',
      { 'data-fault': name },
      heading(fault, words, language),
      h('td', { class: 'number', 'data-name': words.probability }, this.#probability),
      h('td', { class: 'number', 'data-name': words.seconds }, this.#seconds),
      h('td', { class: 'both' }, both),
      ...armNames.map((arm) => this.cells[arm].element),
    )
  }

  /** Null where a field says itself what is wrong with it. */
  #readIntensity(): Intensity | null {
    const fields = [this.#probability, this.#seconds]
    if (!fields.every((field) => field.reportValidity())) return null
    return { probability: this.#probability.valueAsNumber, seconds: this.#seconds.valueAsNumber }
  }
}

const numberInput = (label: string, attributes: Record<string, string | number>) =>
  h('input', { ...attributes, type: 'number', required: true, 'aria-label': label, title: label })

function heading(fault: ListedFault, words: Words, language: Language): HTMLElement {
  const { name, summary, example } = fault
  const label = fill(words.aboutFault, { fault: name })
  const about = opener(
    { class: 'icon-button', 'aria-label': label, title: label },
    [icon('info')],
    'about',
    (popover) => popover.append(h('p', { lang: 'en' }, summary)),
  )
  const imitates = imitatesIn(language, fault)
  const settings = settingsText(example)
  return h(
    'th',
    { scope: 'row' },
    h('span', { class: 'fault-name' }, name, about),
    h('p', { class: 'soft', lang: imitates.language }, imitates.text),
    settings !== '' && h('code', { class: 'soft' }, settings),
  )
}
