/** `label_values(selector, label)` or `label_values(label)`, as variables ask. */
const call = /^\s*label_values\(\s*(?:(.+),)?\s*([a-zA-Z_]\w*)\s*\)\s*$/s

export interface LabelValues {
  /** Null = among all series. */
  selector: string | null
  label: string
}

/** What a variable's query asks for; an empty label when it is another function. */
export function labelValuesIn(query: string): LabelValues {
  const [, selector, label = ''] = call.exec(query) ?? []
  return { selector: selector?.trim() ?? null, label }
}
