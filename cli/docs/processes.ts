import type { z } from 'zod'
import { consoleEnvironment } from '../../console/config.ts'
import { samplerEnvironment } from '../../lab/sampler/config.ts'
import { bankEnvironment } from '../../server/bank/config.ts'
import { boardEnvironment } from '../../server/board/config.ts'
import { prepareEnvironment, serverEnvironment, workerEnvironment } from '../../server/config.ts'
import { couponGatewayEnvironment } from '../../server/coupon-gateway/config.ts'
import { proxyEnvironment } from '../../server/proxy/config.ts'
import { ticketsEnvironment } from '../../server/tickets/config.ts'

/** Every process of ours: its entry, and the variables that it reads. */
export const processes: { title: string; entry: string; environment: z.ZodObject }[] = [
  { title: 'API server', entry: 'server/main.ts', environment: serverEnvironment },
  { title: 'Worker', entry: 'server/worker/main.ts', environment: workerEnvironment },
  {
    title: 'Schema and seed, where absent',
    entry: 'server/db/prepare.ts',
    environment: prepareEnvironment,
  },
  { title: 'Ticket server', entry: 'server/tickets/main.ts', environment: ticketsEnvironment },
  { title: 'Board of faults', entry: 'server/board/main.ts', environment: boardEnvironment },
  { title: 'Proxy', entry: 'server/proxy/main.ts', environment: proxyEnvironment },
  { title: 'Bank and partners', entry: 'server/bank/main.ts', environment: bankEnvironment },
  {
    title: 'Coupon gateway',
    entry: 'server/coupon-gateway/main.ts',
    environment: couponGatewayEnvironment,
  },
  { title: 'Sampler', entry: 'lab/sampler/main.ts', environment: samplerEnvironment },
  { title: 'Console', entry: 'console/main.ts', environment: consoleEnvironment },
]
