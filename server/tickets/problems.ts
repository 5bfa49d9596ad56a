import { KnownProblem, type ProblemKind, type ProblemOptions } from '../problem.ts'

/** Refusals of the ticket server, besides those of bad input. */
const problems = {
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
} as const satisfies Record<string, ProblemKind>

export type TicketProblemCode = keyof typeof problems

export class TicketProblem extends KnownProblem<TicketProblemCode> {
  constructor(code: TicketProblemCode, options?: ProblemOptions) {
    super(code, problems[code], options)
  }
}
