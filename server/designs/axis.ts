/** One decision that breaks under a spike: its question, its options, two of them as presets. */
export interface AxisEntry<Options extends object> {
  question: string
  /** What goes in and comes out, of options that do not say otherwise. */
  in?: string
  out?: string
  before: keyof Options & string
  after: keyof Options & string
  options: Options
  /** Only partners meet it: a crowd of buyers shows no difference, and a ladder leaves it out. */
  isOfPartners?: true
}

/** Declares an axis: every option is of the axis's interface, and both presets are options. */
export const axis =
  <Option>() =>
  <Options extends Record<string, Option>>(entry: AxisEntry<Options>) =>
    entry
