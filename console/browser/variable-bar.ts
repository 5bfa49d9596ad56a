import { allToken, type Resolved } from '../model/variables.ts'
import type { Words } from '../model/words.ts'
import { h, icon, opener } from './dom.ts'

interface Choosing {
  words: Words
  resolved: readonly Resolved[]
  onChoose(name: string, values: string[]): void
}

interface Control extends Resolved {
  words: Words
  label: string
  choose(values: string[]): void
}

/** One control a variable: a list, or a list of boxes where several may be chosen. */
export const variableBar = ({ words, resolved, onChoose }: Choosing): HTMLElement[] =>
  resolved.map((one) => {
    const { name, label, multi } = one.variable
    const choose = (values: string[]) => onChoose(name, values)
    const control = { ...one, words, label: label || name, choose }
    const caption = h('span', { class: 'variable-name' }, control.label)
    const attributes = { class: one.unknownValue === null ? 'variable' : 'variable wrong' }
    return multi
      ? h('span', attributes, caption, severalOf(control))
      : h('label', attributes, caption, oneOf(control))
  })

const offeredBy = ({ variable, options, words }: Control) => [
  ...(variable.includeAll ? [{ text: words.all, value: allToken }] : []),
  ...options.map((value) => ({ text: value, value })),
]

function oneOf(control: Control) {
  const { chosen, unknownValue, words, label, choose } = control
  const unknown = unknownValue === null ? [] : [{ text: `${unknownValue} ⚠`, value: unknownValue }]
  const onchange = (event: Event) => choose([(event.target as HTMLSelectElement).value])
  const items = [...unknown, ...offeredBy(control)].map(({ text, value }) => {
    return h('option', { value, selected: chosen.includes(value) }, text)
  })
  const shown = items.length === 0 ? [h('option', { value: '' }, words.nothingToChoose)] : items
  const invalid = unknownValue === null ? {} : { 'aria-invalid': 'true' }
  return h('select', { 'aria-label': label, onchange, ...invalid }, ...shown)
}

function severalOf(control: Control) {
  const { value, words, label, choose } = control
  const text = value.text || words.nothingToChoose
  return opener(
    { class: 'several', 'aria-label': `${label}: ${text}` },
    [h('span', { class: 'several-text' }, text), icon('down')],
    'choices',
    (popover) => {
      let { chosen } = control
      popover.append(
        ...offeredBy(control).map((option) => {
          const checked = chosen.includes(option.value)
          const box = h('input', { type: 'checkbox', value: option.value, checked })
          box.addEventListener('change', () => {
            chosen = toggled(chosen, option.value, box.checked)
            for (const other of popover.querySelectorAll('input')) {
              other.checked = chosen.includes(other.value)
            }
          })
          return h('label', {}, box, option.text)
        }),
      )
      // The board changes once, when the list is closed.
      const onClosed = (event: ToggleEvent) => {
        if (event.newState !== 'closed') return
        popover.removeEventListener('toggle', onClosed)
        if (chosen.join('\n') !== control.chosen.join('\n')) choose(chosen)
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
