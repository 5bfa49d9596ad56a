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

const propertyOf = (name: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

function themeNow(): Theme {
  const scheme = propertyOf('color-scheme')
  if (scheme === 'light' || scheme === 'dark') return scheme
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

/** A colour or font of the page's styles as it is now, e.g. `--fault`. */
export function styleValue(name: string): string {
  const value = propertyOf(name)
  // A custom property keeps light-dark() as it is written.
  const [, light, dark] = /^light-dark\((.+), (.+)\)$/.exec(value) ?? []
  return (themeNow() === 'dark' ? dark : light) ?? value
}

/** The look as the styles have it now. */
export const currentLook = (): Look => ({
  theme: themeNow(),
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
