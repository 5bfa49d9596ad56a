import type { Clock } from './clock.ts'

/** A journey is over by then; a later request begins a new one. */
const passMsMax = 60_000
const passPattern = /^([0-9a-z]{1,12})\.([\w-]{16})$/

export interface Passes {
  issue(): string
  isValid(pass: string | undefined): boolean
}

/**
 * Passes that tell a journey already let in from one that begins: the time of issue and a keyed
 * hash of it, so that nothing is kept and none can be made up.
 */
export function createPasses(clock: Clock): Passes {
  const secret = crypto.getRandomValues(new Uint8Array(32))
  const sign = (time: string) =>
    new Bun.CryptoHasher('sha256', secret).update(time).digest('base64url').slice(0, 16)
  return {
    issue() {
      const time = Math.round(clock.nowMs()).toString(36)
      return `${time}.${sign(time)}`
    },
    isValid(pass) {
      const [, time = '', signature] = (pass && passPattern.exec(pass)) || []
      if (signature === undefined || signature !== sign(time)) return false
      return clock.nowMs() - Number.parseInt(time, 36) <= passMsMax
    },
  }
}
