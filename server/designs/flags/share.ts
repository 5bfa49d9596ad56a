/** Shares are counted in hundredths of a percent. */
const buckets = 10_000

/**
 * Where a customer stands in the order in which a share grows: for ever the same of one seed, and
 * unrelated from one axis to the next.
 * @returns 0 to 9999
 */
export const bucketOf = (subject: string, seed: number, unit: string): number =>
  Bun.hash.xxHash32(`${subject} ${unit}`, seed) % buckets

/** A larger share has all the customers of a smaller one. */
export const isInShare = (
  subject: string,
  { seed, percent }: { seed: number; percent: number },
  unit: string,
): boolean => bucketOf(subject, seed, unit) < percent * (buckets / 100)
