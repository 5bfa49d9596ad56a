/**
 * How many ids are smaller than one that was had before them.
 * @param ids decimal strings, each taken after the one before it was had
 */
export function inversionsIn(ids: readonly string[]): number {
  let largest = 0n
  let found = 0
  for (const id of ids.map(BigInt)) {
    if (id < largest) found += 1
    else largest = id
  }
  return found
}
