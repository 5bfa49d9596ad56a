import { parseJson } from '../parse-json.ts'

/** What one side answered. */
export interface ShadowAnswer {
  status: number
  /** JSON text; empty = no body. */
  body: string
}

/** A field in which two answers differ; undefined = the field is absent. */
export interface Difference {
  /** Names joined by dots; all items of a list share one. */
  field: string
  served: unknown
  shadow: unknown
}

/** Of one pair so many fields are kept: a list in another order differs in all its items. */
const differencesMax = 500

/** Of a problem the code is compared: its other fields have the request's id, or are words. */
export function comparable(status: number, body: string): ShadowAnswer {
  const value = status < 400 ? undefined : parseJson(body)
  return { status, body: isObject(value) ? JSON.stringify({ code: value.code }) : body }
}

const bodyOf = ({ body }: ShadowAnswer): unknown =>
  body === '' ? undefined : (parseJson(body) ?? body)

/**
 * Compares two answers field by field.
 * @returns the fields that differ, each with both values, 500 at most
 */
export function differences(served: ShadowAnswer, shadow: ShadowAnswer): Difference[] {
  if (served.status === shadow.status && served.body === shadow.body) return []
  const found: Difference[] = []
  if (served.status !== shadow.status) {
    found.push({ field: 'status', served: served.status, shadow: shadow.status })
  }
  compare('', bodyOf(served), bodyOf(shadow), found)
  return found
}

function compare(field: string, served: unknown, shadow: unknown, found: Difference[]): void {
  if (found.length >= differencesMax || Object.is(served, shadow)) return
  if (Array.isArray(served) && Array.isArray(shadow)) {
    if (served.length !== shadow.length) {
      found.push({ field, served: served.length, shadow: shadow.length })
    }
    const shared = Math.min(served.length, shadow.length)
    for (let index = 0; index < shared; index += 1) {
      compare(field, served[index], shadow[index], found)
    }
    return
  }
  if (isObject(served) && isObject(shadow)) {
    for (const name of new Set([...Object.keys(served), ...Object.keys(shadow)])) {
      const path = field === '' ? name : `${field}.${name}`
      compare(path, served[name], shadow[name], found)
    }
    return
  }
  found.push({ field: field === '' ? 'other' : field, served, shadow })
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The first difference of each field. */
export const byField = (all: readonly Difference[]): Map<string, Difference> => {
  const first = new Map<string, Difference>()
  for (const one of all) if (!first.has(one.field)) first.set(one.field, one)
  return first
}
