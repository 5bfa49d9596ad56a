import { closest, distance } from 'fastest-levenshtein'
import { exitCodes, UserError } from './user-error.ts'

/** "unknown X 'Y'; did you mean 'Z'?", or the list of right words when none is near. */
export function unknownWord(kind: string, word: string, known: string[]): UserError {
  const nearest = closest(word, known)
  const isNear = distance(word, nearest) <= Math.max(2, word.length / 3)
  const hint = isNear ? `did you mean '${nearest}'?` : `there is: ${known.join(', ')}`
  return new UserError(`unknown ${kind} '${word}'; ${hint}`, exitCodes.badArguments)
}
