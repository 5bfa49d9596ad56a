import { serverNowMs } from './server-clock.ts'

/** Swedish writes times as ISO 8601 does, but for the space. */
const format = new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeStyle: 'medium' })

/** `2027-01-15 09:00:00` in the reader's time zone; a dash beyond all dates. */
export const localTime = (ms: number): string =>
  Number.isNaN(new Date(ms).getTime()) ? '–' : format.format(ms)

/** `03-07` and `14:03:07` of a moment in seconds since 1970, in the reader's time zone. */
export function dayAndClock(seconds: number): { day: string; clock: string } {
  const text = localTime(seconds * 1000)
  return { day: text.slice(5, 10), clock: text.slice(11) }
}

/** `14:03:07`, with the day in front when it is not today. */
export function clockText(seconds: number): string {
  const { day, clock } = dayAndClock(seconds)
  return day === dayAndClock(serverNowMs() / 1000).day ? clock : `${day} ${clock}`
}
