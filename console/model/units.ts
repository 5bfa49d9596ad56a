/** A unit of Grafana: the powers that a number climbs, and what stands behind it. */
interface Unit {
  /** The number is multiplied by this first (`percentunit`: 100). */
  factor?: number
  /** Descending: a number of at least `from` is divided by it and gets `suffix`. */
  scale?: { from: number; suffix: string }[]
  suffix?: string
  decimals?: number
}

const thousands = [
  { from: 1e12, suffix: ' T' },
  { from: 1e9, suffix: ' B' },
  { from: 1e6, suffix: ' M' },
  { from: 1e3, suffix: ' K' },
]
const seconds = [
  { from: 86_400, suffix: ' d' },
  { from: 3600, suffix: ' h' },
  { from: 60, suffix: ' min' },
  { from: 1, suffix: ' s' },
  { from: 1e-3, suffix: ' ms' },
  { from: 1e-6, suffix: ' µs' },
  { from: 1e-9, suffix: ' ns' },
]
const binary = ['PiB', 'TiB', 'GiB', 'MiB', 'KiB', 'B'].map((name, index) => {
  return { from: 1024 ** (5 - index), suffix: ` ${name}` }
})
const decimal = ['PB', 'TB', 'GB', 'MB', 'kB', 'B'].map((name, index) => {
  return { from: 1000 ** (5 - index), suffix: ` ${name}` }
})
const perSecond = (scale: { from: number; suffix: string }[]) =>
  scale.map(({ from, suffix }) => ({ from, suffix: `${suffix}/s` }))

const rate = (suffix: string): Unit => ({ scale: thousands, suffix })

const units: Record<string, Unit> = {
  none: {},
  short: { scale: thousands },
  locale: {},
  percent: { suffix: '%' },
  percentunit: { factor: 100, suffix: '%' },
  s: { scale: seconds },
  ms: { factor: 1e-3, scale: seconds },
  µs: { factor: 1e-6, scale: seconds },
  ns: { factor: 1e-9, scale: seconds },
  m: { factor: 60, scale: seconds },
  h: { factor: 3600, scale: seconds },
  d: { factor: 86_400, scale: seconds },
  bytes: { scale: binary },
  decbytes: { scale: decimal },
  binBps: { scale: perSecond(binary) },
  Bps: { scale: perSecond(decimal) },
  ops: rate(' ops/s'),
  reqps: rate(' req/s'),
  rps: rate(' rd/s'),
  wps: rate(' wr/s'),
  iops: rate(' io/s'),
  cps: rate(' c/s'),
  eps: rate(' evt/s'),
  mps: rate(' msg/s'),
  opm: rate(' ops/min'),
  rpm: rate(' rd/min'),
}

/** Units by name, also Grafana's `suffix:`; a name that is unknown is written behind the number. */
function unitOf(name: string): Unit {
  const known = units[name]
  if (known) return known
  if (name.startsWith('suffix:')) return { scale: thousands, suffix: ` ${name.slice(7).trim()}` }
  return name === '' ? { scale: thousands } : { scale: thousands, suffix: ` ${name}` }
}

export interface FormatOptions {
  unit?: string | undefined
  decimals?: number | null | undefined
}

/** A number with its unit as a person reads it: `1.23 K`, `250 ms`, `99.9%`; a dash for nothing. */
export function formatValue(value: number | null, { unit = '', decimals }: FormatOptions): string {
  if (value === null || Number.isNaN(value)) return '–'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞'
  const text = dateText(value, unit) ?? booleanText(value, unit)
  if (text !== null) return text
  const { number, suffix } = scaled(value, unitOf(unit))
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
function digits(number: number, decimals: number | null | undefined): string {
  if (decimals !== null && decimals !== undefined) return grouped(number.toFixed(decimals))
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

function dateText(value: number, unit: string): string | null {
  if (!unit.startsWith('dateTime')) return null
  const date = new Date(value)
  if (Number.isNaN(date.getTime())) return '–'
  const part = (number: number) => String(number).padStart(2, '0')
  const day = `${date.getFullYear()}-${part(date.getMonth() + 1)}-${part(date.getDate())}`
  return `${day} ${part(date.getHours())}:${part(date.getMinutes())}:${part(date.getSeconds())}`
}

function booleanText(value: number, unit: string): string | null {
  if (unit === 'bool') return value === 0 ? 'False' : 'True'
  if (unit === 'bool_yes_no') return value === 0 ? 'No' : 'Yes'
  if (unit === 'bool_on_off') return value === 0 ? 'Off' : 'On'
  return null
}
