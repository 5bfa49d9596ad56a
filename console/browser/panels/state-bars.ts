import type uPlot from 'uplot'
import { contrast, mix } from '../../model/colours.ts'
import type { Stretch } from '../../model/states.ts'
import type { Look } from '../theme.ts'

const nameMax = 28

/** Long names are cut: the tooltip has them whole. */
export const drawnName = (name: string): string =>
  name.length > nameMax ? `${name.slice(0, nameMax - 1)}…` : name

interface Options {
  rowHeight: number
  showValue: 'auto' | 'always' | 'never'
}

/** Draws each series' stretches as bars in rows from the top, with their text where it fits. */
export function drawStretches(
  chart: uPlot,
  bars: readonly Stretch[][],
  { rowHeight, showValue }: Options,
  look: Look,
): void {
  const { ctx, bbox } = chart
  const ratio = devicePixelRatio
  const pitch = bbox.height / Math.max(bars.length, 1)
  const height = Math.min(pitch * rowHeight, 46 * ratio)
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  ctx.font = `500 ${11 * ratio}px ${look.font}`
  ctx.textAlign = 'left'
  ctx.textBaseline = 'middle'
  bars.forEach((bar, row) => {
    const middle = bbox.top + pitch * (row + 0.5)
    for (const stretch of bar) {
      const from = Math.max(chart.valToPos(stretch.fromSeconds, 'x', true), bbox.left)
      const to = Math.min(chart.valToPos(stretch.toSeconds, 'x', true), bbox.left + bbox.width)
      if (to <= from) continue
      const fill = mix(stretch.colour, look.card, look.theme === 'dark' ? 0.35 : 0.12)
      ctx.fillStyle = fill
      ctx.fillRect(from, middle - height / 2, Math.max(to - from - ratio, ratio), height)
      const room = to - from - 12 * ratio
      const fits = ctx.measureText(stretch.text).width <= room && height >= 13 * ratio
      if (showValue === 'never' || !(fits || showValue === 'always')) continue
      ctx.fillStyle = contrast(fill, '#ffffff') >= 4 ? '#ffffff' : '#14161a'
      ctx.fillText(stretch.text, from + 6 * ratio, middle)
    }
  })
  ctx.restore()
}
