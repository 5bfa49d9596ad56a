import type { FieldDefaults, Mapping, Threshold } from './field-schema.ts'

export type Theme = 'light' | 'dark'

/** As each theme shows it. */
type Themed<T> = Record<Theme, T>

const hues: Record<string, Themed<string>> = {
  red: { light: '#b3263e', dark: '#ff8a97' },
  orange: { light: '#c2560a', dark: '#f0a35a' },
  yellow: { light: '#9a7200', dark: '#e3c14f' },
  green: { light: '#17703f', dark: '#74d39c' },
  blue: { light: '#0b6e8f', dark: '#5ec8e6' },
  purple: { light: '#6a5aa8', dark: '#b9a9f5' },
  text: { light: '#1b1d21', dark: '#eceae5' },
  gray: { light: '#6f737b', dark: '#a3a6ad' },
}

/** Categorical, distinct under the common kinds of colour blindness (after Okabe and Ito). */
const palettes: Themed<string[]> = {
  light: [
    ...['#0b6e8f', '#c2560a', '#6a5aa8', '#2d8a57', '#a3203a'],
    ...['#8a6d00', '#3f66c4', '#9b4f86', '#5d6168', '#0a8f86'],
  ],
  dark: [
    ...['#5ec8e6', '#f0a35a', '#b9a9f5', '#74d39c', '#ff8a97'],
    ...['#e3c14f', '#8fb0ff', '#e6a3cf', '#b4b7bd', '#4fd1c0'],
  ],
}

/** Before is warm and after is cool on every page; more of an arm's series vary in it. */
const armPalettes: Record<string, Themed<string[]>> = {
  before: {
    light: ['#c2560a', '#8a6d00', '#a3203a', '#7d4a2a'],
    dark: ['#f0a35a', '#e3c14f', '#ff8a97', '#d9b08c'],
  },
  after: {
    light: ['#0b6e8f', '#3f66c4', '#0a8f86', '#6a5aa8'],
    dark: ['#5ec8e6', '#8fb0ff', '#4fd1c0', '#b9a9f5'],
  },
}

/**
 * Which colour in turn each series takes: those of before and of after count by themselves, all
 * others together.
 * @param arms of the series, '' where one has none
 */
export function turnsOf(arms: readonly string[]): number[] {
  const taken = new Map<string, number>()
  return arms.map((arm) => {
    const owner = Object.hasOwn(armPalettes, arm) ? arm : 'others'
    const turn = taken.get(owner) ?? 0
    taken.set(owner, turn + 1)
    return turn
  })
}

const papers: Themed<string> = { light: '#ffffff', dark: '#1b1e23' }

const hexColour = /^#[0-9a-f]{6}$/i

/** Whether a colour of the JSON can be shown: a name of the table above, or `#rrggbb`. */
export const isColour = (name: string): boolean => Object.hasOwn(hues, name) || hexColour.test(name)

/** A colour of the JSON (`red`, `#c2560a`) as this theme shows it: legible on its card. */
export function themedColour(name: string, theme: Theme): string {
  if (hexColour.test(name)) return legible(name.toLowerCase(), theme)
  return (hues[name] ?? hues.gray)?.[theme] ?? '#888888'
}

/** WCAG asks for a contrast of 3 of graphics; thin lines on dark paper need more. */
const contrastMin: Themed<number> = { light: 3, dark: 5.5 }

/** Moves a colour away from the paper until it stands out from it. */
function legible(colour: string, theme: Theme): string {
  const ink = theme === 'light' ? '#000000' : '#ffffff'
  const steps = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
  const stands = (share: number) =>
    contrast(mix(colour, ink, share), papers[theme]) >= contrastMin[theme]
  return mix(colour, ink, steps.find(stands) ?? 0.75)
}

/** The colour of a series: as its query says, else the next one of its arm's palette. */
export function seriesColour(
  fixed: string | null,
  labels: Record<string, string>,
  turn: number,
  theme: Theme,
): string {
  if (fixed !== null) return themedColour(fixed, theme)
  const palette = (armPalettes[labels.arm ?? ''] ?? palettes)[theme]
  return palette[turn % palette.length] ?? '#888888'
}

/** The colour of the highest step that a value has reached. */
export function thresholdColour(
  value: number | null,
  steps: readonly Threshold[],
  theme: Theme,
): string {
  const rising = steps.toSorted((a, b) => (a.value ?? -Infinity) - (b.value ?? -Infinity))
  const reached =
    value === null ? rising[0] : rising.findLast((step) => value >= (step.value ?? -Infinity))
  return themedColour(reached?.color ?? 'text', theme)
}

/** How a value looks: by its mapping, else by the step it has reached, else by `plain`. */
export function valueColour(
  value: number | string | null,
  { mappings, thresholds: { steps } }: Pick<FieldDefaults, 'mappings' | 'thresholds'>,
  theme: Theme,
  plain: string,
): string {
  const { color } = mapped(value, mappings)
  if (color) return themedColour(color, theme)
  return steps.length > 0 && typeof value !== 'string'
    ? thresholdColour(value, steps, theme)
    : plain
}

/** What a value mapping makes of a value; empty when none fits. */
export function mapped(
  value: number | string | null,
  mappings: readonly Mapping[],
): { text?: string | undefined; color?: string | undefined } {
  for (const mapping of mappings) {
    if (mapping.type === 'special') {
      if (value === null || Number.isNaN(value)) return mapping.options.result
    } else if (Object.hasOwn(mapping.options, String(value))) {
      return mapping.options[String(value)] ?? {}
    }
  }
  return {}
}

const hex = (parts: number[]) =>
  `#${parts.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`

const partsOf = (colour: string) =>
  [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))

/** `share` of `other` mixed into a `#rrggbb` colour. */
export function mix(colour: string, other: string, share: number): string {
  const others = partsOf(other)
  return hex(partsOf(colour).map((part, at) => part + ((others[at] ?? 0) - part) * share))
}

/** WCAG 2 contrast ratio of two `#rrggbb` colours, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = partsOf(colour).map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
