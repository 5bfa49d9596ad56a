import { describe, expect, test } from 'bun:test'
import { Hono } from 'hono'
import { noChaos } from '../ctx.ts'
import { parseEnvironment } from '../environment.ts'
import { tokenForTest } from '../testing/app-for-test.ts'
import { openApiBoard } from './api-board.ts'
import { boardEnvironment } from './config.ts'
import { joinBoard } from './join.ts'
import { refusalOfChaos } from './places.ts'

const everywhere = ['production', 'network'] as const

describe('chaos', () => {
  test.each([
    [{}, undefined],
    [{ NODE_ENV: 'test', STAMPEDE_HOST: '127.0.0.1' }, undefined],
    [{ STAMPEDE_HOST: '::1' }, undefined],
    [{ NODE_ENV: 'production' }, 'CHAOS_ALLOWED_IN=production'],
    [{ STAMPEDE_HOST: '0.0.0.0' }, 'CHAOS_ALLOWED_IN=network'],
    [{ STAMPEDE_HOST: '::' }, 'CHAOS_ALLOWED_IN=network'],
    [{ NODE_ENV: 'production', STAMPEDE_HOST: '10.0.0.1' }, 'CHAOS_ALLOWED_IN=production,network'],
  ])('%j: %p', (where, expected) => {
    if (expected === undefined) expect(refusalOfChaos(where)).toBeUndefined()
    else expect(refusalOfChaos(where)).toContain(expected)
    expect(refusalOfChaos({ ...where, CHAOS_ALLOWED_IN: [...everywhere] })).toBeUndefined()
  })

  test('one switch is not the other', () => {
    const both = { NODE_ENV: 'production', STAMPEDE_HOST: '0.0.0.0' }
    expect(refusalOfChaos({ ...both, CHAOS_ALLOWED_IN: ['network'] })).toEndWith(
      '=production allows it',
    )
    expect(refusalOfChaos({ ...both, CHAOS_ALLOWED_IN: ['production'] })).toEndWith(
      '=network allows it',
    )
  })

  test('is the no-op path where it is refused, with a token and a board or not', () => {
    const refused = { CHAOS_TOKEN: tokenForTest, NODE_ENV: 'production' }
    expect(openApiBoard(refused)).toBeUndefined()
    const app = new Hono()
    const url = { CHAOS_BOARD_URL: 'http://127.0.0.1:1' }
    expect(joinBoard('bank', { ...refused, ...url }, app).chaos).toBe(noChaos)
    expect(app.routes).toEqual([])
    const allowed = openApiBoard({ ...refused, CHAOS_ALLOWED_IN: ['production'] })
    expect(allowed?.access).toHaveProperty('control')
    allowed?.stop()
  })
})

test.each(['', 'all', 'production, network', 'network,'])('CHAOS_ALLOWED_IN=%p', (text) => {
  const env = { CHAOS_TOKEN: tokenForTest, CHAOS_ALLOWED_IN: text }
  const parse = () => parseEnvironment(boardEnvironment, env)
  // Empty counts as unset.
  if (text === '') expect(parse().CHAOS_ALLOWED_IN).toBeUndefined()
  else expect(parse).toThrow('CHAOS_ALLOWED_IN: must be production, network, or both')
})
