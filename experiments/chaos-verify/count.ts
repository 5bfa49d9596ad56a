import type { BoardUnderTest } from './measure.ts'

/** How a fault whose bite has no size is made to bite. */
export interface Provocation {
  fault: string
  settings: object
  /** What else is on meanwhile, without which it has nothing to bite. */
  also?: Record<string, object>
}

/** What was seen of a fault whose bite has no size. */
export interface Counted {
  fault: string
  /** While it was on. */
  bites: number
  /** From asking for it until the board had counted a bite, which comes up to 0.5 s later. */
  countedMs: number
  resetMs: number
  /** Bites that the board counted from two seconds after the reset on. */
  injectedAfter: number
  /** From the reset until the shop had sold something again. */
  soldAgainMs: number
}

/** The shop, as the count uses it. */
export interface ShopUnderTest {
  /** Asks for what faults act on, whatever the answers are. */
  disturb(): Promise<void>
  /** Sells something. @throws Error where that fails */
  sell(): Promise<void>
}

export interface CountBounds {
  biteMsMax: number
  leftMs: number
  reportedMs: number
  sellMsMax: number
}

export const countBounds: CountBounds = {
  ...{ biteMsMax: 30_000, leftMs: 2000, reportedMs: 600, sellMsMax: 30_000 },
}

/** Turns of requests that look whether the fault has left. */
const looksAfter = 3
const pollMs = 100

/**
 * Switches a fault on until it has bitten, and off.
 * @throws Error where it does not bite, or the shop sells nothing after it
 */
export async function countBites(
  { fault, settings, also = {} }: Provocation,
  shop: ShopUnderTest,
  board: BoardUnderTest,
  { biteMsMax, leftMs, reportedMs, sellMsMax }: CountBounds = countBounds,
): Promise<Counted> {
  const before = await board.injected(fault)
  const askedAtMs = performance.now()
  for (const [name, more] of Object.entries(also)) await board.put(name, more)
  await board.put(fault, settings)
  await untilTrue(`${fault} does not bite`, biteMsMax, async () => {
    await shop.disturb()
    return (await board.injected(fault)) > before
  })
  const countedMs = performance.now() - askedAtMs
  const resetAtMs = performance.now()
  await board.reset()
  const resetMs = performance.now() - resetAtMs
  await untilTrue(`the shop sells nothing after ${fault}`, sellMsMax, () => sells(shop))
  const soldAgainMs = performance.now() - resetAtMs
  await Bun.sleep(Math.max(0, leftMs - soldAgainMs))
  const left = await board.injected(fault)
  for (let look = 0; look < looksAfter; look += 1) await shop.disturb()
  await Bun.sleep(reportedMs)
  const injectedAfter = (await board.injected(fault)) - left
  return { fault, bites: left - before, countedMs, resetMs, injectedAfter, soldAgainMs }
}

async function sells(shop: ShopUnderTest): Promise<boolean> {
  try {
    await shop.sell()
    return true
  } catch {
    return false
  }
}

async function untilTrue(otherwise: string, msMax: number, ask: () => Promise<boolean>) {
  const givenUpAtMs = performance.now() + msMax
  while (!(await ask())) {
    if (performance.now() > givenUpAtMs) throw new Error(otherwise)
    await Bun.sleep(pollMs)
  }
}

const resetMsMax = 500

/** What is not as every fault promises; none where all is well. */
export function flawsOfCount({ resetMs, injectedAfter }: Counted): string[] {
  return [
    ...(resetMs > resetMsMax ? ['reset was acknowledged late'] : []),
    ...(injectedAfter > 0 ? ['bites after its reset'] : []),
  ]
}
