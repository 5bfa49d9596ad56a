import type { Theme } from '../model/colours.ts'

/** Colours and type of the page that a canvas has to be told. */
export interface Look {
  theme: Theme
  ink: string
  soft: string
  rule: string
  card: string
  font: string
}

/** The look as the styles have it now. */
export function currentLook(): Look {
  const style = getComputedStyle(document.documentElement)
  const read = (name: string) => style.getPropertyValue(name).trim()
  return {
    theme: read('color-scheme').startsWith('dark') ? 'dark' : 'light',
    ink: read('--ink'),
    soft: read('--ink-soft'),
    rule: read('--rule'),
    card: read('--card'),
    font: read('--sans'),
  }
}

/** Sets the theme that the reader chose; null follows the system. */
export function setTheme(theme: Theme | null): void {
  document.documentElement.dataset.theme = theme ?? 'auto'
}

/** Calls back when the system turns dark or light. */
export function whenSystemTurns(callback: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', callback)
}
