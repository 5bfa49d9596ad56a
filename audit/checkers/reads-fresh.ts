import { z } from 'zod'
import type { KeptAnswer } from '../../loadtests/crowd/history.ts'
import { bestSellers, type SalesOfRange, salesFlaw } from '../best-sellers.ts'
import type { Checker, Evidence } from '../checker.ts'
import { judged } from '../findings.ts'
import { type OptionRow, optionsIn, productsIn } from '../rows.ts'
import { type StockOverTime, stockOverTime } from '../stock-over-time.ts'

/** Sound, not complete: a stock is wrong where it was possible at no moment of those allowed. */
export const readsFresh: Checker = {
  name: 'reads-fresh',
  promise:
    'Every page of products or best sellers that a customer kept is whole, with the right names, ' +
    'prices and sums, and the stock that it shows was possible at some moment: until it was ' +
    'answered, and no longer before it was asked for than its design declares. The count is that ' +
    'of pages.',
  needs: ['history'],
  exercise: {
    by: 'pages of products and best sellers that customers kept',
    count: async (evidence) => pagesIn(evidence).length,
  },
  async check(evidence) {
    const pages = pagesIn(evidence)
    if (pages.length === 0) return judged([])
    const shop = await shopOf(evidence)
    return judged(
      pages.flatMap((page) => {
        const flaw = flawIn(page, shop)
        return flaw === undefined ? [] : [`${page.path} ${flaw}`]
      }),
    )
  },
}

/** Of the measured crowd, as they were answered. */
const pagesIn = ({ history }: Evidence): KeptAnswer[] =>
  history
    .flatMap(({ kept = [] }) => kept.filter(({ kind }) => kind in flaws))
    .toSorted((a, b) => a.answeredMs - b.answeredMs)

interface Shop {
  products: Product[]
  stock: StockOverTime
  stalenessMs: number
  sales: (path: string) => SalesOfRange | undefined
}

interface Product {
  id: string
  name: string
  options: OptionRow[]
}

async function shopOf(evidence: Evidence): Promise<Shop> {
  const options = await optionsIn(evidence)
  const optionsOf = Map.groupBy(options, ({ productId }) => productId)
  const products = (await productsIn(evidence)).map((product) => ({
    ...product,
    options: optionsOf.get(product.id) ?? [],
  }))
  const paths = pagesIn(evidence).flatMap(({ kind, path }) => (kind === 'popular' ? [path] : []))
  const sales = await bestSellers(evidence, new Set(paths))
  return {
    products,
    stock: await stockOverTime(evidence),
    stalenessMs: evidence.stalenessMs ?? 0,
    sales: (path) => sales.get(path),
  }
}

const productSchema = z.object({
  id: z.string(),
  name: z.string(),
  options: z.array(
    z.object({ id: z.string(), name: z.string(), priceMinor: z.int(), stock: z.int() }),
  ),
})

const productsSchema = z.object({ items: z.array(productSchema), total: z.int() })

type Flaw = (page: KeptAnswer, shop: Shop) => string | undefined

const flaws: Partial<Record<KeptAnswer['kind'], Flaw>> = {
  products(page, shop) {
    const { items, total } = productsSchema.parse(page.body)
    const { searchParams } = new URL(page.path, 'http://shop')
    const [number, size] = ['page', 'size'].map((name) => Number(searchParams.get(name)))
    const until = (number ?? 1) * (size ?? 0)
    const wanted = shop.products.slice(until - (size ?? 0), until)
    const flaw = listFlaw('product', items, wanted)
    if (flaw !== undefined) return flaw
    if (total !== shop.products.length) return `counts ${total} products of ${shop.products.length}`
    return first(items, (shown, at) => productFlaw(shown, wanted[at], page, shop))
  },
  product(page, shop) {
    const shown = productSchema.parse(page.body)
    const id = page.path.split('/').at(-1)
    if (shown.id !== id) return `shows product ${shown.id}`
    const wanted = shop.products.find((product) => product.id === id)
    return productFlaw(shown, wanted, page, shop)
  },
  popular: (page, { sales }) => salesFlaw(page.body, sales(page.path)),
}

function flawIn(page: KeptAnswer, shop: Shop): string | undefined {
  if (page.status !== 200) return `was answered by ${page.status}`
  try {
    return flaws[page.kind]?.(page, shop)
  } catch (error) {
    if (error instanceof z.ZodError) return `is not whole: ${z.prettifyError(error)}`
    throw error
  }
}

/** What is missing from a list, foreign to it, there twice or out of order. */
function listFlaw(
  what: string,
  shown: readonly { id: string }[],
  wanted: readonly { id: string }[],
): string | undefined {
  const [ids, wantedIds] = [shown, wanted].map((list) => list.map(({ id }) => id)) as [
    string[],
    string[],
  ]
  const missing = wantedIds.find((id) => !ids.includes(id))
  if (missing !== undefined) return `lacks ${what} ${missing}`
  const foreign = ids.find((id) => !wantedIds.includes(id))
  if (foreign !== undefined) return `has ${what} ${foreign}, which belongs elsewhere`
  return ids.join() === wantedIds.join() ? undefined : `has its ${what}s in the order ${ids}`
}

function productFlaw(
  shown: z.infer<typeof productSchema>,
  wanted: Product | undefined,
  page: KeptAnswer,
  shop: Shop,
): string | undefined {
  if (!wanted) return `shows product ${shown.id}, which does not exist`
  if (shown.name !== wanted.name) return `calls product ${shown.id} ${shown.name}`
  const flaw = listFlaw('option', shown.options, wanted.options)
  if (flaw !== undefined) return `${flaw}, in product ${shown.id}`
  return first(shown.options, (option, at) => optionFlaw(option, wanted.options[at], page, shop))
}

function optionFlaw(
  { id, name, priceMinor, stock: left }: z.infer<typeof productSchema>['options'][number],
  option: OptionRow | undefined,
  { askedMs, answeredMs }: KeptAnswer,
  { stock, stalenessMs }: Shop,
): string | undefined {
  if (!option) return `shows option ${id}, which does not exist`
  if (name !== option.name) return `calls option ${id} ${name}`
  if (priceMinor !== option.priceMinor) {
    return `shows option ${id} at ${priceMinor}, its price is ${option.priceMinor}`
  }
  const most = stock.mostLeft(option, askedMs - stalenessMs)
  if (left > most) {
    const when = stalenessMs === 0 ? 'when' : `${stalenessMs} ms before`
    return `shows ${left} of option ${id}, at most ${most} were left ${when} it was asked for`
  }
  const least = stock.leastLeft(option, answeredMs)
  if (left < least) return `shows ${left} of option ${id}, at least ${least} were left by then`
  return undefined
}

function first<T>(list: readonly T[], flaw: (one: T, at: number) => string | undefined) {
  for (const [at, one] of list.entries()) {
    const found = flaw(one, at)
    if (found !== undefined) return found
  }
  return undefined
}
