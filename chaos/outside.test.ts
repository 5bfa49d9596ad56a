import { describe, expect, test } from 'bun:test'
import { ActiveFaults } from './active-faults.ts'
import { FaultList } from './fault-list.ts'
import { actOutside, type OutsideSession, type Row } from './outside.ts'

/** A fault on in the board's process, and sessions that note what they were asked. */
function boardWith(
  name: string,
  settings: object,
  answer: (statement: string) => Row[] = () => [],
) {
  const active = new ActiveFaults({ kind: 'board' })
  const asked = new FaultList(undefined, () => active.adopt(asked.snapshot()))
  const statements: string[] = []
  const counts = { opened: 0, ended: 0 }
  const open = async (): Promise<OutsideSession> => {
    counts.opened += 1
    return {
      id: counts.opened,
      async run(statement) {
        statements.push(statement.replaceAll(/\s+/g, ' '))
        return answer(statement)
      },
      end() {
        counts.ended += 1
      },
    }
  }
  asked.put(name, settings)
  const turn = () => actOutside(active, name, open)
  const tally = () => active.tallies()[name]
  return { active, asked, counts, statements, tally, turn }
}

const quick = { holdMs: 50, pauseMs: 0 }
const found = () => [{ id: 1 }]

describe('a round of lock-hold', () => {
  test('locks the first rows, holds on, and ends its session', async () => {
    const { counts, statements, tally, turn } = boardWith('lock-hold', { ...quick, rows: 3 }, found)
    const startedMs = performance.now()
    expect(await turn()).toBe(true)
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(49)
    expect(statements).toEqual([
      'start transaction',
      'select /* chaos */ id from product_options where id <= ? order by id for update',
    ])
    expect(counts).toEqual({ opened: 1, ended: 1 })
    expect(tally()).toEqual({ considered: 1, injected: 1 })
  })

  test('is no bite where there is no such row', async () => {
    const { counts, tally, turn } = boardWith('lock-hold', { ...quick, target: { item: '999' } })
    await turn()
    expect(tally()).toEqual({ considered: 1, injected: 0 })
    expect(counts).toEqual({ opened: 1, ended: 1 })
  })

  test('ends early, with its session, once the fault is off', async () => {
    const { asked, counts, tally, turn } = boardWith('lock-hold', { holdMs: 10_000 }, found)
    const round = turn()
    while (tally()?.injected !== 1) await Bun.sleep(1)
    asked.reset()
    expect(await round).toBe(true)
    expect(counts).toEqual({ opened: 1, ended: 1 })
    expect(await turn()).toBe(false)
    expect(counts.opened).toBe(1)
  })

  test('keeps a session from falling silent', async () => {
    const { statements, turn } = boardWith('lock-hold', { holdMs: 700, pauseMs: 0 }, found)
    await turn()
    expect(statements.at(-1)).toBe('do 0 /* chaos */')
  })

  test('ends its session where a statement fails, and fails itself', async () => {
    const refuse = () => {
      throw new Error('1205')
    }
    const { asked, counts, tally, turn } = boardWith('lock-hold', quick, refuse)
    await expect(turn()).rejects.toThrow('1205')
    expect(counts).toEqual({ opened: 1, ended: 1 })
    expect(tally()).toEqual({ considered: 1, injected: 0 })
    asked.reset()
    expect(await turn()).toBe(false)
  })

  test('is left out as often as its dice say, the same of one seed', async () => {
    const rounds = async (seed: number) => {
      const settings = { ...quick, probability: 0.5, seed }
      const { counts, turn, tally } = boardWith('lock-hold', settings, found)
      const bitten: boolean[] = []
      for (let turns = 0; turns < 12; turns += 1) {
        const before = counts.opened
        await turn()
        bitten.push(counts.opened > before)
      }
      expect(tally()).toEqual({ considered: 12, injected: counts.opened })
      return bitten
    }
    const [first, again] = await Promise.all([rounds(1), rounds(1)])
    expect(first).toEqual(again)
    expect(new Set(first).size).toBe(2)
  })
})

