import { parseDesign } from '../../server/designs/design.ts'
import { openArm, type PrivateArm } from '../run/arm.ts'
import type { TestBed } from '../run/test-bed.ts'
import type { Shop } from './checkout/shop.ts'

/** Arms that are up at the same time, of which one at a time is worked at. */
export type Arms<Name extends string> = Record<Name, PrivateArm>

/**
 * Starts arms, works with them, and closes them whatever happens.
 * @param designs of each arm, by its name
 * @param prefix unique among the running arms
 */
export async function withArms<Name extends string, Result>(
  testBed: TestBed,
  designs: Record<Name, string>,
  prefix: string,
  work: (arms: Arms<Name>) => Promise<Result>,
): Promise<Result> {
  const arms: [string, PrivateArm][] = []
  try {
    for (const [name, design] of Object.entries<string>(designs)) {
      const spec = { name, design: parseDesign(design).label }
      arms.push([name, await openArm(testBed, spec, `${prefix}-${name}`)])
    }
    return await work(Object.fromEntries(arms) as Arms<Name>)
  } finally {
    for (const [, arm] of arms) await arm.close()
  }
}

/** The arm as customers see it, who may ask for any design with the token. */
export const shopOf = ({ spec, api, databaseUrl, users }: PrivateArm, token?: string): Shop => ({
  ...{ api: api.url, database: databaseUrl, users },
  ...{ root: process.pid, arm: spec.name, token },
})
