import { definite, problemsOf } from '../problem.ts'

/** Refusals of the ticket server, besides those of bad input. */
export const ticketProblems = {
  ...definite(409, {
    'sequence-retired': {
      title: 'Another source has the sequence',
      doc: 'A change of the design has moved it; the ticket server leases none of its ids.',
    },
    'sequence-exhausted': {
      title: 'The sequence is exhausted',
      doc: 'Its next id would be above the range of this server.',
    },
  }),
  ...definite(503, {
    'mark-went-back': {
      title: 'The mark of the sequence went back',
      doc: 'The database has a lower mark than was leased before: ids would come twice.',
    },
    'no-lease': {
      title: 'The database gave no lease',
      doc: 'The database does not answer and the ids of the last lease are used up.',
    },
  }),
}

export class TicketProblem extends problemsOf(ticketProblems) {}
