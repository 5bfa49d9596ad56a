import { type ArmName, armNames, type ListedFault } from '../../model/faults.ts'

/** Longer than the console waits for an arm. */
const timeoutMs = 6000

/** Why an arm did not do what it was asked, in the kinds that the page tells apart. */
export type ArmErrorKind = 'console-gone' | 'arm-gone' | 'token-refused' | 'refused'

export class ArmError extends Error {
  override name = 'ArmError'

  constructor(
    readonly kind: ArmErrorKind,
    detail: string,
  ) {
    super(detail)
  }
}

/** The faults of both arms, by way of the console's server, with the reader's token. */
export class Arms {
  readonly #token: string

  /** @param token goes out as the header of each request only */
  constructor(token: string) {
    this.#token = token
  }

  /** @throws ArmError */
  async list(arm: ArmName): Promise<ListedFault[]> {
    return ((await this.#ask('GET', arm, 'faults')) as { faults: ListedFault[] }).faults
  }

  /** @throws ArmError `refused` with what is wrong with the settings */
  async start(arm: ArmName, fault: string, settings: object): Promise<ListedFault> {
    return (await this.#ask('PUT', arm, `faults/${fault}`, settings)) as ListedFault
  }

  /** @throws ArmError */
  async stop(arm: ArmName, fault: string): Promise<ListedFault> {
    return (await this.#ask('DELETE', arm, `faults/${fault}`)) as ListedFault
  }

  /** Stops all faults of both. @returns the arms that did not say they had */
  async reset(): Promise<ArmName[]> {
    const outcomes = await Promise.allSettled(
      armNames.map((arm) => this.#ask('POST', arm, 'reset')),
    )
    return armNames.filter((_, at) => outcomes[at]?.status === 'rejected')
  }

  async #ask(method: string, arm: ArmName, path: string, body?: object): Promise<unknown> {
    // No browser sends such a text as a header, and no token has it.
    if (!/^[\x21-\x7e]+$/.test(this.#token)) throw new ArmError('token-refused', '')
    const answer = await fetch(`/console/api/arms/${arm}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      body: body ? JSON.stringify(body) : null,
      signal: AbortSignal.timeout(timeoutMs),
      credentials: 'omit',
    }).catch((error: unknown) => {
      throw new ArmError('console-gone', String(error))
    })
    const content: unknown = await answer.json().catch(() => null)
    if (answer.ok && content !== null) return content
    throw new ArmError(kindOf(answer.status), detailOf(content) ?? `status ${answer.status}`)
  }
}

function kindOf(status: number): ArmErrorKind {
  if (status === 401) return 'token-refused'
  return status >= 500 ? 'arm-gone' : 'refused'
}

function detailOf(content: unknown): string | null {
  const detail = (content as { detail?: unknown } | null)?.detail
  return typeof detail === 'string' ? detail : null
}
