import { type ArmName, armNames, type Intensity, type ListedFault } from '../../model/faults.ts'
import { fill, type Language, type Words } from '../../model/words.ts'
import { h } from '../dom.ts'
import { FaultRow } from './fault-row.ts'

/** What a reader does in the table. */
export interface TableActions {
  onStart(arms: readonly ArmName[], fault: ListedFault, intensity: Intensity): void
  onStop(arm: ArmName, fault: ListedFault): void
}

/** All faults, before and after side by side. Rows stay as they are, so that focus does too. */
export class FaultTable {
  readonly element: HTMLElement
  readonly #words: Words
  readonly #language: Language
  readonly #actions: TableActions
  readonly #rows = new Map<string, FaultRow>()
  readonly #body = h('tbody')
  readonly #states: Record<ArmName, HTMLElement>
  readonly #active: Record<ArmName, number> = { before: 0, after: 0 }

  constructor(words: Words, language: Language, actions: TableActions) {
    this.#words = words
    this.#language = language
    this.#actions = actions
    const state = () => h('span', { class: 'arm-state' })
    this.#states = { before: state(), after: state() }
    const heads = armNames.map((arm) =>
      h('th', { scope: 'col', class: 'arm', 'data-arm': arm }, arm, ' ', this.#states[arm]),
    )
    const fixed = [words.fault, words.probability, words.seconds].map((text) =>
      h('th', { scope: 'col' }, text),
    )
    this.element = h(
      'table',
      { class: 'faults', 'aria-label': words.faults },
      h('thead', {}, h('tr', {}, ...fixed, h('td'), ...heads)),
      this.#body,
    )
  }

  /** Draws what an arm reports of its faults. @returns names that have begun and ended since */
  show(arm: ArmName, faults: readonly ListedFault[]): { begun: string[]; ended: string[] } {
    const [begun, ended]: [string[], string[]] = [[], []]
    for (const fault of faults) {
      const cell = this.#rowOf(fault).cells[arm]
      if (fault.active !== cell.isActive) (fault.active ? begun : ended).push(fault.name)
      if (fault.active !== cell.isActive) cell.complain('')
      cell.show(fault)
    }
    const active = faults.filter((fault) => fault.active).length
    this.#active[arm] = active
    const { armActive, armQuiet } = this.#words
    const text = active > 0 ? fill(armActive, { count: String(active) }) : armQuiet
    this.#drawState(arm, text, active > 0 ? 'on' : 'off')
    return { begun, ended }
  }

  /** How many faults were on in an arm when it last answered. */
  activeIn(arm: ArmName): number {
    return this.#active[arm]
  }

  /** What is drawn of an arm is old. */
  showGone(arm: ArmName): void {
    this.#drawState(arm, this.#words.armGone, 'gone')
  }

  /** Says in the fault's cell why the arm refused; empty = it did not. */
  complain(arm: ArmName, fault: string, problem: string): void {
    this.#rows.get(fault)?.cells[arm].complain(problem)
  }

  #drawState(arm: ArmName, text: string, state: 'on' | 'off' | 'gone'): void {
    this.#states[arm].textContent = text
    this.#states[arm].dataset.state = state
    this.element.classList.toggle(`stale-${arm}`, state === 'gone')
  }

  #rowOf(fault: ListedFault): FaultRow {
    const known = this.#rows.get(fault.name)
    if (known) return known
    const row = new FaultRow(fault, this.#words, this.#language, {
      onStart: (arms, intensity) => this.#actions.onStart(arms, fault, intensity),
      onStop: (arm) => this.#actions.onStop(arm, fault),
    })
    this.#rows.set(fault.name, row)
    this.#body.append(row.element)
    return row
  }
}
