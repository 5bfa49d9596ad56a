import { problemsOf } from '../problem.ts'

/** Refusals of the pretend bank and partners, besides those of bad input. */
export const BankProblem = problemsOf({
  'charge-not-found': {
    status: 404,
    definite: true,
    title: 'The bank has no such charge',
    doc: 'Nothing was charged under the reference, and nothing was voided.',
  },
  'amount-conflict': {
    status: 409,
    definite: true,
    title: 'The reference was charged with another amount',
    doc: 'A reference stands for one charge.',
  },
  'bank-error': {
    status: 503,
    definite: true,
    title: 'The bank cannot charge now',
    doc: 'This call charged nothing; not definite where an earlier one of the reference may have.',
  },
  'no-answer': {
    status: 504,
    definite: false,
    title: 'The answer was lost',
    doc: 'The charge was made; its answer is held back until the client hangs up.',
  },
  'partner-failed': {
    status: 503,
    definite: true,
    title: 'The partner cannot take events now',
    doc: 'The share of deliveries that is set to fail.',
  },
})
