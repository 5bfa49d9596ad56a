import { describe, expect, test } from 'bun:test'
import { FaultList } from './fault-list.ts'

function listAt() {
  const clock = { ms: 0 }
  let changes = 0
  const asked = new FaultList(
    () => clock.ms,
    () => {
      changes += 1
    },
  )
  const active = () => asked.list().flatMap(({ name, active }) => (active ? [name] : []))
  const history = () => asked.history.list().map(({ change, fault }) => `${fault} ${change}`)
  return { asked, clock, active, history, changes: () => changes }
}

const lease = { holder: 'run-7', seconds: 5 }

describe('a lease', () => {
  test('that is not renewed ends its fault, and no other', () => {
    const { asked, clock, active, history } = listAt()
    asked.put('bank', { lease })
    asked.put('retry-storm', {})
    clock.ms = 4999
    expect(active()).toEqual(['retry-storm', 'bank'])
    clock.ms = 5000
    expect(active()).toEqual(['retry-storm'])
    expect(history().at(-1)).toBe('bank lease-ended')
  })

  test('that is renewed lasts until the fault’s own time is over', () => {
    const { asked, clock, active, history } = listAt()
    asked.put('bank', { lease, ttlSeconds: 10 })
    for (const ms of [4000, 8000]) {
      clock.ms = ms
      expect(asked.renew('run-7')).toEqual(['bank'])
      expect(active()).toEqual(['bank'])
    }
    clock.ms = 10_000
    expect(asked.renew('run-7')).toEqual([])
    expect(history()).toEqual(['bank on', 'bank expired'])
  })

  test('is renewed and released by its holder alone', () => {
    const { asked, active } = listAt()
    asked.put('bank', { lease })
    asked.put('slow-query', {})
    expect(asked.renew('run-8')).toEqual([])
    asked.release('run-8')
    expect(active()).toEqual(['slow-query', 'bank'])
    asked.release('run-7')
    expect(active()).toEqual(['slow-query'])
  })
})

test('each change has its version, its line in the history and its notice', () => {
  const { asked, history, changes } = listAt()
  asked.put('bank', {})
  asked.put('bank', { latencyMs: 5 })
  asked.remove('bank')
  asked.remove('bank')
  asked.put('slow-query', {})
  asked.reset()
  asked.reset()
  expect(history()).toEqual([
    ...['bank on', 'bank replaced', 'bank on', 'bank off'],
    ...['slow-query on', 'slow-query reset'],
  ])
  expect([asked.version, changes()]).toEqual([5, 5])
  expect(asked.history.list(4).map(({ number }) => number)).toEqual([5, 6])
})

test('the level of a ramp is listed, and spans go with the snapshot, not moments', () => {
  const { asked, clock } = listAt()
  clock.ms = 70_000
  asked.put('bank', { ttlSeconds: 20, ramp: { upSeconds: 10 } })
  clock.ms = 75_000
  expect(asked.list().find(({ name }) => name === 'bank')?.level).toBe(0.5)
  expect(asked.snapshot().faults).toMatchObject([{ elapsedMs: 5000, remainingMs: 15_000 }])
})
