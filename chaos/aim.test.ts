import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { Glob } from 'bun'
import { pointNames, pointsWithItems } from '../server/points.ts'
import { boardAt, countingDatabase, site } from './testing/board-at.ts'

const root = join(import.meta.dir, '..')

describe('a fault that is aimed at a design or an item', () => {
  const cached = { label: 'ids=uuid-v7,stock=row-lock,reads=cached' }
  const indexed = { label: 'ids=uuid-v7,stock=row-lock,reads=indexed' }

  test('an option is hit in its designs alone', async () => {
    const { board } = boardAt()
    const { db, counted } = countingDatabase()
    const target = { option: 'reads=cached' }
    board.put('slow-query', { latencyMs: 1, target })
    board.put('bank', { latencyMs: 5, target })
    board.put('retry-storm', { target })
    for (const design of [indexed, undefined, { label: 'reads=cached-more' }]) {
      await board.at(site({ db, design }))
      expect(board.bankHeaders('payments.create', { design })).toBeUndefined()
      expect(board.clientPolicy('users.read', { design })).toBeUndefined()
    }
    expect(counted.statements).toBe(0)
    const whom = { design: cached }
    await board.at(site({ db, ...whom }))
    expect(counted.statements).toBe(1)
    expect(board.bankHeaders('payments.create', whom)).toBeDefined()
    expect(board.clientPolicy('users.read', whom)).toBeDefined()
    expect(board.list().map(({ considered }) => considered)).not.toContain(4)
    expect(board.asksUser()).toBe(false)
  })

  test('an item is hit where it is ordered, alone or among others', async () => {
    const { board } = boardAt()
    const { db, counted } = countingDatabase()
    board.put('slow-query', { latencyMs: 1, target: { item: '7' } })
    for (const items of [undefined, '17', ['1', '77'], []]) await board.at(site({ db, items }))
    expect(counted.statements).toBe(0)
    for (const items of ['7', ['1', '7']]) await board.at(site({ db, items }))
    expect(counted.statements).toBe(2)
  })

  test.each([
    ['slow-query', { option: 'read=cached' }, 'option', 'no axis "read"; the nearest is "reads"'],
    ['bank', { option: 'cached' }, 'option', 'no axis "cached"'],
    ['bank', { option: '' }, 'option', 'no axis ""'],
    ['bank', { option: 'reads' }, 'option', 'axis reads has no option ""'],
    [
      'slow-query',
      { option: 'reads=cahced' },
      'option',
      'has no option "cahced"; the nearest is "cached"',
    ],
    ['slow-query', { option: 'reads=cached=x' }, 'option', 'has no option "cached=x"'],
    ['slow-answers', { option: 'reads=cached' }, 'option', 'slow-answers cannot know which design'],
    ['slow-query', { option: 'x'.repeat(65) }, 'option', ''],
    ['slow-query', { item: '1; drop' }, 'item', 'must be the id of an option of a product'],
    ['slow-query', { item: 7 }, 'item', ''],
    [
      'slow-query',
      { item: '7', point: 'order.written' },
      'item',
      'at cart.item.added, order.stock',
    ],
    ['bank', { item: '7' }, 'item', 'bank never knows it'],
  ])('%s refuses %j, naming %s', (name, target, field, words) => {
    const { board } = boardAt()
    const put = () => board.put(name, { target })
    expect(put).toThrow(words)
    expect(put).toThrow(
      expect.objectContaining({ code: 'invalid-fault', field: `target.${field}` }),
    )
    expect(board.isActive(name)).toBe(false)
  })

  test('points that know what is ordered are known', async () => {
    const found = new Map<string, boolean>()
    for await (const path of new Glob('server/{flows,designs}/**/*.ts').scan(root)) {
      const text = await Bun.file(join(root, path)).text()
      const calls = /\b(?:ctx\.at|passPoint)\((?:\w+, )?'([\w.]+)'(?:, db)?(, \w[\w.]*)?\)/g
      for (const [, point = '', items] of text.matchAll(calls)) {
        found.set(point, found.get(point) !== false && items !== undefined)
      }
    }
    expect(found.size).toBe(pointNames.length)
    expect(pointNames.filter((point) => found.get(point))).toEqual([...pointsWithItems])
  })
})
