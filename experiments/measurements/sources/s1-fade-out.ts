import { sql } from 'drizzle-orm'
import { parseDesign } from '../../../server/designs/design.ts'
import { withFlag } from '../../../server/designs/flags/change.ts'
import { DesignFlags } from '../../../server/designs/flags/design-flags.ts'
import { databaseLog } from '../../../server/designs/flags/design-log.ts'
import type { FlowCtx } from '../../../server/designs/flow-ctx.ts'
import { sequenceNames } from '../../../server/designs/ids/ids.ts'
import { closedLoop } from '../../run/closed-loop.ts'
import type { InProcessShop } from '../shop.ts'

const callers = 32

/** The outcome: a sentence for the report, and what is wrong, which fails the reproduction. */
export interface FadedOut {
  remark: string
  findings: string[]
}

/**
 * The source's move: each sequence goes to the ticket server by its flag while orders are placed.
 * @param windowMs how long orders are placed before each move, and after the last two of them
 * @param order places one order
 */
export async function fadeOutUnderLoad(
  shop: InProcessShop,
  design: string,
  windowMs: number,
  order: (ctx: FlowCtx, call: number) => Promise<{ id: string }>,
): Promise<FadedOut> {
  const { services, options } = shop
  const flags = new DesignFlags({
    log: databaseLog(services.side),
    start: parseDesign(design),
    skipTo: services.tickets.skipTo,
  })
  await flags.poll()
  const ids: string[] = []
  const crowd = closedLoop(callers, windowMs * (sequenceNames.length + 2), async (call) => {
    ids.push((await order(options.ctx(flags.mix.base, 'bench'), call)).id)
  })
  for (const name of sequenceNames) {
    await Bun.sleep(windowMs)
    const change = { reason: 'as the source did', author: 'reproduce' }
    await flags.change(change, undefined, ({ flags: now }, epoch) =>
      withFlag(now, `ids.${name}`, { option: 'ticket-server' }, epoch),
    )
  }
  const { failed } = await crowd
  const twice = ids.length - new Set(ids).size
  const rows = await services.side.rows<{ name: string; since: string }>(sql`
    select name, value - retired_value as since from sequences where successor is not null`)
  const still = rows.filter(({ since }) => Number(since) === 0).length
  const count = sequenceNames.length
  const remark =
    `All ${count} sequences were moved by their flags while ${callers} callers placed ` +
    `${ids.length} orders: ${failed} failed, ${twice} ids came twice, and ${still} of the ` +
    `${count} rows stand still since.`
  return { remark, findings: failed + twice > 0 || still < count ? [`fade-out: ${remark}`] : [] }
}
