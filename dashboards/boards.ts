import type { BoardEntry } from './board.ts'
import { beforeAndAfter } from './boards/before-and-after.ts'
import { chaos } from './boards/chaos.ts'
import { effects } from './boards/effects.ts'
import { generator } from './boards/generator.ts'
import { ids } from './boards/ids.ts'
import { innodb } from './boards/innodb.ts'
import { orderFlow } from './boards/order-flow.ts'

/** Every board, in the order of reading. A new one is one file and one line here. */
export const boards: readonly BoardEntry[] = [
  beforeAndAfter,
  orderFlow,
  innodb,
  ids,
  effects,
  chaos,
  generator,
]
