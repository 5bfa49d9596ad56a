import { axis } from '../axis.ts'
import { chosen } from './chosen.ts'
import type { Dispatch } from './dispatch.ts'
import { queue } from './queue.ts'
import { randomLock } from './random-lock.ts'
import { skipLocked } from './skip-locked.ts'

export const dispatch = axis<Dispatch>()({
  question: 'How do workers of the warehouse come by paid orders?',
  before: 'random-lock',
  after: 'skip-locked',
  options: { 'random-lock': randomLock, chosen, 'skip-locked': skipLocked, queue },
  lines: {
    'random-lock': 'one Redis lock for all, under it a random order',
    chosen: 'the worker picks from a list, and claims it if it still waits',
    'skip-locked': 'the oldest order that nobody is taking right now',
    queue: 'a queue in Redis, filled again from the table, and a claim in MySQL',
  },
})
