import { isLoopbackName } from '../loopback.ts'

/** Where faults are refused, token or not, unless CHAOS_ALLOWED_IN names it. */
export const guardedPlaces = ['production', 'network'] as const
export type GuardedPlace = (typeof guardedPlaces)[number]

interface Where {
  NODE_ENV?: string | undefined
  STAMPEDE_HOST?: string | undefined
  CHAOS_ALLOWED_IN?: readonly GuardedPlace[] | undefined
}

const isIn: Record<GuardedPlace, (where: Where) => boolean> = {
  production: ({ NODE_ENV }) => NODE_ENV === 'production',
  network: ({ STAMPEDE_HOST }) =>
    STAMPEDE_HOST !== undefined && !isLoopbackName(STAMPEDE_HOST.replace('::1', '[::1]')),
}

const why: Record<GuardedPlace, string> = {
  production: 'NODE_ENV is production',
  network: 'STAMPEDE_HOST is not loopback',
}

/** @returns why a process has no chaos, and what allows it there; undefined where it may have it */
export function refusalOfChaos(where: Where): string | undefined {
  const refused = guardedPlaces.filter(
    (place) => isIn[place](where) && !where.CHAOS_ALLOWED_IN?.includes(place),
  )
  if (refused.length === 0) return undefined
  const reasons = refused.map((place) => why[place]).join(', and ')
  return `chaos is off, since ${reasons}; CHAOS_ALLOWED_IN=${refused.join(',')} allows it`
}
