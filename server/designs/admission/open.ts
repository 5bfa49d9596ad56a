import type { Option } from '../option.ts'
import type { Admission } from './admission.ts'

export const open: Option<Admission> = {
  summary: 'every request, and all of them wait',
  in: 'every request',
  out: 'every request',
  leavesOpen: 'past the clients’ patience the work is done for people who have gone',
  hazard: 'past its capacity it works for clients who have gone',
  open: () => ({ admit: () => undefined }),
}
