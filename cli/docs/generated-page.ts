/** A reference page that is generated from a registry. */
export interface GeneratedPage {
  /** Relative to the checkout. */
  path: string
  generate(): Promise<string>
}
