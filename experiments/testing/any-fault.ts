import type { FaultRules } from '../game-day/fault-rules.ts'

/** Takes every fault: what the board refuses is tested where the board is known. */
export const anyFault: FaultRules = {
  ttlSecondsMax: 900,
  flawsOf: () => [],
  actsInProxy: () => false,
}
