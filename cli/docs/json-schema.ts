import { code } from './markdown.ts'

/** JSON Schema as zod and the OpenAPI document have it, as far as pages show it. */
export interface JsonSchema {
  $ref?: string
  type?: string | string[]
  format?: string
  pattern?: string
  enum?: unknown[]
  const?: unknown
  description?: string
  default?: unknown
  example?: unknown
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  oneOf?: JsonSchema[]
  anyOf?: JsonSchema[]
  allOf?: JsonSchema[]
  /** Our own: the accepted values of an environment variable, and its default. */
  expected?: string
  fallback?: unknown
}

export interface Field {
  name: string
  type: string
  isRequired: boolean
  schema: JsonSchema
}

/**
 * The leaves of an object, `items[].optionId`; of alternatives, each that has a field.
 * @throws Error for an extension (`allOf`), which pages and many generators of clients lose
 */
export function fieldsOf(schema: JsonSchema, prefix = '', isAsked = true): Field[] {
  if (schema.allOf) throw new Error(`${prefix || 'a schema'}: write out all fields, not allOf`)
  const alternatives = schema.oneOf ?? schema.anyOf
  if (alternatives) return merged(alternatives.map((one) => fieldsOf(one, prefix, isAsked)))
  return Object.entries(schema.properties ?? {}).flatMap(([key, part]) => {
    const name = prefix + key
    const isRequired = isAsked && (schema.required?.includes(key) ?? false)
    const own = { name, type: typeOf(part), isRequired, schema: part }
    if (part.items && !part.items.$ref) return [own, ...fieldsOf(part.items, `${name}[].`)]
    const inside = fieldsOf(part, `${name}.`)
    return inside.length > 0 ? [own, ...inside] : [own]
  })
}

/** Alternatives side by side: a field that some do not have is not required. */
function merged(alternatives: Field[][]): Field[] {
  const names = [...new Set(alternatives.flatMap((fields) => fields.map(({ name }) => name)))]
  return names.flatMap((name) => {
    const found = alternatives.flatMap((fields) => fields.filter((field) => field.name === name))
    const [first] = found
    if (!first) return []
    const type = [...new Set(found.map((field) => field.type))].join(' or ')
    const isRequired = found.length === alternatives.length && found.every((one) => one.isRequired)
    return [{ ...first, type, isRequired }]
  })
}

/** A type with its bounds in words: `integer, 1 to 99`. */
export function typeOf(schema: JsonSchema): string {
  if (schema.$ref) return `[${nameOf(schema.$ref)}](#${nameOf(schema.$ref).toLowerCase()})`
  if (schema.enum) return schema.enum.map((value) => code(JSON.stringify(value))).join(', ')
  if (schema.const !== undefined) return code(JSON.stringify(schema.const))
  if (schema.items) {
    const items = schema.items.properties ? 'objects' : typeOf(schema.items)
    return `list of ${items}${bounds(schema.minItems, schema.maxItems)}`
  }
  const keys = Object.keys(schema.properties ?? {})
  if (keys.length > 0) return `object of ${keys.map(code).join(', ')}`
  const type = [schema.type ?? (schema.oneOf || schema.anyOf ? 'object' : 'anything')].flat()
  const above = schema.exclusiveMinimum === undefined ? '' : `, above ${schema.exclusiveMinimum}`
  const low = schema.minimum ?? schema.minLength
  const high = schema.maximum ?? schema.maxLength
  if (schema.pattern === idPattern) return 'id'
  const pattern = schema.pattern ? `, ${code(schema.pattern)}` : ''
  return `${type.join(' or ')}${above}${bounds(low, high)}${pattern}`
}

/** Of every id, which pages explain once. */
const idPattern = '^[1-9][0-9]{0,17}$'

function bounds(low: number | undefined, high: number | undefined): string {
  if (high === Number.MAX_SAFE_INTEGER) return low === undefined || low < 0 ? '' : `, from ${low}`
  if (low !== undefined && high !== undefined) return `, ${low} to ${high}`
  if (high !== undefined) return `, at most ${high}`
  return low === undefined ? '' : `, from ${low}`
}

export const nameOf = (reference: string) => reference.split('/').at(-1) ?? ''
