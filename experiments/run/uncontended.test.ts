import { expect, test } from 'bun:test'
import { uncontended } from './uncontended.ts'

const failure = (errno: number) => Object.assign(new Error('of the server'), { errno })

test('a write that lost a deadlock to the shop is run again', async () => {
  let runs = 0
  const write = async () => {
    runs += 1
    if (runs < 3) throw failure(1213)
    return 'done'
  }
  expect(await uncontended(write)).toBe('done')
  expect(runs).toBe(3)
})

test('any other error is thrown at once', async () => {
  let runs = 0
  const write = () => {
    runs += 1
    return Promise.reject(failure(1146))
  }
  expect(uncontended(write)).rejects.toMatchObject({ errno: 1146 })
  expect(runs).toBe(1)
})
