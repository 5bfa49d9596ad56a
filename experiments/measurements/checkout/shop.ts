/** Presets that every version has. */
export const oldDesigns = ['before', 'after'] as const
export type OldDesign = (typeof oldDesigns)[number]

/** What the figure `checkout` compares: presets without admission, as its clients never rest. */
export const checkoutDesigns = [...oldDesigns, 'peak'] as const
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
  /** Of its operator, where it is known: with it any design may be asked for. */
  token?: string | undefined
  /** Asked for in each request; absent = as the shop has it. */
  design?: string
}
