import { z } from 'zod'
import type { EffectTry } from '../server/ctx.ts'

/** Of which handler the effects are that a fault is about. @param example a handler's name */
export const handlerSetting = (example: string) => ({
  handler: z
    .string()
    .regex(/^[a-z-]{1,32}$/, 'must be 1 to 32 of a-z -')
    .optional()
    .describe(`Only effects of this handler, such as \`${example}\`; absent = of every one`),
})

/** Whether an effect is one that the fault is about. */
export const isOfHandler = (
  { handler }: { handler?: string | undefined },
  effect: EffectTry,
): boolean => (handler ?? effect.handler) === effect.handler
