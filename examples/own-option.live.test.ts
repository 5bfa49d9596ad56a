import { afterAll, beforeAll, expect, test } from 'bun:test'
import { recordsOf } from '../server/designs/axes.ts'
import { parseDesign } from '../server/designs/design.ts'
import { takeOrder } from '../server/flows/dispatch-order.ts'
import { describeLive, withWorld } from '../server/testing/fixtures.ts'
import { balance } from '../server/testing/shopping.ts'
import { firstInLine } from './own-option.ts'

describeLive('own-option.ts', ['TEST_DATABASE_URL'], () => {
  const options = recordsOf('dispatch')
  // What its line in server/designs/dispatch/options.ts does.
  beforeAll(() => {
    options['first-in-line'] = firstInLine
  })
  afterAll(() => {
    delete options['first-in-line']
  })
  const world = withWorld('own-option')

  test('a design can name it, and its workers take each order once', async () => {
    const design = parseDesign('after,dispatch=first-in-line')
    expect(design.label).toContain('dispatch=first-in-line')
    const bought: string[] = []
    for (let order = 0; order < 8; order += 1) {
      bought.push((await world.place(design, ['1x1'], { payment: balance })).id)
    }
    const workers = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    const taken = await Promise.all(workers.map((id) => takeOrder(world.ctx(design), id)))
    expect(taken.map((order) => order?.orderId).toSorted()).toEqual(bought.toSorted())
    expect(await takeOrder(world.ctx(design), 'late')).toBeUndefined()
  })
})
