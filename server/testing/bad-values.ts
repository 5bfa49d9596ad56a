/** One way to spoil a JSON value, and where. */
export interface Spoiled {
  /** What was done to which field, for the message of a failing test. */
  what: string
  /** Path of the spoiled field, joined by dots; empty = the whole value. */
  path: string
  value: unknown
}

/** Texts that are no id of ours, though a lenient parser may take some for one. */
export const badIds = [
  '0',
  '-1',
  '1.5',
  '1e3',
  '0x10',
  '007',
  ' 1',
  '1 ',
  '1,2',
  'NaN',
  'null',
  '٣',
  '9223372036854775808',
  '18446744073709551616',
  '99999999999999999999999999',
  '1 or 1=1',
  "1'; drop table users; -- ",
  '1%00',
]

const badStrings = [0, 1, true, null, {}, [], ['1'], '']
const badNumbers = ['1', 'NaN', '', true, null, {}, [1], 1.5, -1, 1e21, 2 ** 53]
const badBooleans = ['true', 0, null, false]
const badObjects = [null, [], 'x', 1, [{}]]
const badArrays = [null, {}, 'x', 1, []]

/** Every way to spoil a value: wrong types, bounds, missing and extra fields, at any depth. */
export function spoil(value: unknown, optional: readonly string[] = [], path = ''): Spoiled[] {
  const here = badFor(value).map((bad) => ({ what: `${path} = ${shown(bad)}`, path, value: bad }))
  if (typeof value !== 'object' || value === null) return here
  const inside = Object.entries(value).flatMap(([key, part]) => {
    const at = path ? `${path}.${key}` : key
    const deeper = spoil(part, optional, at)
    return deeper.map((one) => ({ ...one, value: withKey(value, key, one.value) }))
  })
  if (Array.isArray(value)) return [...here, ...inside]
  const missing = Object.keys(value)
    .filter((key) => !optional.includes(key))
    .map((key) => ({
      what: `${path} without ${key}`,
      path: path ? `${path}.${key}` : key,
      value: Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)),
    }))
  const extra = ['extra', 'constructor', '__proto__'].map((key) => {
    const at = path ? `${path}.${key}` : key
    return { what: `${path} with ${key}`, path: at, value: { ...value, [key]: 1 } }
  })
  return [...here, ...inside, ...missing, ...extra]
}

function badFor(value: unknown): unknown[] {
  if (typeof value === 'string')
    return /^\d+$/.test(value) ? [...badStrings, ...badIds] : badStrings
  if (typeof value === 'number') return badNumbers
  if (typeof value === 'boolean') return badBooleans
  return Array.isArray(value) ? badArrays : badObjects
}

function withKey(value: object, key: string, part: unknown): unknown {
  if (!Array.isArray(value)) return { ...value, [key]: part }
  return value.map((item, index) => (String(index) === key ? part : item))
}

const shown = (value: unknown) => JSON.stringify(value)?.slice(0, 40)
