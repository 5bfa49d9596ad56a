import { z } from 'zod'
import type { Evidence } from './checker.ts'
import { journeysOf } from './journeys.ts'
import { byId, type OptionRow, optionsIn, productsIn } from './rows.ts'
import { select } from './select.ts'

/** What was sold within a range of days, by option. */
export interface SalesOfRange {
  from: string
  to: string
  limit: number
  options: Map<string, Sales>
}

interface Sales {
  option: OptionRow
  productName: string
  /** On days before the crowd came: these do not change. */
  before: number
  /** Until the audit. */
  whole: number
}

const queried = /[?&]from=(\d{4}-\d\d-\d\d)&to=(\d{4}-\d\d-\d\d)&limit=(\d{1,3})$/

/** Sales of the ranges that were asked for, by path. */
export async function bestSellers(
  evidence: Evidence,
  paths: ReadonlySet<string>,
): Promise<Map<string, SalesOfRange>> {
  const options = byId(await optionsIn(evidence))
  const products = byId(await productsIn(evidence))
  const firstMs = journeysOf(evidence).reduce(
    (min, { startedMs }) => Math.min(min, startedMs),
    1e14,
  )
  const firstDay = new Date(firstMs).toISOString().slice(0, 10)
  const found = new Map<string, SalesOfRange>()
  for (const path of paths) {
    const [, from, to, limit] = queried.exec(path) ?? []
    if (!from || !to) continue
    const rows = await select(
      evidence.db,
      `select cast(option_id as char) as id, sum(total_sold) as whole,
              sum(if(sold_date < '${firstDay}', total_sold, 0)) as earlier
       from daily_popular_products where sold_date between '${from}' and '${to}'
       group by option_id`,
    )
    const sales = rows.flatMap(({ id, whole, earlier }): [string, Sales][] => {
      const option = options.get(id)
      if (!option) return []
      const productName = products.get(option.productId)?.name ?? ''
      return [[id, { option, productName, before: Number(earlier), whole: Number(whole) }]]
    })
    found.set(path, { from, to, limit: Number(limit), options: new Map(sales) })
  }
  return found
}

const itemSchema = z.object({
  productId: z.string(),
  productName: z.string(),
  optionId: z.string(),
  optionName: z.string(),
  totalSold: z.int(),
})
type Item = z.infer<typeof itemSchema>

const bodySchema = z.object({ from: z.string(), to: z.string(), items: z.array(itemSchema) })

/**
 * What is wrong with a page of best sellers, in words: effects count sales at their own time, so a
 * sum is right from what was sold before the crowd came to what was sold in the end.
 * @throws ZodError for a body that is not whole
 */
export function salesFlaw(body: unknown, range: SalesOfRange | undefined): string | undefined {
  if (!range) return 'was asked for in an unknown way'
  const { from, to, items } = bodySchema.parse(body)
  if (from !== range.from || to !== range.to) return `is of ${from} to ${to}`
  const flaw = items.map((item) => itemFlaw(item, range)).find((found) => found !== undefined)
  return flaw ?? orderFlaw(items) ?? absentee(items, range)
}

function itemFlaw(item: Item, { options }: SalesOfRange): string | undefined {
  const { optionId, productId, totalSold } = item
  const sales = options.get(optionId)
  if (!sales) return `has option ${optionId}, of which none was sold`
  const { option, productName, before, whole } = sales
  if (productId !== option.productId) return `has option ${optionId} in product ${productId}`
  if (item.optionName !== option.name) return `calls option ${optionId} ${item.optionName}`
  if (item.productName !== productName) return `calls product ${productId} ${item.productName}`
  if (totalSold >= before && totalSold <= whole) return undefined
  return `has ${totalSold} of option ${optionId} sold, which were ${before} to ${whole}`
}

/** Below zero where one comes before the other: most sold first, of equals the smaller id. */
type Rank = Pick<Item, 'optionId' | 'totalSold'>
const rank = (a: Rank, b: Rank) =>
  b.totalSold - a.totalSold || Number(a.optionId) - Number(b.optionId)

const orderFlaw = (items: readonly Item[]): string | undefined => {
  const late = items.find((item, at) => at > 0 && rank(items[at - 1] ?? item, item) >= 0)
  return late && `has option ${late.optionId} out of order`
}

/** An option that is not listed, although it sold more even before the crowd came. */
function absentee(items: readonly Item[], { limit, options }: SalesOfRange): string | undefined {
  if (items.length > limit) return `has ${items.length} options, asked for were ${limit}`
  const listed = new Set(items.map(({ optionId }) => optionId))
  const last = items.length < limit ? undefined : items.at(-1)
  for (const [optionId, { before: totalSold }] of options) {
    if (listed.has(optionId) || totalSold === 0) continue
    if (!last || rank({ optionId, totalSold }, last) < 0) return `lacks option ${optionId}`
  }
  return undefined
}
