import type { PrivateArm } from '../run/arm.ts'
import type { Provocation, ShopUnderTest } from './count.ts'
import { call, payByCard } from './requests.ts'

/** Settings of faults that would be idle, or too long, with those that they have by default. */
const settingsOf: Record<string, Omit<Provocation, 'fault'>> = {
  'connections-killed': { settings: { pauseMs: 500 } },
  'pool-squeeze': { settings: { holdMs: 200, pauseMs: 100 } },
  'deadlock-pair': { settings: { rows: 4, pauseMs: 100 } },
  'poison-event': { settings: { oneOf: 1, handler: 'messages' } },
  // It refuses alerts: there are some where events are dead.
  'slack-down': { settings: {}, also: { 'poison-event': { oneOf: 1, handler: 'messages' } } },
  crash: { settings: { target: { process: 'api' } } },
  frozen: { settings: { forMs: 300, pauseMs: 500, target: { process: 'bank' } } },
}

export const provocationOf = (fault: string): Provocation => ({
  fault,
  ...(settingsOf[fault] ?? { settings: {} }),
})

/** A payment by card has everything in it; the ticket server is asked beside it. */
export const shopOf = (arm: PrivateArm): ShopUnderTest => ({
  async disturb() {
    // Under a fault any of them may fail.
    await Promise.allSettled([payByCard(arm), call(`${arm.tickets.url}/v1/sequences`)])
  },
  async sell() {
    await payByCard(arm)
  },
})
