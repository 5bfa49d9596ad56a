/** What the figure `checkout` compares: presets without admission, as its clients never rest. */
export const checkoutDesigns = ['before', 'after'] as const
export type CheckoutDesign = (typeof checkoutDesigns)[number]

/** A shop that is up, of this version or another: known by its addresses alone. */
export interface Shop {
  /** Base URL of its API. */
  api: string
  /** mysql://…/schema */
  database: string
  /** Users 1 to n are there. */
  users: number
  /** The process that started its own, and the name of its arm in their environment. */
  root: number
  arm: string
}
