import { expect, test } from 'bun:test'
import type { Redis } from 'ioredis'
import { relayNotifier } from './relay-notifier.ts'

function redisWith(publish: () => Promise<number>): Redis {
  return { publish, options: { keyPrefix: 'shop:' } } as unknown as Redis
}

test('calls while a message is on its way are one more message', async () => {
  const answers: (() => void)[] = []
  const publish = () => new Promise<number>((resolve) => answers.push(() => resolve(1)))
  const wakeRelay = relayNotifier(redisWith(publish))
  for (let index = 0; index < 10; index += 1) wakeRelay()
  expect(answers.length).toBe(1)
  answers[0]?.()
  await Bun.sleep(0)
  expect(answers.length).toBe(2)
  answers[1]?.()
  await Bun.sleep(0)
  expect(answers.length).toBe(2)
})

test('a message that Redis does not take is no error, and the next is sent', async () => {
  let sent = 0
  const publish = () => {
    sent += 1
    return Promise.reject(new Error('away'))
  }
  const wakeRelay = relayNotifier(redisWith(publish))
  wakeRelay()
  await Bun.sleep(0)
  wakeRelay()
  expect(sent).toBe(2)
})
