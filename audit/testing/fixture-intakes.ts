import type { Rows } from './fixture-rows.ts'

/** Of journeys 2, 4, 6 and 7: placed; placed, then undone; refused; placed, but never reported. */
export function intakeRows(keyOf: (journey: number) => string, at: Date): Rows {
  const intake = (id: number, journey: number, status: string, response: object) => ({
    id,
    idempotency_key: keyOf(journey),
    fingerprint: '',
    user_id: journey + 1,
    request: null,
    status,
    attempts: 1,
    due_at: at,
    created_at: at,
    response_body: JSON.stringify(response),
  })
  const open = { payment: { id: '504', status: 'unknown' } }
  return {
    order_intakes: [
      intake(701, 2, 'placed', { id: '103' }),
      intake(702, 4, 'placed', { id: '105', ...open }),
      intake(703, 6, 'refused', { code: 'sold-out' }),
      intake(704, 7, 'placed', { id: '108' }),
    ],
  }
}
