import type { Checker, Evidence } from '../checker.ts'
import { judged } from '../findings.ts'
import { inversionsOf } from '../inversions.ts'
import { journeysOf } from '../journeys.ts'

export const idsInOrder: Checker = {
  name: 'ids-in-order',
  promise:
    'Where the design promises it, an order or a payment that was asked for after another one ' +
    'was acknowledged has the larger id.',
  needs: ['history'],
  exercise: {
    by: 'orders and payments after others, of designs that promise it',
    count: async (evidence) => promised(evidence).reduce((sum, { compared }) => sum + compared, 0),
  },
  check: async (evidence) => judged(promised(evidence).flatMap(({ found }) => found)),
}

function promised(evidence: Evidence) {
  if (!evidence.idsInOrder) return []
  const history = journeysOf(evidence)
  return (['order', 'payment'] as const).map((kind) => inversionsOf(kind, history))
}
