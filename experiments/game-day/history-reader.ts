import { open } from 'node:fs/promises'
import type { JourneyRecord } from '../../loadtests/crowd/history.ts'
import { parseJson } from '../../server/parse-json.ts'

/** Reads the journeys of a history file while it is written. */
export class HistoryReader {
  readonly journeys: JourneyRecord[] = []
  readonly #path: string
  readonly #decoder = new TextDecoder()
  #offset = 0
  /** A line whose end has not been written yet. */
  #rest = ''

  constructor(path: string) {
    this.#path = path
  }

  /** Reads what was added; a file that is not there yet has nothing. */
  async read(): Promise<void> {
    const file = await open(this.#path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    })
    if (!file) return
    try {
      const { size } = await file.stat()
      const buffer = new Uint8Array(Math.max(0, size - this.#offset))
      const { bytesRead } = await file.read(buffer, 0, buffer.length, this.#offset)
      this.#offset += bytesRead
      this.#add(this.#decoder.decode(buffer.subarray(0, bytesRead), { stream: true }))
    } finally {
      await file.close()
    }
  }

  #add(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      const record = parseJson(line) as Partial<JourneyRecord> | undefined
      if (typeof record?.index === 'number') this.journeys.push(record as JourneyRecord)
    }
  }
}
