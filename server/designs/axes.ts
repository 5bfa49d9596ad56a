import { admission } from './admission/options.ts'
import { coupons } from './coupons/options.ts'
import { dispatch } from './dispatch/options.ts'
import { effects } from './effects/options.ts'
import { ids } from './ids/options.ts'
import type { Option } from './option.ts'
import { reads } from './reads/options.ts'
import { stock } from './stock/options.ts'
import { transaction } from './transaction/options.ts'

/** The registry of all axes. A new option is one file, and one line in its axis's options.ts. */
export const axes = {
  ids,
  transaction,
  stock,
  effects,
  reads,
  dispatch,
  coupons,
  admission,
} as const

export type Axis = keyof typeof axes

export type OptionName<A extends Axis> = keyof (typeof axes)[A]['options'] & string

/** One option for every axis. */
export type Choice = { [A in Axis]: OptionName<A> }

export const axisNames = Object.keys(axes) as Axis[]

/** The options of an axis by name, as far as all options are alike. */
export const recordsOf = (axis: Axis): Record<string, Option<object>> => axes[axis].options
