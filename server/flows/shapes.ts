import { z } from '@hono/zod-openapi'
import { orderLimits } from './carts.ts'
import { kindNames } from './item-kinds/kinds.ts'

// What customers and workers are shown, once: routes answer by these schemas, flows by their types.

/** Ids fit an unsigned 63-bit column and travel as decimal strings. */
export const idSchema = z
  .string()
  .regex(/^[1-9][0-9]{0,17}$/, 'must be a decimal id')
  .openapi({ example: '1' })

export const quantitySchema = z.int().min(1).max(orderLimits.pieces).openapi({ example: 1 })

export const userSchema = z
  .object({ id: idSchema, name: z.string(), balanceMinor: z.int() })
  .openapi('User')
export type User = z.output<typeof userSchema>

export const cartItemSchema = z
  .object({ id: idSchema, optionId: idSchema, quantity: z.int() })
  .openapi('CartItem')
export type CartItem = z.output<typeof cartItemSchema>

export const paymentSchema = z
  .object({
    id: idSchema,
    orderId: idSchema,
    method: z.enum(['balance', 'card']),
    status: z.enum(['sent', 'captured', 'declined', 'failed', 'unknown']),
    amountMinor: z.int(),
  })
  .openapi('Payment')
export type Payment = z.output<typeof paymentSchema>

const orderItemSchema = z.object({
  id: idSchema,
  optionId: idSchema,
  /** Pieces that are paid for, or that come for nothing. */
  quantity: quantitySchema,
  unitPriceMinor: z.int(),
  kind: z.enum(kindNames),
  units: z.int().openapi({
    description: 'Taken from stock: 0 for a reservation, and for a gift that was sold out',
  }),
  giftOf: idSchema.optional().openapi({ description: 'The option that this gift is for' }),
})
export type OrderItem = z.output<typeof orderItemSchema>

export const orderSchema = z
  .object({
    id: idSchema,
    userId: idSchema,
    status: z.enum(['pending', 'paying', 'paid', 'cancelling', 'cancelled']),
    totalMinor: z.int(),
    expiresAt: z.iso.datetime(),
    items: z.array(orderItemSchema),
    payment: paymentSchema.optional(),
  })
  .openapi('Order')
export type Order = z.output<typeof orderSchema>

export const dispatchSchema = z
  .object({
    orderId: idSchema,
    status: z.enum(['waiting', 'taken', 'done']),
    workerId: z.string().nullable(),
    queuedAt: z.iso.datetime(),
    takenAt: z.iso.datetime().nullable(),
  })
  .openapi('Dispatch')
export type DispatchRow = z.output<typeof dispatchSchema>

/** All fields of its own: an extension would be an `allOf`, which many generators lose. */
export const pickSchema = z
  .object({
    ...dispatchSchema.shape,
    items: z.array(z.object({ optionId: idSchema, quantity: quantitySchema })),
  })
  .openapi('OrderToPick')
export type OrderToPick = z.output<typeof pickSchema>

/** A coupon's number, as the pool has it. */
export const couponNumberSchema = z
  .string()
  .regex(/^[0-9A-F]{16}$/, 'must be 16 of 0-9 A-F')
  .openapi({ example: '0123456789ABCDEF' })

export const couponsIssuedSchema = z
  .object({
    partner: z.string(),
    product: idSchema,
    requestId: z.string(),
    coupons: z.array(z.object({ number: couponNumberSchema, seq: z.string() })),
  })
  .openapi('CouponsIssued')
export type CouponsIssued = z.output<typeof couponsIssuedSchema>

export const couponSchema = z
  .object({
    number: couponNumberSchema,
    product: idSchema,
    partner: z.string(),
    seq: z.string(),
    issuedAt: z.iso.datetime(),
    orderId: idSchema.nullable().openapi({ description: 'The order that has redeemed it' }),
  })
  .openapi('Coupon')
export type Coupon = z.output<typeof couponSchema>
