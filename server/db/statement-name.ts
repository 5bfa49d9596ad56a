import { Name, SQL, StringChunk } from 'drizzle-orm'

/** Enough of a statement to have its verb and its table. */
const prefixLengthMax = 400
const names = new Map<string, string>()
/** Statements are written in the code; one that is put together must not fill the memory. */
const namesMax = 1000

const verbs = /^\s*(select|insert|update|delete|replace|kill|savepoint|rollback|explain)\b/i
const tables: Record<string, RegExp> = {
  insert: /\binto\s+`?(\w+)/i,
  replace: /\binto\s+`?(\w+)/i,
  update: /\bupdate\s+`?(\w+)/i,
  delete: /\bfrom\s+`?(\w+)/i,
  select: /\bfrom\s+`?(\w+)/i,
}
const calledFunction = /^\s*select\s+(\w+)\s*\(/i

/**
 * A short name of a statement for metrics: `select coupon_issues`, or the function that a SELECT
 * without a table calls. No value is in it.
 */
export function statementName(statement: SQL): string {
  const prefix = textOf(statement, prefixLengthMax)
  let name = names.get(prefix)
  if (name === undefined) {
    name = nameOf(prefix)
    if (names.size < namesMax) names.set(prefix, name)
  }
  return name
}

function nameOf(text: string): string {
  const verb = verbs.exec(text)?.[1]?.toLowerCase() ?? 'other'
  const table = tables[verb]?.exec(text)?.[1] ?? calledFunction.exec(text)?.[1]
  return table === undefined ? verb : `${verb} ${table}`
}

/** The words of a statement, its values left out. */
function textOf({ queryChunks }: SQL, lengthMax: number): string {
  let text = ''
  for (const chunk of queryChunks) {
    if (text.length >= lengthMax) break
    if (chunk instanceof StringChunk) text += chunk.value.join('')
    else if (chunk instanceof SQL) text += textOf(chunk, lengthMax - text.length)
    else text += chunk instanceof Name ? chunk.value : '?'
  }
  return text
}
