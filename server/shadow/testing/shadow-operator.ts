import { expect } from 'bun:test'
import { type AppForTest, jsonRequest, withToken } from '../../testing/app-for-test.ts'
import { eventually } from '../../testing/barrier.ts'
import { newKey } from '../../testing/shopping.ts'

/** What is read of the shadow of an axis. */
export interface ShownShadow {
  outcomes: Record<string, number>
  mismatches: { field: string; requests: number }[]
  natural: { field: string }[]
  last: { field: string; served: string; shadow: string }[]
  writes?: string
  blocked?: number
  problem?: string
}

const patience = { deadlineMs: 60_000, pollMs: 20 }

/** What the operator of a shop does, and its customers, whose orders are compared. */
export function shadowOperator({ app, flags }: Pick<AppForTest, 'app' | 'flags'>) {
  const shown = async (axis: string) => {
    const response = await app.request('/designs/shadow', { headers: withToken })
    const { shadows } = (await response.json()) as { shadows: ({ axis: string } & ShownShadow)[] }
    return shadows.find((one) => one.axis === axis)
  }
  const sumOf = (one: ShownShadow | undefined) =>
    Object.values(one?.outcomes ?? {}).reduce((sum, count) => sum + count, 0)
  const order = (body: object) =>
    app.request('/api/v1/orders', jsonRequest('POST', body, { 'idempotency-key': newKey() }))
  return {
    shown,
    async put(axis: string, option: string, shadow: object) {
      const { epoch } = flags.mix
      const body = { option, shadow, reason: 'a test', by: 'kim', epoch }
      const response = await app.request(`/designs/${axis}`, jsonRequest('PUT', body, withToken))
      expect(response.status).toBe(200)
    },
    /** One after the other: each is compared before the next comes. */
    async buy(axis: string, bodies: object[]) {
      const before = sumOf(await shown(axis))
      const statuses: number[] = []
      for (const [index, body] of bodies.entries()) {
        statuses.push((await order(body)).status)
        const isCompared = async () => sumOf(await shown(axis)) === before + index + 1
        await eventually('it is compared', isCompared, patience)
      }
      return statuses
    },
  }
}
