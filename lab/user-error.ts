/** Exit codes of every command, as in the README. */
export const exitCodes = {
  asExpected: 0,
  broken: 1,
  missed: 2,
  untrusted: 3,
  badArguments: 4,
  /** A defect of Stampede itself, which is no verdict: EX_SOFTWARE of sysexits.h. */
  unexpected: 70,
}

/**
 * Something the person at the keyboard can act on: printed without a stack, ends with `exitCode`.
 * Anything else that is thrown is a defect of Stampede: printed with its stack, exit code 70.
 */
export class UserError extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: number = exitCodes.untrusted) {
    super(message)
    this.name = 'UserError'
    this.exitCode = exitCode
  }
}
