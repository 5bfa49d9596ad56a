import { tallied } from '../../server/db/sql-tally.ts'
import type { FlowCtx } from '../../server/designs/flow-ctx.ts'
import { amount } from '../judge/format.ts'
import {
  type DocumentNode,
  figureColumns,
  section,
  table,
  textColumns,
} from '../report/document.ts'
import { askForCoupon } from './coupon-log.ts'

/** One statement of a design, over a few requests one after the other. */
export interface StatementTime {
  design: string
  statement: string
  perRequest: number
  meanMs: number
}

const requests = 10

/** What each statement of a design takes, as seen from the application. */
export async function statementsOf(design: string, ctx: FlowCtx): Promise<StatementTime[]> {
  const found = new Map<string, { count: number; ms: number }>()
  const ran = (name: string, durationMs: number) => {
    const one = found.get(name) ?? { count: 0, ms: 0 }
    found.set(name, { count: one.count + 1, ms: one.ms + durationMs })
  }
  // Options may open what they need at their first use.
  await askForCoupon(ctx, 0)
  const watched = { ...ctx, connections: tallied(ctx.connections, { ran }) }
  for (let call = 0; call < requests; call += 1) await askForCoupon(watched, call)
  return [...found].map(([statement, { count, ms }]) => {
    return { design, statement, perRequest: count / requests, meanMs: ms / count }
  })
}

/** Which query is slow, where it is seen. */
export const statementsNode = (rows: number, times: readonly StatementTime[]): DocumentNode =>
  section(`Which query is slow? One request after the other, ${rows.toLocaleString('en')} rows`, [
    table(
      [...textColumns('design', 'statement'), ...figureColumns('per request', 'mean, ms')],
      times.map(({ design, statement, perRequest, meanMs }) => {
        return [design, statement, amount(perRequest), amount(Number(meanMs.toFixed(2)))]
      }),
    ),
  ])

/** When a request was answered, since the start of its round, and how long it took. */
export interface Elapsed {
  endedMs: number
  tookMs: number
}

const bandsMs = [5, 25, 100, 500, 1000, 2500, Number.POSITIVE_INFINITY]
const slices = 40
/** From none to the most of the picture. */
const shades = [' ', '░', '▒', '▓', '█'] as const

/** Time by elapsed, in characters: a darker one is more requests. */
export function heatMapNode(title: string, times: readonly Elapsed[]): DocumentNode {
  const lengthMs = times.reduce((max, { endedMs }) => Math.max(max, endedMs), 1)
  const counts = bandsMs.map(() => new Array<number>(slices).fill(0))
  for (const { endedMs, tookMs } of times) {
    const row = counts[bandsMs.findIndex((end) => tookMs <= end)]
    const slice = Math.min(slices - 1, Math.floor((endedMs / lengthMs) * slices))
    if (row) row[slice] = (row[slice] ?? 0) + 1
  }
  const most = Math.max(1, ...counts.flat())
  const lines = bandsMs.map((end, index) => {
    const cells = (counts[index] ?? []).map((count) => {
      const shade = count === 0 ? 0 : 1 + Math.floor(((count - 1) / most) * (shades.length - 1))
      return shades[Math.min(shade, shades.length - 1)]
    })
    return `${bandName(end, bandsMs[index - 1]).padStart(12)} │${cells.join('')}│`
  })
  const end = `${amount(Number((lengthMs / 1000).toFixed(1)))} s`
  const axis = `${' '.repeat(13)}0 s${end.padStart(slices - 1)}`
  return section(title, [{ kind: 'code', text: [...lines.toReversed(), axis].join('\n') }])
}

const bandName = (end: number, before = 0): string =>
  Number.isFinite(end) ? `to ${end} ms` : `over ${before} ms`
