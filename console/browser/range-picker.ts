import { clockText, localTime } from '../model/clock.ts'
import { serverNowMs } from '../model/server-clock.ts'
import {
  followedMs,
  parseDuration,
  parseInstant,
  type RawRange,
  resolveRange,
  shiftRange,
  type TimeRange,
  zoomRange,
} from '../model/time-range.ts'
import { fill, type Words } from '../model/words.ts'
import { h, icon, opener, signButton } from './dom.ts'

interface Picking {
  words: Words
  raw: RawRange
  onPick(range: RawRange): void
}

const presets = ['5m', '15m', '1h']
const more = ['1m', '30m', '3h', '6h', '12h', '24h']

const last = (span: string): RawRange => ({ from: `now-${span}`, to: 'now' })

/** The board's time: presets, steps back and forth, two fields; arrow keys move it. */
export function rangePicker({ words, raw, onPick }: Picking): HTMLElement {
  const move = (moved: (range: TimeRange, nowMs: number) => RawRange) => () => {
    const nowMs = serverNowMs()
    const range = resolveRange(raw, nowMs)
    if (range) onPick(moved(range, nowMs))
  }
  const earlier = move((range, nowMs) => shiftRange(range, -1, nowMs))
  const later = move((range, nowMs) => shiftRange(range, 1, nowMs))
  const wider = move((range, nowMs) => zoomRange(raw, range, 2, nowMs))
  const narrower = move((range, nowMs) => zoomRange(raw, range, 0.5, nowMs))
  const keys: Record<string, () => void> = {
    ...{ ArrowLeft: earlier, ArrowRight: later, ArrowUp: wider, ArrowDown: narrower },
  }
  const onkeydown = (event: KeyboardEvent) => {
    const inField = event.target instanceof HTMLInputElement
    const act = inField ? undefined : keys[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  return h(
    'div',
    { class: 'group range', role: 'group', 'aria-label': words.timeRange, onkeydown },
    signButton('earlier', words.earlier, earlier),
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
    signButton('zoomOut', words.wider, wider),
    signButton('later', words.later, later),
  )
}

function presetButton(span: string, raw: RawRange, words: Words, onPick: Picking['onPick']) {
  const on = followedMs(raw) === parseDuration(span)
  const label = fill(words.last, { span })
  const pressed = { 'aria-pressed': String(on), 'aria-label': label, title: label }
  return h('button', { ...pressed, onclick: () => onPick(last(span)) }, span)
}

const isPreset = (raw: RawRange) =>
  presets.some((span) => raw.to === 'now' && raw.from === `now-${span}`)

/** What the range is, short: its ends, or how far back from now. */
function textOf(raw: RawRange): string {
  const followed = followedMs(raw)
  if (followed !== null) return `−${raw.from.slice(4)}`
  const range = resolveRange(raw, serverNowMs())
  if (!range) return '?'
  return `${clockText(range.fromMs / 1000)} – ${clockText(range.toMs / 1000)}`
}

function otherRange(raw: RawRange, words: Words, onPick: Picking['onPick']): HTMLElement {
  const range = resolveRange(raw, serverNowMs()) ?? {
    fromMs: serverNowMs() - 900_000,
    toMs: serverNowMs(),
  }
  const field = (ms: number) => {
    const value = localTime(ms).replace(' ', 'T')
    return h('input', { type: 'datetime-local', step: 1, value })
  }
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
