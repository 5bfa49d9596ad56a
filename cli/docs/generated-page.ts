/** A reference page that is written from a registry, never by hand. */
export interface GeneratedPage {
  /** Relative to the checkout. */
  path: string
  generate(): Promise<string>
}
