import { localTime } from './clock.ts'

/** What a number is divided by, by the suffix that it then gets; the largest first. */
type Scale = Record<string, number>

const plain: Scale = { '': 1 }
const thousands: Scale = { ' T': 1e12, ' B': 1e9, ' M': 1e6, ' K': 1e3, '': 1 }
const seconds: Scale = {
  ...{ ' d': 86_400, ' h': 3600, ' min': 60 },
  ...{ ' s': 1, ' ms': 1e-3, ' µs': 1e-6, ' ns': 1e-9 },
}
const binary: Scale = Object.fromEntries(
  ['PiB', 'TiB', 'GiB', 'MiB', 'KiB', 'B'].map((name, at) => [` ${name}`, 1024 ** (5 - at)]),
)

interface Unit {
  scale: Scale
  /** The number is multiplied by this first. */
  factor?: number
  suffix?: string
}

const units = {
  none: { scale: plain },
  short: { scale: thousands },
  percentunit: { scale: plain, factor: 100, suffix: '%' },
  s: { scale: seconds },
  bytes: { scale: binary },
  ops: { scale: thousands, suffix: ' ops/s' },
  reqps: { scale: thousands, suffix: ' req/s' },
  /** Epoch milliseconds, shown as a time. */
  dateTimeAsIso: { scale: plain },
} satisfies Record<string, Unit>

export type UnitName = keyof typeof units

/** Grafana's units, as far as boards use them. */
export const unitNames = Object.keys(units) as UnitName[]

export interface FormatOptions {
  unit: UnitName
  decimals?: number | null
}

/** A number with its unit as a person reads it: `1.23 K`, `250 ms`, `99.9%`; a dash for nothing. */
export function formatValue(
  value: number | null,
  { unit, decimals = null }: FormatOptions,
): string {
  if (value === null || Number.isNaN(value)) return '–'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞'
  if (unit === 'dateTimeAsIso') return localTime(value)
  const { scale, factor = 1, suffix = '' }: Unit = units[unit]
  const [step, divisor] = stepOf(scale, Math.abs(value * factor))
  return `${digits((value * factor) / divisor, decimals)}${step}${suffix}`
}

/** Number and unit apart, for figures whose unit is set smaller. */
export function splitValue(text: string): { number: string; suffix: string } {
  const [, number = text, suffix = ''] = /^(-?[\d.,∞–]+)(.*)$/.exec(text) ?? []
  return { number, suffix }
}

function stepOf(scale: Scale, size: number): [suffix: string, divisor: number] {
  const steps = Object.entries(scale)
  // Rounding must not show 1000 ms where 1 s is meant; 0 has the unit itself.
  const fits = (divisor: number) => (size === 0 ? divisor === 1 : size >= divisor * 0.99995)
  return steps.find(([, divisor]) => fits(divisor)) ?? steps.at(-1) ?? ['', 1]
}

/** Three significant digits or whole numbers unless `decimals` says otherwise: 12,345 and 1.23. */
function digits(number: number, decimals: number | null): string {
  const rounding: Intl.NumberFormatOptions =
    decimals === null
      ? {
          maximumFractionDigits: 0,
          maximumSignificantDigits: Math.abs(number) < 1 ? 4 : 3,
          roundingPriority: 'morePrecision',
        }
      : { minimumFractionDigits: decimals, maximumFractionDigits: decimals }
  const common = { useGrouping: 'min2', signDisplay: 'negative' } as const
  return number.toLocaleString('en', { ...common, ...rounding })
}
