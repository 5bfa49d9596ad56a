import type { Checker } from '../checker.ts'
import { always } from '../exercise.ts'
import { unknown } from '../findings.ts'

/** The other verdicts are about a system at rest; without rest they are only hints. */
export const quiescent: Checker = {
  name: 'quiet',
  promise: 'The system had come to rest before it was audited.',
  needs: ['pendingWork'],
  exercise: always('the wait for quiescence'),
  async check({ pendingWork }) {
    const [first] = pendingWork
    if (first === undefined) return { verdict: 'true', count: 0 }
    return { ...unknown(`did not come to rest: ${first}`), count: pendingWork.length }
  },
}
