import { Problem } from '../../errors.ts'

/** A command that Redis did not answer: without it nobody is given an order. */
export async function orUnavailable<T>(command: Promise<T>): Promise<T> {
  return await command.catch((cause: unknown) => {
    throw new Problem('dispatch-unavailable', { cause })
  })
}
