import type { Database } from '../../db/connections.ts'
import type { Point } from '../../points.ts'
import type { BatchMember } from './transaction.ts'

/** Marks a point for all members: their statements were one, and so a fault bites once. */
export async function passPoint(
  members: readonly BatchMember<object>[],
  point: Point,
  db: Database,
): Promise<void> {
  for (const [index, { ctx }] of members.entries())
    await ctx.at(point, index === 0 ? db : undefined)
}
