import { definite, indefinite, problemsOf } from '../problem.ts'

/** Refusals of the pretend bank and partners, besides those of bad input. */
export const bankProblems = {
  ...definite(404, {
    'charge-not-found': {
      title: 'The bank has no such charge',
      doc: 'Nothing was charged under the reference, and nothing was voided.',
    },
  }),
  ...definite(409, {
    'amount-conflict': {
      title: 'The reference was charged with another amount',
      doc: 'A reference stands for one charge.',
    },
  }),
  ...definite(503, {
    'bank-error': {
      title: 'The bank cannot charge now',
      doc: 'It charged nothing; not definite where an earlier call of the reference may have.',
    },
    'partner-failed': {
      title: 'The partner cannot take events now',
      doc: 'The share of deliveries that is set to fail.',
    },
  }),
  ...indefinite(504, {
    'no-answer': {
      title: 'The answer was lost',
      doc: 'The charge was made; its answer is held back until the client hangs up.',
    },
  }),
}

export class BankProblem extends problemsOf(bankProblems) {}
