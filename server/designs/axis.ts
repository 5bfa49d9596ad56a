/** Designs that have a name: one usual, one that stands a spike, and one for the highest rate. */
export const presetNames = ['before', 'after', 'peak'] as const

export type PresetName = (typeof presetNames)[number]

/** One decision that breaks under a spike: its question, its options, and which are presets. */
export interface AxisEntry<Options extends object> {
  question: string
  /** What goes in and comes out, of options that do not say otherwise. */
  in?: string
  out?: string
  before: keyof Options & string
  after: keyof Options & string
  /** Of the preset for the highest rate, where it is not that of `after`. */
  peak?: keyof Options & string
  options: Options
  /** Only partners meet it: a crowd of buyers shows no difference, and a ladder leaves it out. */
  isOfPartners?: true
}

/** Declares an axis: every option is of the axis's interface, and the presets are options. */
export const axis =
  <Option>() =>
  <Options extends Record<string, Option>>(entry: AxisEntry<Options>) =>
    entry
