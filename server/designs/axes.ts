import { admission } from './admission/options.ts'
import type { PresetName } from './axis.ts'
import { presetNames } from './axis.ts'
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

/** The option of an axis that a preset has. */
export function optionOf(preset: PresetName, axis: Axis): string {
  const entry: { [P in PresetName]?: string } & { after: string } = axes[axis]
  return entry[preset] ?? entry.after
}

/** Presets that have an option of an axis. */
export const presetsOf = (axis: Axis, option: string): PresetName[] =>
  presetNames.filter((preset) => optionOf(preset, axis) === option)

/** The options of an axis by name, as far as all options are alike. */
export const recordsOf = (axis: Axis): Record<string, Option<object>> => axes[axis].options
