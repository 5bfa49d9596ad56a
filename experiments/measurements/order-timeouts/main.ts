// A shop's process that does one thing: it places orders that are not paid, and cancels each when
// its time is over, as source S3 did (timers of the process) or as this shop does (a column).
import { Registry } from 'prom-client'
import { atOnce } from '../../../server/at-once.ts'
import { noChaos } from '../../../server/ctx.ts'
import { parseDesign } from '../../../server/designs/design.ts'
import { OpenedOptions } from '../../../server/designs/opened-options.ts'
import { readEnvironment } from '../../../server/environment.ts'
import { cancelOrder } from '../../../server/flows/cancel-order.ts'
import { logError } from '../../../server/log.ts'
import { openServices } from '../../../server/services.ts'
import { createExpiry } from '../../../server/worker/expiry.ts'
import { startLoop } from '../../../server/worker/loop.ts'
import { orderOf } from '../shop.ts'
import { orderTimeoutsEnvironment, placedLine } from './settings.ts'

/** Of orders whose timer is in memory: far beyond the measurement. */
const farSeconds = 86_400
const expiryIdleMs = 250
const placedAtOnce = 8
const hotOptions = 20

const config = readEnvironment(orderTimeoutsEnvironment)
const { TIMEOUT_KIND: kind, TIMEOUT_SECONDS: seconds, TIMEOUT_ORDERS: count } = config
const services = openServices(
  {
    ...config,
    STAMPEDE_ORDER_TTL_SECONDS: kind === 'memory' ? farSeconds : seconds,
    STAMPEDE_METRICS: 'off',
  },
  new Registry(),
  noChaos,
)
const options = new OpenedOptions(services)
const design = parseDesign('before,effects=outbox,ids=ticket-server,stock=conditional-update')

/** The timer that is lost with the process. */
function cancelLater(orderId: string): void {
  const cancel = () => cancelOrder(options.ctx(design, 'timeout'), orderId, 'expired')
  setTimeout(() => {
    cancel().catch((error: unknown) => logError(`time-out of order ${orderId}`, error))
  }, seconds * 1000)
}

if (kind === 'column')
  startLoop(
    'expiry',
    expiryIdleMs,
    createExpiry(options, () => design),
  )
const buyers = Array.from({ length: count }, (_, index) => index + 1)
await atOnce(buyers, placedAtOnce, async (buyer) => {
  const ctx = options.ctx(design, 'place')
  const { id } = await orderOf(ctx, buyer, [1 + (buyer % hotOptions)])
  if (kind === 'memory') cancelLater(id)
})
console.log(placedLine)
// Until it is killed, as a server would: a process without timers would end by itself.
setInterval(() => {}, 60_000)
