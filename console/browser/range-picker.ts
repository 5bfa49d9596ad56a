import { clockText } from '../model/clock.ts'
import {
  followedMs,
  parseDuration,
  parseInstant,
  type RawRange,
  resolveRange,
  shiftRange,
  zoomRange,
} from '../model/time-range.ts'
import { fill, type Words } from '../model/words.ts'
import { h, icon, opener } from './dom.ts'

interface Picking {
  words: Words
  raw: RawRange
  onPick(range: RawRange): void
}

const presets = ['5m', '15m', '1h']
const more = ['1m', '30m', '3h', '6h', '12h', '24h']

const last = (span: string): RawRange => ({ from: `now-${span}`, to: 'now' })

/**
 * The board's time: presets, steps back and forth, two fields for any other; arrow keys move it.
 */
export function rangePicker({ words, raw, onPick }: Picking): HTMLElement {
  const resolved = () => resolveRange(raw, Date.now())
  const shift = (direction: -1 | 1) => {
    const range = resolved()
    if (range) onPick(shiftRange(range, direction, Date.now()))
  }
  const zoom = (factor: number) => {
    const range = resolved()
    if (range) onPick(zoomRange(raw, range, factor, Date.now()))
  }
  const keys: Record<string, () => void> = {
    ArrowLeft: () => shift(-1),
    ArrowRight: () => shift(1),
    ArrowUp: () => zoom(2),
    ArrowDown: () => zoom(0.5),
  }
  const onkeydown = (event: KeyboardEvent) => {
    const inField = event.target instanceof HTMLInputElement
    const act = inField ? undefined : keys[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  const sign = (name: 'earlier' | 'later' | 'zoomOut', label: string, onclick: () => void) =>
    h('button', { type: 'button', 'aria-label': label, title: label, onclick }, icon(name))
  return h(
    'div',
    { class: 'group range', role: 'group', 'aria-label': words.timeRange, onkeydown },
    sign('earlier', words.earlier, () => shift(-1)),
    ...presets.map((span) => presetButton(span, raw, words, onPick)),
    opener(
      {
        class: 'range-text',
        title: words.rangeKeys,
        'aria-label': `${words.otherRange}: ${textOf(raw)}`,
      },
      [isPreset(raw) ? '…' : textOf(raw), icon('down')],
      'range-other',
      (popover) => popover.append(otherRange(raw, words, onPick)),
    ),
    sign('zoomOut', words.wider, () => zoom(2)),
    sign('later', words.later, () => shift(1)),
  )
}

function presetButton(span: string, raw: RawRange, words: Words, onPick: Picking['onPick']) {
  const on = followedMs(raw) === parseDuration(span)
  const label = fill(words.last, { span })
  const pressed = { 'aria-pressed': String(on), 'aria-label': label, title: label }
  return h('button', { ...pressed, type: 'button', onclick: () => onPick(last(span)) }, span)
}

const isPreset = (raw: RawRange) =>
  presets.some((span) => raw.to === 'now' && raw.from === `now-${span}`)

/** What the range is, short: its ends, or how far back from now. */
function textOf(raw: RawRange): string {
  const followed = followedMs(raw)
  if (followed !== null) return `−${raw.from.slice(4)}`
  const range = resolveRange(raw, Date.now())
  if (!range) return '?'
  return `${clockText(range.fromMs / 1000)} – ${clockText(range.toMs / 1000)}`
}

function otherRange(raw: RawRange, words: Words, onPick: Picking['onPick']): HTMLElement {
  const range = resolveRange(raw, Date.now()) ?? { fromMs: Date.now() - 900_000, toMs: Date.now() }
  const field = (ms: number) =>
    h('input', { type: 'datetime-local', step: 1, value: localText(ms) })
  const [from, to] = [field(range.fromMs), field(range.toMs)]
  const problem = h('p', { class: 'problem', role: 'alert' })
  const onsubmit = (event: SubmitEvent) => {
    event.preventDefault()
    const [fromMs, toMs] = [from, to].map((input) => new Date(input.value).getTime())
    const picked = { from: String(fromMs), to: String(toMs) }
    const sound = parseInstant(picked.from, 0) !== null && resolveRange(picked, 0) !== null
    if (sound) onPick(picked)
    else problem.textContent = words.badRange
  }
  const spans = more.map((span) => presetButton(span, raw, words, onPick))
  return h(
    'form',
    { onsubmit },
    h('div', { class: 'spans' }, ...spans),
    h('label', {}, words.from, from),
    h('label', {}, words.to, to),
    problem,
    h('button', { type: 'submit', class: 'primary' }, words.apply),
    h('p', { class: 'soft' }, words.rangeKeys),
    h('p', { class: 'soft' }, words.zoomHint),
  )
}

/** Local time as a `datetime-local` field has it. */
function localText(ms: number): string {
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 19)
}
