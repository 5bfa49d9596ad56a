import { describe, expect, test } from 'bun:test'
import { ActiveFaults } from './active-faults.ts'
import type { ProcessKind } from './fault.ts'
import { FaultList } from './fault-list.ts'

/** The faults of one process, one of them on. */
function processWith(kind: ProcessKind, name: string, settings: object) {
  const list = new FaultList(() => 0)
  list.put(name, settings)
  const active = new ActiveFaults({ kind, nowMs: () => 0 })
  active.adopt(list.snapshot())
  return active
}

describe('consumer-fails', () => {
  const slack = { eventId: 'paid-1', handler: 'slack', attempt: 1 }
  test('fails the first tries of its handler, in the worker alone', () => {
    const worker = processWith('worker', 'consumer-fails', { handler: 'slack', firstTries: 2 })
    const tries = [1, 2, 3].map((attempt) => worker.effectFails({ ...slack, attempt }))
    expect(tries).toEqual([true, true, false])
    expect(worker.effectFails({ ...slack, handler: 'erp' })).toBe(false)
    expect(worker.tallies()).toEqual({ 'consumer-fails': { considered: 2, injected: 2 } })
    expect(processWith('api', 'consumer-fails', {}).effectFails(slack)).toBe(false)
  })

  test('as large a share of tries as asked', () => {
    const worker = processWith('worker', 'consumer-fails', { probability: 0.3 })
    const failed = Array.from({ length: 1000 }, () => worker.effectFails(slack)).filter(Boolean)
    expect(failed.length / 1000).toBeCloseTo(0.3, 1)
  })
})

describe('poison-event', () => {
  const events = Array.from({ length: 2000 }, (_, index) => `paid-${index}`)
  const poisoned = (settings: object, attempt = 1) => {
    const worker = processWith('worker', 'poison-event', settings)
    const fails = (eventId: string) => worker.effectFails({ eventId, handler: 'messages', attempt })
    return events.filter(fails)
  }

  test('is one of so many, the same in every try and of one seed', () => {
    const first = poisoned({ oneOf: 10 })
    expect(first.length / events.length).toBeCloseTo(0.1, 1)
    expect(poisoned({ oneOf: 10 }, 3)).toEqual(first)
    expect(poisoned({ oneOf: 10, seed: 2 })).not.toEqual(first)
    expect(poisoned({ oneOf: 1 })).toEqual(events)
  })

  test('keeps to its handler', () => {
    expect(poisoned({ oneOf: 1, handler: 'slack' })).toEqual([])
  })
})

test('delivered-twice repeats effects of its handler', () => {
  const worker = processWith('worker', 'delivered-twice', { handler: 'slack' })
  const effect = { eventId: 'paid-1', handler: 'slack', attempt: 2 }
  expect(worker.effectRepeats(effect)).toBe(true)
  expect(worker.effectRepeats({ ...effect, handler: 'messages' })).toBe(false)
  expect(worker.effectFails(effect)).toBe(false)
  expect(worker.tallies()).toEqual({ 'delivered-twice': { considered: 1, injected: 1 } })
})

test.each([
  ['relay-stopped', 'relay', 'coupon pool'],
  ['generation-stopped', 'coupon pool', 'relay'],
] as const)('%s stops the %s alone', (name, loop, other) => {
  const worker = processWith('worker', name, {})
  expect([worker.stopsLoop(loop), worker.stopsLoop(other)]).toEqual([true, false])
  worker.clear()
  expect(worker.stopsLoop(loop)).toBe(false)
  expect(worker.tallies()[name]).toEqual({ considered: 1, injected: 1 })
})

test.each([
  ['tickets-down', 'tickets', '/v1/ranges', undefined],
  ['slack-down', 'bank', '/partners/slack', '/v1/charges'],
] as const)('%s refuses requests to %s', async (name, kind, path, other) => {
  const process = processWith(kind, name, {})
  const answer = await process.atRequest(path)
  expect(answer?.status).toBe(503)
  expect(await answer?.json()).toMatchObject({ status: 503, code: 'injected-fault' })
  if (other) expect(await process.atRequest(other)).toBeUndefined()
  expect(process.tallies()).toEqual({ [name]: { considered: 1, injected: 1 } })
})
