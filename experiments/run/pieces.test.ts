import { afterEach, beforeEach, describe, expect, type Mock, spyOn, test } from 'bun:test'
import { UserError } from '../../lab/user-error.ts'
import { lostLine, runPieces } from './pieces.ts'

let told: Mock<typeof console.error>

beforeEach(() => {
  told = spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => told.mockRestore())

const words = { name: (piece: number) => `piece ${piece}`, title: (name: string) => name }

const halvesOf = async (pieces: number[], fail: (piece: number) => unknown) => {
  const halves: number[] = []
  const lost = await runPieces(
    pieces,
    words,
    async (piece) => {
      const error = fail(piece)
      if (error) throw error
      return piece / 2
    },
    (half) => halves.push(half),
  )
  return { halves, lost }
}

describe('the pieces of a long run', () => {
  test('one that throws takes nothing from the others', async () => {
    const why = new Error('the database went away\nand a second line')
    const run = await halvesOf([2, 4, 6], (piece) => piece === 4 && why)
    expect(run).toEqual({
      halves: [1, 3],
      lost: [{ name: 'piece 4', why: 'the database went away' }],
    })
    expect(run.lost.map(lostLine)).toEqual(['piece 4: not measured: the database went away'])
    expect(told.mock.calls).toEqual([[why]])
  })

  test('what the user can act on is told without a stack', async () => {
    await halvesOf([2], () => new UserError('k6 is not there'))
    expect(told.mock.calls).toEqual([['k6 is not there']])
  })

  test('nothing is lost where nothing throws', async () => {
    expect(await halvesOf([2, 4], () => undefined)).toEqual({ halves: [1, 2], lost: [] })
  })
})
