import type { Site, Whom } from '../server/ctx.ts'
import type { CommonSettings } from './fault.ts'

/** Whether a fault is aimed at a customer: for ever the same of one seed. */
export function isAmong({ target: { userShare }, seed }: CommonSettings, user: string | undefined) {
  if (userShare === undefined) return true
  if (user === undefined) return false
  return Bun.hash.xxHash32(`fault ${user}`, seed) < userShare * 2 ** 32
}

/** Whether a fault is aimed at this design, and at one of these items. */
export function isAbout(
  { option, item }: CommonSettings['target'],
  design: Whom['design'],
  items: NonNullable<Site['items']>,
): boolean {
  if (option !== undefined && !design?.label.split(',').includes(option)) return false
  return item === undefined || (typeof items === 'string' ? items === item : items.includes(item))
}
