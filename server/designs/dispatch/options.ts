import { axis } from '../axis.ts'
import type { Option } from '../option.ts'
import { chosen } from './chosen.ts'
import type { Dispatch } from './dispatch.ts'
import { queue } from './queue.ts'
import { randomLock } from './random-lock.ts'
import { skipLocked } from './skip-locked.ts'

export const dispatch = axis<Option<Dispatch>>()({
  question: 'How do workers of the warehouse come by paid orders?',
  in: 'worker',
  out: 'an order taken',
  before: 'random-lock',
  after: 'skip-locked',
  options: { 'random-lock': randomLock, chosen, 'skip-locked': skipLocked, queue },
})
