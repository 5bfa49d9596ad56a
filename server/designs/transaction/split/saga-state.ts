/** The parts of a state at its first level, each as JSON. */
export type StateParts = ReadonlyMap<string, string>

export const partsOf = (state: object): StateParts =>
  new Map(
    Object.entries(state).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, JSON.stringify(value)] as const],
    ),
  )

/**
 * What a step has changed, as the JSON of an object: an order of many lines is not written again
 * with each of them. Parts are never removed.
 */
export function changedParts(before: StateParts, after: StateParts): string {
  const changed = [...after].filter(([name, json]) => before.get(name) !== json)
  return `{${changed.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`
}

/** The state after the last of the recorded changes. */
export const stateAfter = (begun: object, changes: readonly object[]): object =>
  Object.assign({}, begun, ...changes)
