import {
  contrast,
  mapped,
  seriesColour,
  themedColour,
  thresholdColour,
} from '../../model/colours.ts'
import { frameOf, type Series } from '../../model/frames.ts'
import type { PanelOf } from '../../model/panel-schema.ts'
import { drawable } from '../../model/prometheus.ts'
import { reduced } from '../../model/reduce.ts'
import { formatValue, splitValue } from '../../model/units.ts'
import { h, svg } from '../dom.ts'
import { currentLook, type Look } from '../theme.ts'
import type { PanelBody, PanelData, PanelMaking } from './panel-body.ts'

type Panel = PanelOf<'stat'>

/** Large figures, one a series, with a little curve behind where the data has one. */
export function statBody(panel: Panel, { title }: PanelMaking): PanelBody {
  const element = h('div', { class: `stats ${panel.options.orientation}` })
  let last: PanelData | null = null

  const draw = (): boolean => {
    if (!last) return false
    const look = currentLook()
    const { series } = frameOf(last.answers, panel.fieldConfig, last.range, last.stepMs)
    const tiles = series.map((one, index) => {
      return tileOf(panel, one, index, { look, title, alone: series.length === 1 })
    })
    element.replaceChildren(...tiles)
    // All figures of a panel are of one size: that of the longest.
    const lengths = tiles.map((tile) => Number(tile.dataset.length ?? 1))
    element.style.setProperty('--characters', String(Math.max(4, ...lengths)))
    return tiles.length > 0
  }
  return {
    element,
    show: (data) => {
      last = data
      return draw()
    },
    redraw: draw,
    destroy: () => {},
  }
}

interface Setting {
  look: Look
  title: string
  alone: boolean
}

function tileOf(panel: Panel, series: Series, index: number, { look, title, alone }: Setting) {
  const { colorMode, textMode, graphMode, reduceOptions } = panel.options
  const { settings, name, values } = series
  const value = reduced(values, reduceOptions.calcs[0] ?? 'lastNotNull')
  const mapping = mapped(value, settings.mappings)
  const colour = mapping.color
    ? themedColour(mapping.color, look.theme)
    : settings.color && settings.color.mode !== 'thresholds'
      ? seriesColour(settings, series.labels, index, look.theme, value)
      : thresholdColour(value, settings, look.theme)
  const text =
    mapping.text ?? (value === null ? (settings.noValue ?? '–') : formatValue(value, settings))
  const parts = mapping.text === undefined ? splitValue(text) : { number: text, suffix: '' }
  const named =
    textMode === 'value_and_name' || textMode === 'name' || (textMode === 'auto' && !alone)
  const background = colorMode.startsWith('background')
  const curve = graphMode === 'none' || background ? null : sparkline(values, colour)
  const tile = h(
    'div',
    {
      class: `stat ${background ? 'filled' : ''} ${curve ? 'curved' : ''}`,
      role: 'group',
      'aria-label': `${name || title}`,
    },
    curve,
    named && !(alone && name === title) ? h('div', { class: 'stat-name' }, name) : null,
    textMode === 'name' ? null : figure(parts),
  )
  tile.dataset.length = String(parts.number.length + parts.suffix.length * 0.5)
  const shown = colour === 'transparent' ? look.ink : colour
  tile.style.setProperty('--colour', colorMode === 'none' ? look.ink : shown)
  if (background) {
    tile.style.setProperty('--on-colour', contrast(shown, '#ffffff') >= 4 ? '#ffffff' : '#14161a')
  }
  return tile
}

/** The number large, its unit smaller. */
function figure({ number, suffix }: { number: string; suffix: string }): HTMLElement {
  const unit = suffix === '' ? null : h('span', { class: 'stat-unit' }, suffix)
  return h('div', { class: 'stat-figure' }, number, unit)
}

/** The course of the series, without axes; nothing for fewer than two points. */
function sparkline(values: readonly (number | null)[], colour: string): SVGElement | null {
  const points = values.flatMap((value, at) => {
    const height = drawable(value)
    return height === null ? [] : [{ at, height }]
  })
  if (points.length < 2) return null
  const heights = points.map(({ height }) => height)
  const [low, high] = [reduced(heights, 'min') ?? 0, reduced(heights, 'max') ?? 1]
  const floor = Math.min(low, 0)
  const span = high - floor || 1
  const across = ({ at }: { at: number }) => ((at / (values.length - 1)) * 100).toFixed(2)
  const place = (point: { at: number; height: number }) =>
    `${across(point)} ${(30 - ((point.height - floor) / span) * 27).toFixed(2)}`
  const [first, last] = [points[0], points.at(-1)]
  const line = `M${points.map(place).join('L')}`
  const area = `${line}L${last ? across(last) : 100} 30L${first ? across(first) : 0} 30Z`
  return svg(
    'svg',
    {
      class: 'sparkline',
      viewBox: '0 0 100 30',
      preserveAspectRatio: 'none',
      'aria-hidden': 'true',
    },
    svg('path', { d: area, fill: colour, 'fill-opacity': '0.1' }),
    svg('path', {
      d: line,
      fill: 'none',
      stroke: colour,
      'stroke-width': '1.5',
      'vector-effect': 'non-scaling-stroke',
    }),
  )
}
