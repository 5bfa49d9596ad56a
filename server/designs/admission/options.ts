import { axis } from '../axis.ts'
import { adaptive } from './adaptive.ts'
import type { Admission } from './admission.ts'
import { open } from './open.ts'
import { rateLimited } from './rate-limited.ts'

export const admission = axis<Admission>()({
  question: 'Who is let in while more come than can be served?',
  before: 'open',
  after: 'adaptive',
  options: { open, 'rate-limited': rateLimited, adaptive },
  lines: {
    open: 'everybody, and all of them wait',
    'rate-limited': 'so many a second of each class, whatever the database can take',
    adaptive: 'as many as the pool serves without a queue; who pays first, who looks last',
  },
  hazards: {
    open: 'past its capacity it works for clients who have gone',
    'rate-limited': 'a fixed rate knows nothing of how slow the database is',
  },
})
