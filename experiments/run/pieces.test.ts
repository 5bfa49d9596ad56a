import { afterEach, beforeEach, describe, expect, type Mock, spyOn, test } from 'bun:test'
import { UserError } from '../../lab/user-error.ts'
import { lostLine, runPieces } from './pieces.ts'

let printed: Mock<typeof console.error>

beforeEach(() => {
  printed = spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => printed.mockRestore())

const run = async (names: string[], fail: (name: string) => unknown) => {
  const found: string[] = []
  const lost = await runPieces(
    'measuring',
    names,
    async (name, advance) => {
      advance(0.5)
      const error = fail(name)
      if (error) throw error
      return name.toUpperCase()
    },
    (result, name) => found.push(`${name} ${result}`),
  )
  return { found, lost }
}

describe('the pieces of a long run', () => {
  test('one that throws takes nothing from the others', async () => {
    const why = new Error('the database went away\nand a second line')
    const { found, lost } = await run(['a', 'b', 'c'], (name) => name === 'b' && why)
    expect(found).toEqual(['a A', 'c C'])
    expect(lost).toEqual([{ name: 'b', why: 'the database went away' }])
    expect(lost.map(lostLine)).toEqual(['b: not measured: the database went away'])
    expect(printed.mock.calls).toEqual([[why]])
  })

  test('what the user can act on is printed without a stack', async () => {
    await run(['a'], () => new UserError('k6 is not there'))
    expect(printed.mock.calls).toEqual([['k6 is not there']])
  })

  test('nothing is lost where nothing throws', async () => {
    expect(await run(['a', 'b'], () => undefined)).toEqual({ found: ['a A', 'b B'], lost: [] })
  })
})
