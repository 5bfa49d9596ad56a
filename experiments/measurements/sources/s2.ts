import { openApplication } from '../../../server/designs/coupons/application.ts'
import { logBySeq, wholeLog } from '../../../server/designs/coupons/sequence.ts'
import { parseDesign } from '../../../server/designs/design.ts'
import type { FlowCtx } from '../../../server/designs/flow-ctx.ts'
import { OpenedOptions } from '../../../server/designs/opened-options.ts'
import type { DocumentNode } from '../../report/document.ts'
import { closedLoop, type LoopResult } from '../../run/closed-loop.ts'
import { askForCoupon, fillPool, growLog } from '../coupon-log.ts'
import {
  type Elapsed,
  heatMapNode,
  type StatementTime,
  statementsNode,
  statementsOf,
} from '../coupon-pictures.ts'
import { audited, type Measured, type Reproduction, type Row } from '../measurement.ts'
import { type InProcessShop, withShop } from '../shop.ts'
import { type Advance, inTurns, partOf } from '../turns.ts'

/** Two partners, each with the three requests at once that the source let them have. */
const callers = 6
const manyCallers = 64
const logRows = [10_000, 100_000, 1_000_000]
const theirs = {
  mean: { procedure: 1500, candidates: 25 },
  maximum: { procedure: 60_000, candidates: 1400 },
} as const
/** More than the fastest design issues in a round. */
const poolOfRound = 60_000

/** The source’s steps from the stored function on, as variants of the option `application`. */
const steps = {
  application: { query: 'max', log: wholeLog, isEndCached: false },
  rewritten: { query: 'top-n', log: wholeLog, isEndCached: false },
  cached: { query: 'max', log: wholeLog, isEndCached: true },
  indexed: { query: 'max', log: logBySeq, isEndCached: false },
} as const

const designs = {
  procedure: 'the stored function',
  application: 'its queries, from the application',
  rewritten: 'the query rewritten: order by … limit 1',
  cached: 'no query for products at Z99',
  indexed: 'the composite index, after the purge',
  candidates: 'several candidates, the index, the cache',
  'skip-locked': 'skip locked',
  batched: 'one transaction for all who wait',
} as const
type DesignName = keyof typeof designs
const names = Object.keys(designs) as DesignName[]

export const s2: Reproduction = async (testBed, advance) =>
  await withShop(testBed, { poolConnections: 16 }, async (shop) => {
    const { quick } = testBed
    const sizes = quick ? logRows.slice(0, 2) : logRows
    const rows: Row[] = []
    const nodes: DocumentNode[] = []
    for (const [index, size] of sizes.entries()) {
      await growLog(shop, size)
      const part = partOf(advance, index, sizes.length + 1)
      const measured = await timesAt(shop, size, quick, part)
      rows.push(...measured.rows)
      if (index === sizes.length - 1) nodes.push(...(await picturesOf(shop, size, measured.heat)))
    }
    rows.push(await ratesOf(shop, quick, partOf(advance, sizes.length, sizes.length + 1)))
    return { rows, audits: [audited('all of these in turn', await shop.audit())], remarks, nodes }
  })

const remarks = [
  'The source measured whole days of production; here each design is asked by six callers in a ' +
    'closed loop, so that the mean is the length of one’s turn. It grows with the rows of the ' +
    'log where that is read whole, and with nothing where the index is used.',
  'On few rows the scan fits into the buffer pool and two cores decide: there the application’s ' +
    'round trips may cost as much as the scan.',
  'The rewritten query reads as many rows as the first one until there is an index, as the ' +
    'source says.',
]

function ctxOf(shop: InProcessShop, name: DesignName): FlowCtx {
  const isStep = Object.hasOwn(steps, name)
  const options = new OpenedOptions(shop.services)
  if (isStep) {
    options.provide('coupons', 'application', openApplication(steps[name as keyof typeof steps]))
  }
  const option = isStep ? 'application' : name
  return options.ctx(parseDesign(`before,coupons=${option}`), 'reproduce')
}

