import type { Checker } from '../checker.ts'
import { judged } from '../findings.ts'

export const chaosOff: Checker = {
  name: 'chaos-off',
  promise: 'No fault is active any more.',
  needs: ['activeFaults'],
  check: async ({ activeFaults }) => judged(activeFaults.map((name) => `${name} is still on`)),
}
