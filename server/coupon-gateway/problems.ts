import { definite, indefinite, problemsOf } from '../problem.ts'

/** Refusals of the coupon gateway, besides those of bad input and of the issuer. */
export const gatewayProblems = {
  ...definite(429, {
    'partner-rate-limited': {
      title: 'The partner asks too often',
      doc: 'Wait for the seconds in `retry-after`; the issuer was not asked.',
    },
  }),
  ...indefinite(504, {
    'issuer-silent': {
      title: 'The issuer did not answer',
      doc: 'Coupons may have been issued: ask again with the same request id.',
    },
  }),
}

export class GatewayProblem extends problemsOf(gatewayProblems) {}
