import type { Band } from '../model/annotation-bands.ts'
import { clockText } from '../model/clock.ts'
import { themedColour } from '../model/colours.ts'
import { currentLook } from './chart/look.ts'
import { h } from './dom.ts'

export interface TooltipRow {
  name: string
  value: string
  colour: string
  /** The line nearest to the pointer. */
  isNear: boolean
}

interface Tooltip {
  /** Of the pointer, in CSS pixels of the window. */
  x: number
  y: number
  seconds: number
  rows: TooltipRow[]
  bands: Band[]
}

const rowsMax = 16
const element = h('div', { class: 'tooltip', role: 'status', 'aria-live': 'polite', hidden: true })

/** The one tooltip of the page, beside the pointer and inside the window. */
export function showTooltip({ x, y, seconds, rows, bands }: Tooltip): void {
  if (!element.isConnected) document.body.append(element)
  const left = rows.length - rowsMax
  element.replaceChildren(
    h('div', { class: 'tooltip-time' }, clockText(seconds)),
    ...rows.slice(0, rowsMax).map(rowElement),
    ...(left > 0 ? [h('div', { class: 'soft' }, `+ ${left}`)] : []),
    ...bands.slice(0, 6).map(bandElement),
  )
  element.hidden = false
  const own = element.getBoundingClientRect()
  const beside = x + 16 + own.width < innerWidth ? x + 16 : x - own.width - 16
  element.style.left = `${Math.max(4, beside)}px`
  element.style.top = `${Math.max(4, Math.min(y + 12, innerHeight - own.height - 8))}px`
}

export function hideTooltip(): void {
  element.hidden = true
}

function rowElement({ name, value, colour, isNear }: TooltipRow): HTMLElement {
  return h(
    'div',
    { class: isNear ? 'tooltip-row near' : 'tooltip-row' },
    swatch(colour),
    h('span', { class: 'name' }, name),
    h('span', { class: 'value' }, value),
  )
}

function bandElement(band: Band): HTMLElement {
  const span =
    band.toMs > band.fromMs
      ? `${clockText(band.fromMs / 1000)} – ${clockText(band.toMs / 1000)}`
      : clockText(band.fromMs / 1000)
  return h(
    'div',
    { class: 'tooltip-band' },
    swatch(themedColour(band.colour, currentLook().theme)),
    h('strong', {}, band.title),
    h('div', { class: 'soft' }, band.text === '' ? span : `${band.text} · ${span}`),
  )
}

/** A dab of a series' colour. */
export function swatch(colour: string, isDashed = false): HTMLElement {
  const dab = h('span', { class: isDashed ? 'swatch dashed' : 'swatch' })
  dab.style.setProperty('--colour', colour)
  return dab
}
