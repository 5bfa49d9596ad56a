/** Of each answer of the console: its own clock, ms since 1970. */
export const clockHeader = 'x-server-ms'

let aheadMs = 0

/** Takes the clock of an answer: that of the reader's machine may be minutes off. */
export function readServerClock(answer: Response): void {
  const text = answer.headers.get(clockHeader) ?? ''
  if (/^\d{13,16}$/.test(text)) aheadMs = Number(text) - Date.now()
}

/** Now by the clock of the server whose data is shown, as of its last answer. */
export const serverNowMs = (): number => Date.now() + aheadMs
