/**
 * Names of the shop's routes, as metrics, faults and logs have them. The list is closed: a route
 * mounts under a name from here, and a fault aimed at another name is refused.
 */
export const routeNames = [
  'healthz',
  'readyz',
  'designs.read',
  'designs.write',
  'designs.flag',
  'designs.rollback',
  'designs.history',
  'designs.shadow',
  'users.read',
  'users.charge',
  'products.list',
  'products.read',
  'products.popular',
  'carts.list',
  'carts.add',
  'carts.remove',
  'orders.create',
  'orders.read',
  'orders.cancel',
  'intakes.read',
  'payments.create',
  'payments.read',
  'dispatches.list',
  'dispatches.take',
  'dispatches.claim',
  'dispatches.done',
  'coupons.issue',
  'coupons.read',
] as const

export type RouteName = (typeof routeNames)[number]
