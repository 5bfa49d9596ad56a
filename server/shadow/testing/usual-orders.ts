import { badCard, balance, card, orderBody } from '../../testing/shopping.ts'

/** Orders that end in each way: paid, not yet paid, declined, sold out, refused. */
export const usualOrders = [
  orderBody(['1x1', '2x2'], { payment: card }),
  orderBody(['1x3'], { userId: '2', payment: balance }),
  orderBody(['1x4', '1x1']),
  orderBody(['1x5'], { userId: '3', payment: badCard }),
  orderBody(['1x11', '1x12', '1x13', '1x14'], { userId: '4', payment: card }),
  orderBody(['99x6', '50x7'], { userId: '5' }),
  orderBody(['1x999'], { userId: '6' }),
]
