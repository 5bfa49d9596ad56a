import type { BoardEntry } from './board.ts'
import { admission } from './boards/admission.ts'
import { beforeAndAfter } from './boards/before-and-after.ts'
import { chaos } from './boards/chaos.ts'
import { coupons } from './boards/coupons.ts'
import { effects } from './boards/effects.ts'
import { flags } from './boards/flags.ts'
import { generator } from './boards/generator.ts'
import { ids } from './boards/ids.ts'
import { innodb } from './boards/innodb.ts'
import { orderFlow } from './boards/order-flow.ts'
import { reads } from './boards/reads.ts'
import { stock } from './boards/stock.ts'
import { warehouse } from './boards/warehouse.ts'

/** Every board, in the order of reading. A new one is one file and one line here. */
export const boards: readonly BoardEntry[] = [
  beforeAndAfter,
  orderFlow,
  admission,
  innodb,
  ids,
  stock,
  reads,
  effects,
  warehouse,
  coupons,
  flags,
  chaos,
  generator,
]
