import type { Variable } from '../model/board-schema.ts'
import { fill, type Words } from '../model/words.ts'
import { h, icon, opener } from './dom.ts'
import { allToken, isKnownKind, type Option, type Resolved } from './variables.ts'

interface Choosing {
  words: Words
  /** All of the board's, for those of a kind that is not known. */
  variables: readonly Variable[]
  resolved: readonly Resolved[]
  onChoose(name: string, values: string[]): void
}

/** One control a variable: a list, a list of boxes where several may be chosen, or a field. */
export function variableBar({ words, variables, resolved, onChoose }: Choosing): HTMLElement[] {
  const shown = resolved.filter(({ variable }) => {
    return variable.hide < 2 && variable.type !== 'datasource' && variable.type !== 'constant'
  })
  const strangers = variables.filter((variable) => !isKnownKind(variable))
  return [
    ...shown.map((one) => control(one, words, (values) => onChoose(one.variable.name, values))),
    ...strangers.map(({ name, type }) =>
      h('span', { class: 'variable problem' }, fill(words.unknownVariable, { name, kind: type })),
    ),
  ]
}

function control(one: Resolved, words: Words, onChoose: (values: string[]) => void): HTMLElement {
  const { variable } = one
  const label = variable.label || variable.name
  const name = variable.hide === 1 ? null : h('span', { class: 'variable-name' }, label)
  const hint = variable.description ?? ''
  const wrong = one.unknownValue !== null
  const attributes = { class: wrong ? 'variable wrong' : 'variable', title: hint }
  if (variable.type === 'textbox') {
    const onchange = (event: Event) => onChoose([(event.target as HTMLInputElement).value])
    const field = h('input', { value: one.chosen[0] ?? '', 'aria-label': label, onchange })
    return h('label', attributes, name, field)
  }
  if (variable.multi) return h('span', attributes, name, severalOf(one, label, words, onChoose))
  return h('label', attributes, name, oneOf(one, label, words, onChoose))
}

const offeredBy = ({ variable, options }: Resolved, words: Words): Option[] =>
  variable.includeAll ? [{ text: words.all, value: allToken }, ...options] : options

function oneOf(one: Resolved, label: string, words: Words, onChoose: (values: string[]) => void) {
  const options = offeredBy(one, words)
  const unknown = one.unknownValue
  const all = unknown === null ? options : [{ text: `${unknown} ⚠`, value: unknown }, ...options]
  const onchange = (event: Event) => onChoose([(event.target as HTMLSelectElement).value])
  const items = all.map(({ text, value }) => {
    return h('option', { value, selected: one.chosen.includes(value) }, text)
  })
  const none = items.length === 0 ? [h('option', { value: '' }, words.nothingToChoose)] : items
  const invalid = unknown === null ? {} : { 'aria-invalid': 'true' }
  return h('select', { 'aria-label': label, onchange, ...invalid }, ...none)
}

function severalOf(
  one: Resolved,
  label: string,
  words: Words,
  onChoose: (values: string[]) => void,
) {
  const text = one.value.text || words.nothingToChoose
  return opener(
    { class: 'several', 'aria-label': `${label}: ${text}` },
    [h('span', { class: 'several-text' }, text), icon('down')],
    'choices',
    (popover) => {
      let chosen = one.chosen
      popover.append(
        ...offeredBy(one, words).map(({ text: optionText, value }) => {
          const box = h('input', { type: 'checkbox', value, checked: chosen.includes(value) })
          box.addEventListener('change', () => {
            chosen = toggled(chosen, value, box.checked)
            for (const other of popover.querySelectorAll('input')) {
              other.checked = chosen.includes(other.value)
            }
          })
          return h('label', {}, box, optionText)
        }),
      )
      // The board changes once, when the list is closed.
      const onClosed = (event: ToggleEvent) => {
        if (event.newState !== 'closed') return
        popover.removeEventListener('toggle', onClosed)
        if (chosen.join('\n') !== one.chosen.join('\n')) onChoose(chosen)
      }
      popover.addEventListener('toggle', onClosed)
    },
  )
}

/** All excludes the others and the others All; the last one cannot be taken away. */
function toggled(chosen: string[], value: string, on: boolean): string[] {
  if (value === allToken && on) return [allToken]
  const others = chosen.filter((one) => one !== value && one !== allToken)
  const next = on ? [...others, value] : others
  return next.length === 0 ? chosen : next
}
