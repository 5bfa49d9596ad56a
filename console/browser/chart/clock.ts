const two = (number: number) => String(number).padStart(2, '0')

/** `03-07` and `14:03:07` of a moment in seconds since 1970, in the reader's time zone. */
export function dayAndClock(seconds: number): { day: string; clock: string } {
  const date = new Date(seconds * 1000)
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()]
  return {
    day: `${two(date.getMonth() + 1)}-${two(date.getDate())}`,
    clock: parts.map(two).join(':'),
  }
}

/** `14:03:07`, with the day in front when it is not today. */
export function clockText(seconds: number): string {
  const { day, clock } = dayAndClock(seconds)
  return day === dayAndClock(Date.now() / 1000).day ? clock : `${day} ${clock}`
}
