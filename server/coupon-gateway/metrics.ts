import type { Registry } from 'prom-client'
import { hotCounter } from '../metrics/hot.ts'
import { registerMetrics } from '../metrics/register.ts'
import { counter } from '../metrics/table.ts'
import { type TryOutcome, tryOutcomes } from './issuer-client.ts'

/** The two hops of a request for coupons, as the server between them counts them. */
export const couponGatewayMetrics = {
  stampede_gateway_requests_total: counter('Requests of partners for coupons.'),
  stampede_gateway_limited_total: counter('Of these, refused for coming too often.'),
  stampede_gateway_tries_total: counter(
    'Tries at the issuer, by outcome; by requests: what this hop makes of one.',
    { outcome: tryOutcomes },
  ),
}

export interface GatewayMeter {
  asked(): void
  limited(): void
  tried(outcome: TryOutcome): void
}

export function registerGatewayMetrics(registry: Registry): GatewayMeter {
  const counts = { asked: 0, limited: 0 }
  const tries = hotCounter(couponGatewayMetrics.stampede_gateway_tries_total)
  registerMetrics(registry, couponGatewayMetrics, {
    stampede_gateway_requests_total: () => counts.asked,
    stampede_gateway_limited_total: () => counts.limited,
    stampede_gateway_tries_total: tries.read,
  })
  const tried = tries.each('outcome')
  return {
    asked: () => void counts.asked++,
    limited: () => void counts.limited++,
    tried: (outcome) => tried[outcome](),
  }
}
