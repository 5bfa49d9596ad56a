import type { Range } from '../tickets/ranges.ts'

/** Leases of a ticket server whose marks live as long as the test. @param start the first id */
export function memoryMarks(start = 1) {
  const marks = new Map<string, number>()
  return {
    marks,
    async lease(sequence: string, count: number): Promise<Range> {
      const mark = marks.get(sequence) ?? start - 1
      marks.set(sequence, mark + count)
      return { first: mark + 1, last: mark + count }
    },
  }
}
