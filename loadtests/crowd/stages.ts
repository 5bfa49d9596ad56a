import type { Stage } from './profiles.ts'

const rateMax = 20_000
const secondsMax = 3_600
const stagesMax = 100

export const stagesExpected =
  `be up to ${stagesMax} stages as seconds:rate, comma between, with whole rates up to ` +
  `${rateMax} and 1 to ${secondsMax} seconds in all, such as 0:20,10:20,5:60`

/** Peak rate and whole length of a curve. */
export const sizeOf = (stages: readonly Stage[]) => ({
  rate: Math.max(...stages.map(({ targetRate }) => targetRate)),
  durationSeconds: Number(
    stages.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0).toFixed(3),
  ),
})

/** `0:20,10:20,5:60`: each stage's seconds, and the rate to which it leads in a line. */
export const stagesText = (stages: readonly Stage[]): string =>
  stages.map(({ durationSeconds, targetRate }) => `${durationSeconds}:${targetRate}`).join(',')

/** @returns null where the text is no curve that both drivers take */
export function parseStages(text: string): Stage[] | null {
  const parts = text.split(',').map((part) => /^(\d{1,4}(?:\.\d{1,3})?):(\d{1,5})$/.exec(part))
  const stages = parts.flatMap((match) =>
    match ? [{ durationSeconds: Number(match[1]), targetRate: Number(match[2]) }] : [],
  )
  if (stages.length < parts.length || stages.length > stagesMax) return null
  const { rate, durationSeconds } = sizeOf(stages)
  const isInBounds = rate >= 1 && rate <= rateMax
  return isInBounds && durationSeconds >= 1 && durationSeconds <= secondsMax ? stages : null
}
