import { problemsOf } from '../problem.ts'

/** Refusals of the ticket server, besides those of bad input. */
export const TicketProblem = problemsOf({
  'too-many-sequences': {
    status: 400,
    definite: true,
    title: 'The ticket server has too many sequences',
    doc: 'A new name is refused once the bound on names is reached.',
  },
  'sequence-exhausted': {
    status: 409,
    definite: true,
    title: 'The sequence is exhausted',
    doc: 'Its next id would be above the range of this server.',
  },
  'mark-went-back': {
    status: 503,
    definite: true,
    title: 'The mark of the sequence went back',
    doc: 'The database has a lower mark than was leased before: ids would come twice.',
  },
  'no-lease': {
    status: 503,
    definite: true,
    title: 'The database gave no lease',
    doc: 'The database does not answer and the ids of the last lease are used up.',
  },
})
