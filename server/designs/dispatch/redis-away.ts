import { Problem } from '../../errors.ts'

/** A command that Redis did not answer: without it no order is handed out. */
export async function orUnavailable<T>(command: Promise<T>): Promise<T> {
  return await command.catch((cause: unknown) => {
    throw new Problem('dispatch-unavailable', { cause })
  })
}
