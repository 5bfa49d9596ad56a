import { expect, test } from 'bun:test'
import { withDeadline } from './deadline.ts'

const never = new Promise<never>(() => {})
const isLate = () => 'late'

test('the work in time gives its own result, or its own error', async () => {
  expect(await withDeadline(Promise.resolve(7), 1000, isLate)).toBe(7)
  await expect(withDeadline(Promise.reject(new Error('no')), 1000, isLate)).rejects.toThrow('no')
})

test('late work is replaced by a result or an error', async () => {
  expect(await withDeadline(never, 1, isLate)).toBe('late')
  const refuse = () => {
    throw new Error('too late')
  }
  await expect(withDeadline(never, 1, refuse)).rejects.toThrow('too late')
})
