/** One decision that breaks under a spike: its question, its options, and which of them is when. */
export interface AxisEntry<Option, Name extends string> {
  question: string
  before: NoInfer<Name>
  after: NoInfer<Name>
  options: Record<Name, Option>
  /** One line an option for the reference page. */
  lines: Record<Name, string>
  /** What is known to go wrong with an option; where it says nothing, the audit stays green. */
  hazards?: { [N in Name]?: string }
  /** Options whose audit is red in any busy sale, or after a kill -9 in the midst of one. */
  knownBad?: { [N in Name]?: 'always' | 'at-a-crash' }
}

/** Declares an axis: every option is of the axis's interface, every name is known. */
export const axis =
  <Option>() =>
  <Name extends string>(entry: AxisEntry<Option, Name>) =>
    entry