describe('a round of coupon-pool-drained', () => {
  test.each([
    [[{ id: 1 }], 1],
    [[], 0],
  ])('that finds %j bites %d times, changes nothing, and ends', async (rows, injected) => {
    const { counts, statements, tally, turn } = boardWith('coupon-pool-drained', quick, () => rows)
    await turn()
    expect(tally()).toEqual({ considered: 1, injected })
    expect(statements.filter((one) => /commit|update coupon|delete/.test(one))).toEqual([])
    expect(counts).toEqual({ opened: 1, ended: 1 })
  })
})

describe('a round of deadlock-pair', () => {
  const rows = () => [{ id: 3 }, { id: 5 }, { id: 8 }]
  const quickly = { rows: 3, stepMs: 0, weight: 1, pauseMs: 0 }
  const refusedAt = (errno: number) => (statement: string) => {
    // Each has two rows by then, in which the other comes from the other end.
    if (/for update/.test(statement) && ++locks > 4) throw Object.assign(new Error(), { errno })
    return rows()
  }
  let locks = 0

  test.each([
    [1213, 1],
    [1205, 0],
  ])('that ends with %d bites %d times, and ends both sessions', async (errno, injected) => {
    locks = 0
    const { counts, statements, tally, turn } = boardWith(
      'deadlock-pair',
      quickly,
      refusedAt(errno),
    )
    await turn()
    expect(tally()).toEqual({ considered: 1, injected })
    expect(counts.opened).toBe(2)
    expect(counts.ended).toBeGreaterThanOrEqual(2)
    expect(statements.filter((one) => one === 'commit')).toEqual([])
    // What is changed is taken back.
    const changes = statements.filter((one) => one.startsWith('update'))
    expect(changes.map((one) => /stock ([+-] 1)/.exec(one)?.[1]).sort()).toEqual([
      ...['+ 1', '+ 1', '- 1', '- 1'],
    ])
  })

  test('fails where the server has another reason', async () => {
    locks = 0
    const { turn } = boardWith('deadlock-pair', quickly, refusedAt(1290))
    await expect(turn()).rejects.toThrow()
  })

  test('needs two rows', async () => {
    const { statements, turn } = boardWith('deadlock-pair', quickly, found)
    await turn()
    expect(statements).toHaveLength(1)
  })
})

describe('a round of metadata-lock', () => {
  const queued = (statement: string) =>
    /state =|table_comment/.test(statement) ? [{ text: '' }] : []

  test('kills its change before its transaction ends', async () => {
    const { counts, statements, tally, turn } = boardWith('metadata-lock', quick, queued)
    await turn()
    expect(statements.filter((one) => one.includes('/* chaos */'))).toEqual([
      'select /* chaos */ 1 from product_options limit 1',
      'alter table /* chaos */ product_options comment = ?, algorithm = inplace',
      'kill /* chaos */ 2',
    ])
    expect(counts).toEqual({ opened: 2, ended: 2 })
    expect(tally()).toEqual({ considered: 1, injected: 1 })
  })

  test('changes nothing where the table is not there', async () => {
    const { counts, statements, turn } = boardWith('metadata-lock', quick)
    await expect(turn()).rejects.toThrow('no table product_options')
    expect(statements.filter((one) => one.includes('alter'))).toEqual([])
    expect(counts.ended).toBe(2)
  })
})

test('a round of connections-killed ends all but its own, once', async () => {
  const answer = (statement: string) =>
    statement.startsWith('select') ? [{ id: '7' }, { id: '8' }] : []
  const { asked, statements, tally, turn } = boardWith('connections-killed', {}, answer)
  const round = turn()
  while (tally()?.injected !== 1) await Bun.sleep(1)
  asked.reset()
  await round
  expect(statements.filter((one) => one.startsWith('kill'))).toHaveLength(2)
})

test('a process other than the board acts on no session', async () => {
  const active = new ActiveFaults({ kind: 'api' })
  const asked = new FaultList(undefined, () => active.adopt(asked.snapshot()))
  asked.put('lock-hold', quick)
  const open = () => Promise.reject(new Error('opened'))
  expect(await actOutside(active, 'lock-hold', open)).toBe(false)
  expect([active.isOn('lock-hold'), active.isActive('lock-hold')]).toEqual([true, false])
  asked.reset()
  expect(active.isOn('lock-hold')).toBe(false)
})
