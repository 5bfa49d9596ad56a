import type { Checker } from '../checker.ts'
import { always } from '../exercise.ts'
import { judged } from '../findings.ts'

export const chaosOff: Checker = {
  name: 'chaos-off',
  promise: 'No fault is active any more.',
  needs: ['activeFaults'],
  exercise: always('the chaos board'),
  check: async ({ activeFaults }) => judged(activeFaults.map((name) => `${name} is still on`)),
}
