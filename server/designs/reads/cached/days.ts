import { sql } from 'drizzle-orm'
import type { StepCtx } from '../../step-ctx.ts'
import { byDay, type OptionTotal } from '../popular.ts'
import type { PopularRange } from '../reads.ts'
import type { CachedAnswer } from './cache.ts'

const dayMs = 24 * 3600 * 1000

/** UTC day of an instant, YYYY-MM-DD. */
const dayOf = (epochMs: number) => new Date(epochMs).toISOString().slice(0, 10)

const epochOf = (day: string) => Date.parse(`${day}T00:00:00Z`)

export function daysOf({ from, to }: PopularRange): string[] {
  const count = (epochOf(to) - epochOf(from)) / dayMs + 1
  return Array.from({ length: count }, (_, index) => dayOf(epochOf(from) + index * dayMs))
}

/** Days kept one by one; a range that reaches further back is read whole, by the index. */
const keptDays = 100

export const isKept = ({ from, to }: PopularRange, nowMs: number) =>
  from > dayOf(nowMs - keptDays * dayMs) && to <= dayOf(nowMs + aheadMs)

/** Tomorrow's ranges are there so long before it begins. */
const aheadMs = 10_000

/** What crowds ask for: the last seven and the last thirty days, today included. */
export const hotRanges = (nowMs: number): PopularRange[] =>
  [...new Set([dayOf(nowMs), dayOf(nowMs + aheadMs)])].flatMap((to) =>
    [7, 30].map((days) => ({ from: dayOf(epochOf(to) - (days - 1) * dayMs), to, limit: 10 })),
  )

/** A late effect still counts for the day before, some hours into the next. */
const settledDays = 2
const today = { freshMs: 1500, staleMs: 60_000, copyMs: 250 }
const yesterday = { freshMs: 30_000, staleMs: 120_000, copyMs: 5000 }
const past = { freshMs: 600_000, staleMs: 3_600_000, copyMs: 600_000 }

function lifeOf(day: string, nowMs: number) {
  if (day >= dayOf(nowMs)) return today
  return day >= dayOf(nowMs - settledDays * dayMs) ? yesterday : past
}

/** Totals of one day, `[[option id, units], …]`: the past does not change, and lives long. */
export function dayAnswer(ctx: StepCtx, day: string, nowMs: number): CachedAnswer {
  return {
    ...lifeOf(day, nowMs),
    kind: 'day',
    key: day,
    isShared: true,
    make: async () => JSON.stringify(await totalsOfDay(ctx, day)),
  }
}

async function totalsOfDay(ctx: StepCtx, day: string): Promise<[string, number][]> {
  const rows = await ctx.connections.rows<OptionTotal>(sql`
    select option_id as optionId, total_sold as totalSold from ${byDay} where sold_date = ${day}`)
  return rows.map(({ optionId, totalSold }) => [optionId, Number(totalSold)])
}