async function timesAt(
  shop: InProcessShop,
  size: number,
  quick: boolean,
  advance: Advance,
): Promise<{ rows: Row[]; heat: Map<DesignName, Elapsed[]> }> {
  const heat = new Map<DesignName, Elapsed[]>()
  const ctxs = Object.fromEntries(names.map((name) => [name, ctxOf(shop, name)]))
  const roundMs = quick ? 500 : size >= 1_000_000 ? 3000 : 1000
  const measure = async (name: DesignName) => {
    await fillPool(shop, poolOfRound)
    const ctx = ctxs[name] as FlowCtx
    const times: Elapsed[] = []
    heat.set(name, times)
    const startedMs = performance.now()
    return await closedLoop(callers, roundMs, async (call) => {
      const beganMs = performance.now()
      await askForCoupon(ctx, call)
      const endedMs = performance.now()
      times.push({ endedMs: endedMs - startedMs, tookMs: endedMs - beganMs })
    })
  }
  const loops = await inTurns(names, quick ? 2 : 4, measure, advance)
  const failed = names.flatMap((name) => {
    const count = loops[name].reduce((sum, loop) => sum + loop.failed, 0)
    return count > 0 ? [`${name} ${count}`] : []
  })
  const what = `a coupon for each of ${callers} callers at once, ${size.toLocaleString('en')} rows`
  const row = (which: keyof typeof theirs, figure: (loop: LoopResult) => number): Row => ({
    what: `${what}: ${which}`,
    unit: 'ms',
    better: 'lower',
    designs: measured(loops, figure, theirs[which]),
    ...(failed.length > 0 ? { note: `Requests that failed: ${failed.join(', ')}.` } : {}),
  })
  // Of a closed loop, the mean time of a call is callers by rate; of none, its length at least.
  const rows = [
    row(
      'mean',
      ({ done, seconds }) => (1000 * seconds * Math.min(callers, done || 1)) / (done || 1),
    ),
    row('maximum', ({ maxMs }) => maxMs),
  ]
  return { rows, heat }
}

/** What the source's team looked at, where the log has most rows. */
async function picturesOf(
  shop: InProcessShop,
  size: number,
  heat: ReadonlyMap<DesignName, Elapsed[]>,
): Promise<DocumentNode[]> {
  const times: StatementTime[] = []
  for (const name of ['procedure', 'application', 'candidates'] as const) {
    times.push(...(await statementsOf(name, ctxOf(shop, name))))
  }
  const maps = (['procedure', 'candidates'] as const).map((name) =>
    heatMapNode(`Heat map of the last round: ${designs[name]}`, heat.get(name) ?? []),
  )
  return [statementsNode(size, times), ...maps]
}

async function ratesOf(shop: InProcessShop, quick: boolean, advance: Advance): Promise<Row> {
  const rivals = ['skip-locked', 'candidates', 'batched'] as const
  const ctxs = Object.fromEntries(rivals.map((name) => [name, ctxOf(shop, name)]))
  const measure = async (name: (typeof rivals)[number]) => {
    await fillPool(shop, poolOfRound)
    const ctx = ctxs[name] as FlowCtx
    return await closedLoop(manyCallers, quick ? 500 : 1500, (call) => askForCoupon(ctx, call))
  }
  const loops = await inTurns(rivals, quick ? 3 : 6, measure, advance)
  return {
    what: `a coupon for each of ${manyCallers} callers at once: rate`,
    unit: 'coupons/s',
    better: 'higher',
    designs: measured(loops, ({ perSecond }) => perSecond),
  }
}

const measured = <Name extends DesignName>(
  loops: Record<Name, LoopResult[]>,
  figure: (loop: LoopResult) => number,
  there: Readonly<Partial<Record<string, number>>> = {},
): Measured[] =>
  Object.entries<LoopResult[]>(loops).map(([name, own]) => ({
    name: designs[name as DesignName],
    option: `coupons=${Object.hasOwn(steps, name) ? 'application' : name}`,
    theirs: there[name] ?? null,
    ours: own.map(figure),
  }))
