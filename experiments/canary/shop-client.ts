import { z } from 'zod'
import { UserError } from '../../lab/user-error.ts'
import { type ShadowFlag, shadowWrites } from '../../server/designs/flags/flags.ts'
import { parseJson } from '../../server/parse-json.ts'
import { countsIn, type OptionCounts } from './counts.ts'

/** Unless the caller waits longer. */
const answerMsUsual = 2000
/** A share of 0 must be set though others change flags, and though an answer is lost. */
const backTries = 20
const backPauseMs = 250

const designs = z.object({
  epoch: z.int(),
  flags: z.array(
    z.object({
      axis: z.string(),
      option: z.string(),
      to: z.string().optional(),
      percent: z.int(),
      shadow: z
        .object({
          option: z.string(),
          percent: z.int(),
          writes: z.enum(shadowWrites).optional(),
        })
        .optional(),
    }),
  ),
})

/** What a flag is to be. */
export interface FlagChange {
  option: string
  to?: string
  percent?: number
  /** Absent = none. */
  shadow?: ShadowFlag
  /** Of a sequence of ids that moves to another source: its first id, at least. */
  start?: number
  /** Lets two sources of ids be used at once. */
  provoke?: true
  reason: string
}

/** A change was made since the design was read. */
export class EpochConflict extends UserError {}

/** The flags of a running shop as its operator has them. */
export class ShopClient {
  readonly #url: string
  readonly #token: string
  readonly #by: string
  readonly #answerMsMax: number
  epoch = 0

  constructor(url: string, token: string, by: string, answerMsMax = answerMsUsual) {
    this.#url = url
    this.#answerMsMax = answerMsMax
    this.#token = token
    this.#by = by
  }

  /** The flag of an axis or a sequence, and its option where it has none of its own. */
  async flagOf(axis: string): Promise<z.output<typeof designs>['flags'][number]> {
    const { epoch, flags } = await this.#designs()
    this.epoch = epoch
    const of = (name: string) => flags.find((one) => one.axis === name)
    const found = of(axis) ?? of(axis.split('.')[0] ?? '')
    if (!found) throw new UserError(`the shop has no axis ${axis}`)
    return found
  }

  /** @throws EpochConflict where another operator has changed the design; UserError */
  async set(axis: string, change: FlagChange): Promise<void> {
    const response = await this.#ask(`/designs/${axis}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#token}` },
      body: JSON.stringify({ ...change, by: this.#by, epoch: this.epoch }),
    })
    const text = await response.text()
    if (response.status === 409) throw new EpochConflict(detailIn(text))
    if (!response.ok) throw new UserError(`the shop refuses ${axis}: ${detailIn(text)}`)
    this.epoch = designs.parse(parseJson(text)).epoch
  }

  /** Gives all customers one option, whatever was changed meanwhile. */
  async setBack(axis: string, change: FlagChange): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.flagOf(axis)
        return await this.set(axis, change)
      } catch (error) {
        if (attempt === backTries) throw error
        await Bun.sleep(backPauseMs)
      }
    }
  }

  /** What the process at the address has counted of an axis. */
  async counts(axis: string): Promise<Map<string, OptionCounts>> {
    const response = await this.#ask('/metrics')
    if (!response.ok) throw new UserError(`/metrics: status ${response.status}`)
    return countsIn(await response.text(), axis)
  }

  async #designs() {
    const response = await this.#ask('/designs')
    const read = designs.safeParse(parseJson(await response.text()))
    if (!read.success) throw new UserError(`${this.#url} is no shop with flags`)
    return read.data
  }

  async #ask(path: string, init: RequestInit = {}): Promise<Response> {
    const signal = AbortSignal.timeout(this.#answerMsMax)
    try {
      return await fetch(`${this.#url}${path}`, { ...init, signal })
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new UserError(`${this.#url} does not answer: ${why}`)
    }
  }
}

function detailIn(text: string): string {
  const { detail } = (parseJson(text) ?? {}) as { detail?: unknown }
  return typeof detail === 'string' ? detail : text.slice(0, 200)
}
