import type { Theme } from '../../model/colours.ts'

/** Colours and type of the page, for a canvas: styles do not reach inside one. */
export interface Look {
  theme: Theme
  ink: string
  soft: string
  rule: string
  card: string
  font: string
}

/** What a custom property of the page's styles holds now, e.g. `--fault`. */
export const styleValue = (property: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(property).trim()

/** The look as the styles have it now. */
export const currentLook = (): Look => ({
  theme: styleValue('color-scheme').startsWith('dark') ? 'dark' : 'light',
  ink: styleValue('--ink'),
  soft: styleValue('--ink-soft'),
  rule: styleValue('--rule'),
  card: styleValue('--card'),
  font: styleValue('--sans'),
})

/** Sets the theme that the reader chose; null follows the system. */
export function setTheme(theme: Theme | null): void {
  document.documentElement.dataset.theme = theme ?? 'auto'
}

/** Calls back when the system turns dark or light. */
export function whenSystemTurns(callback: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', callback)
}
