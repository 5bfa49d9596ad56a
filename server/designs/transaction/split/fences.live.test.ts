import { describe, expect, test } from 'bun:test'
import { flowOf } from '../../../flows/flow-of.ts'
import { describeLive, withWorld } from '../../../testing/fixtures.ts'
import { badCard, card, outcomeOf } from '../../../testing/shopping.ts'
import { recoverSagas } from './recovery.ts'

const world = withWorld('fences', { isAudited: true })

const checkout = (...items: string[]) => outcomeOf(world.place('after', items, { payment: card }))

/** Where the executor is held up, and what recovery makes of its order meanwhile; '' = none. */
const held: Record<string, string> = {
  'committed 1: with the order claimed': 'cancelled undone',
  'payment.collecting 1: before the charge': 'cancelled undone',
  'payment.collected 1: after the charge': 'paid',
  'begin 2: before it settles': 'paid',
  'payment.settled 1: while it settles': 'paid',
  'committed 2: with everything done': 'paid',
}

describeLive('fences', ['TEST_DATABASE_URL'], () => {
  describe('an executor that wakes up after recovery lands no step', () => {
    test.each(Object.entries(held))('%s', async (words, end) => {
      const where = words.split(':')[0] ?? ''
      const slow = await world.pauseAt(where, () => checkout('1x1', '1x2'))
      expect(await world.recoverAll()).toBe(0)
      expect(await world.orderStates()).toEqual(end ? [end] : [])
      const outcome = await slow.resume()
      if (where === 'committed 2') {
        expect(outcome).toMatchObject({ status: 'paid' })
      } else expect(outcome).toBe('in-recovery')
      expect(await world.orderStates()).toEqual(end ? [end] : [])
      expect(await world.recoverAll()).toBe(0)
    })
  })

  test('a late charge of an order that was undone is declined', async () => {
    const slow = await world.pauseAt('payment.collecting', () => checkout('1x1'))
    expect(await world.recoverAll()).toBe(0)
    expect(await slow.resume()).toBe('in-recovery')
    expect(world.bank.ledger.list()).toMatchObject([{ status: 'voided' }])
  })

  describe('a charge that lands between the look and the void goes back', () => {
    /** Lets the charge through, and what comes of it, once the bank is asked to void it. */
    async function landLate(andThen: () => Promise<unknown> = async () => {}) {
      const slow = await world.pauseAt('payment.collecting', () => checkout('1x1'))
      let outcome: unknown
      world.bank.loses = async (call) => {
        if (call !== 'POST /v1/charges/void' || outcome) return undefined
        outcome = 'on its way'
        outcome = await slow.resume()
        await andThen()
        return undefined
      }
      await world.recoverAll()
      expect(await world.recoverAll()).toBe(0)
      expect(outcome).toBe('in-recovery')
      expect(world.bank.ledger.list()).toMatchObject([{ status: 'refunded' }])
      expect(await world.orderStates()).toEqual(['cancelled undone'])
    }

    test('and its executor lands no step', () => landLate())

    test('and a second recovery, which sees it, finishes nothing', () =>
      landLate(() => world.recoverAll()))
  })

  test('an executor that undoes and a recovery that undoes give each item back once', async () => {
    const declined = () => outcomeOf(world.place('after', ['1x1', '1x2'], { payment: badCard }))
    for (const where of ['begin 2', 'committed 2', 'begin 4', 'committed 4', 'committed 6']) {
      await world.restock()
      const slow = await world.pauseAt(where, declined)
      expect(await world.recoverAll()).toBe(0)
      const outcome = await slow.resume()
      expect(['in-recovery', 'card-declined']).toContain(String(outcome))
      expect(await world.orderStates()).toEqual(['cancelled undone'])
      expect(await world.audit()).toEqual([])
    }
  })

  describe('a recovery that wakes up after another lands no step', () => {
    const recovery = () => recoverSagas(world.options, flowOf)

    const undoing = ['begin 1', 'committed 1', 'begin 2', 'committed 2', 'begin 4', 'committed 5']
    test.each(undoing)('while undoing, at %s', async (where) => {
      await world.pauseAt('payment.collecting', () => checkout('1x1', '1x2'))
      world.script.clear()
      await world.expireLeases()
      const slow = await world.pauseAt(where, recovery)
      expect(await world.recoverAll()).toBe(0)
      await slow.resume()
      expect(await world.orderStates()).toEqual(['cancelled undone'])
      expect(await world.recoverAll()).toBe(0)
    })

    const finishing = ['begin 1', 'committed 1', 'begin 2', 'committed 2']
    test.each(finishing)('while finishing, at %s', async (where) => {
      await world.pauseAt('payment.collected', () => checkout('1x1', '1x2'))
      world.script.clear()
      await world.expireLeases()
      const slow = await world.pauseAt(where, recovery)
      expect(await world.recoverAll()).toBe(0)
      await slow.resume()
      expect(await world.orderStates()).toEqual(['paid'])
    })
  })
})
