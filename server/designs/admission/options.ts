import { axis } from '../axis.ts'
import type { Option } from '../option.ts'
import { adaptive } from './adaptive/adaptive.ts'
import type { Admission } from './admission.ts'
import { open } from './open.ts'
import { queued } from './queued/queued.ts'
import { rateLimited } from './rate-limited.ts'

export const admission = axis<Option<Admission>>()({
  question: 'Who is let in while more come than can be served?',
  before: 'open',
  after: 'adaptive',
  peak: 'open',
  options: { open, 'rate-limited': rateLimited, adaptive, queued },
})
