/** A scale: a number of at least `from` is divided by it and gets `suffix`; descending. */
type Scale = readonly { from: number; suffix: string }[]

interface Unit {
  /** The number is multiplied by this first. */
  factor?: number
  scale?: Scale
  suffix?: string
}

const thousands: Scale = [
  { from: 1e12, suffix: ' T' },
  { from: 1e9, suffix: ' B' },
  { from: 1e6, suffix: ' M' },
  { from: 1e3, suffix: ' K' },
]
const seconds: Scale = [
  { from: 86_400, suffix: ' d' },
  { from: 3600, suffix: ' h' },
  { from: 60, suffix: ' min' },
  { from: 1, suffix: ' s' },
  { from: 1e-3, suffix: ' ms' },
  { from: 1e-6, suffix: ' µs' },
  { from: 1e-9, suffix: ' ns' },
]
const binary: Scale = ['PiB', 'TiB', 'GiB', 'MiB', 'KiB', 'B'].map((name, index) => {
  return { from: 1024 ** (5 - index), suffix: ` ${name}` }
})

/** Grafana's units, as far as boards use them; the numbers of `dateTimeAsIso` are epoch ms. */
export const unitNames = [
  'none',
  'short',
  'percentunit',
  's',
  'bytes',
  'ops',
  'reqps',
  'dateTimeAsIso',
] as const
export type UnitName = (typeof unitNames)[number]

const units: Record<UnitName, Unit> = {
  none: {},
  short: { scale: thousands },
  percentunit: { factor: 100, suffix: '%' },
  s: { scale: seconds },
  bytes: { scale: binary },
  ops: { scale: thousands, suffix: ' ops/s' },
  reqps: { scale: thousands, suffix: ' req/s' },
  dateTimeAsIso: {},
}

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
  if (unit === 'dateTimeAsIso') return dateText(value)
  const { number, suffix } = scaled(value, units[unit])
  return `${digits(number, decimals)}${suffix}`
}

/** Number and unit apart, for figures whose unit is set smaller. */
export function splitValue(text: string): { number: string; suffix: string } {
  const match = /^(-?[\d.,∞–]+)(.*)$/.exec(text)
  return match ? { number: match[1] ?? text, suffix: match[2] ?? '' } : { number: text, suffix: '' }
}

function scaled(value: number, unit: Unit): { number: number; suffix: string } {
  const number = value * (unit.factor ?? 1)
  const own = unit.suffix ?? ''
  if (!unit.scale) return { number, suffix: own }
  const size = Math.abs(number)
  // Rounding must not show 1000 ms where 1 s is meant.
  const step = unit.scale.find(({ from }) => size >= from * 0.99995)
  if (step) return { number: number / step.from, suffix: step.suffix + own }
  const smallest = unit.scale.at(-1)
  const plain = unit.scale === thousands
  if (plain || !smallest || size === 0) {
    const zero = unit.scale === seconds ? ' s' : (smallest?.suffix ?? '')
    return { number, suffix: plain ? own : zero }
  }
  return { number: number / smallest.from, suffix: smallest.suffix + own }
}

/** Three significant digits unless `decimals` says otherwise; no zeros at the end. */
function digits(number: number, decimals: number | null): string {
  if (decimals !== null) return grouped(number.toFixed(decimals))
  if (Number.isInteger(number)) return grouped(String(number))
  const size = Math.abs(number)
  const places = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3 - Math.floor(Math.log10(size))
  return grouped(String(Number(number.toFixed(Math.min(places, 12)))))
}

/** Thin groups of three from ten thousand on: 12,345. */
function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.')
  const digitsOnly = whole.replace('-', '')
  const parted =
    digitsOnly.length > 4 && !text.includes('e')
      ? whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
      : whole
  return fraction === undefined ? parted : `${parted}.${fraction}`
}

/** `2027-01-15 09:00:00` in the reader's time zone. */
function dateText(ms: number): string {
  const date = new Date(ms)
  if (Number.isNaN(date.getTime())) return '–'
  const local = new Date(ms - date.getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 19).replace('T', ' ')
}
