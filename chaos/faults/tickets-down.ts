import { commonSettings, defineFault } from '../fault.ts'
import { refusal } from '../refusal.ts'

/** The ticket server refuses every request; `slow-answers` aimed at `tickets` makes it slow. */
export const ticketsDown = defineFault({
  name: 'tickets-down',
  summary:
    'The ticket server refuses every request for ids (`slow-answers` aimed at `tickets` makes it ' +
    'slow).',
  imitates: 'a source of ids that is down, for everybody who needs one',
  hurts:
    '`ids=ticket-server-strict`, which asks for every order; `ids=ticket-server` once the ids ' +
    'that a process has in its buffer are used up',
  spares: 'ids that need no server, such as `ids=time-sorted`, and those of the database',
  processes: ['tickets'],
  settings: commonSettings,
  example: { probability: 1 },
  atRequest: async () => refusal('the ticket server is down'),
})
