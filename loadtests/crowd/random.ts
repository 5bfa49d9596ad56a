/** Uniform numbers in [0, 1), the same row for the same seed in every JavaScript engine. */
export type Random = () => number

/** Outputs thrown away so that neighbouring seeds do not resemble each other (as PractRand). */
const warmUpDraws = 12

/**
 * sfc32 of Chris Doty-Humphrey's PractRand (https://pracrand.sourceforge.net, RNG_engines), 32-bit
 * integer operations only. `seed`, `index` and `stream` are taken modulo 2^32.
 */
export function journeyRandom(seed: number, index: number, stream = 0): Random {
  let a = seed | 0
  let b = index | 0
  let c = stream | 0
  let counter = 1
  const next: Random = () => {
    const out = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + out) | 0
    return (out >>> 0) / 4_294_967_296
  }
  for (let draw = 0; draw < warmUpDraws; draw += 1) next()
  return next
}

/** Integer in low..high, both included. */
export function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1))
}
