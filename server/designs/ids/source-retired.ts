/**
 * The source of ids that was asked has none for the sequence any more: a change of the design has
 * moved it to another source. Nothing was taken.
 */
export class SourceRetired extends Error {
  override name = 'SourceRetired'

  /**
   * @param successor option of the axis `ids` that gives the ids now
   * @param first the least id that it may give
   */
  constructor(
    readonly successor: string,
    readonly first: number,
  ) {
    super(`its ids come from ${successor} now`)
  }
}
