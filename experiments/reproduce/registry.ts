import type { Reproduction } from './reproduction.ts'
import { s1 } from './sources/s1.ts'
import { s3Cache } from './sources/s3-cache.ts'
import { s3Effects } from './sources/s3-effects.ts'
import { s3Index } from './sources/s3-index.ts'
import { s3Locks } from './sources/s3-locks.ts'
import { s4 } from './sources/s4.ts'
import { s5 } from './sources/s5.ts'

/** Every source that is reproduced, in the order in which they are told. */
export const reproductions: readonly Reproduction[] = [
  s1,
  s3Locks,
  s3Cache,
  s3Index,
  s3Effects,
  s4,
  s5,
]
