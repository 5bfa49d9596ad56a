import { z } from 'zod'
import type { ActiveFaults } from '../../chaos/active-faults.ts'
import { snapshot, snapshotLifeMs } from '../../chaos/snapshot.ts'
import { described, log } from '../log.ts'
import { type Loop, startLoop } from '../worker/loop.ts'
import type { Report } from './followers.ts'

/** Pause after a question that was not answered. */
const pauseMs = 200
/** The board answers within half a second. */
const answerMsMax = 1000

const claimed = z.object({ isGranted: z.boolean() })
const held = snapshot.extend({ heldMs: z.number().min(0) })

interface FollowOptions {
  url: string
  token: string
  /** Names the process among all. */
  process: string
  active: ActiveFaults
  /** A monotonic clock, milliseconds; the one that the faults go by. */
  nowMs?: () => number
  send?: (url: string, init: RequestInit) => Promise<Response>
}

/**
 * Keeps the faults of a process those of the board. It asks again as soon as it has an answer, and
 * the board answers at a change. Without one it obeys what it has for 1.5 s, then nothing.
 */
export class BoardFollower {
  readonly #options: FollowOptions
  readonly #nowMs: () => number
  readonly #stopping = new AbortController()
  #obeyed = { board: '', version: 0 }
  #isAway = false
  #loop: Loop | undefined

  constructor(options: FollowOptions) {
    this.#options = options
    this.#nowMs = options.nowMs ?? (() => performance.now())
  }

  start(): void {
    this.#loop ??= startLoop('chaos board', pauseMs, () => this.turn(), 2 * answerMsMax)
  }

  /** Asks once. @returns false where the board did not answer */
  async turn(): Promise<boolean> {
    try {
      await this.#ask()
      if (this.#isAway) log('chaos board: answers again')
      this.#isAway = false
    } catch (error) {
      if (this.#stopping.signal.aborted) return false
      if (!this.#isAway) log(`chaos board: does not answer, faults end: ${described(error)}`)
      this.#isAway = true
    }
    return !this.#isAway
  }

  /** Asks for one of the bites that a fault has in all. @returns false without an answer, too */
  async claim(fault: string, key: string): Promise<boolean> {
    const { process, active } = this.#options
    try {
      const answer = await this.#post('/v1/claims', { process, kind: active.kind, fault, key })
      return claimed.parse(answer).isGranted
    } catch (error) {
      log(`chaos board: grants no ${fault}: ${described(error)}`)
      return false
    }
  }

  /** Obeys nothing any more. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#options.active.clear()
    await this.#loop?.stop()
  }

  async #ask(): Promise<void> {
    const { process, active } = this.#options
    const report: Report = {
      process,
      kind: active.kind,
      ...this.#obeyed,
      tallies: active.tallies(),
    }
    const sentAtMs = this.#nowMs()
    const { heldMs, ...wanted } = held.parse(await this.#post('/v1/follow', report))
    if (this.#stopping.signal.aborted) return
    active.adopt(wanted, sentAtMs + heldMs, snapshotLifeMs)
    this.#obeyed = { board: wanted.board, version: wanted.version }
  }

  async #post(path: string, body: object): Promise<unknown> {
    const { url, token, send = fetch } = this.#options
    const response = await send(new URL(path, url).href, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.any([AbortSignal.timeout(answerMsMax), this.#stopping.signal]),
    })
    if (!response.ok) throw new Error(`answered with ${response.status}`)
    return await response.json()
  }
}
