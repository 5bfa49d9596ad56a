/** A statement as the source has it: what is put in at run time is a hole, with its expression. */
export interface SourceStatement {
  file: string
  /** Text between the holes; one more than there are holes. */
  texts: string[]
  holes: string[]
}

/** Statements that change rows, or lock those that they read. */
const isLocking = (text: string): boolean =>
  /^(update|delete)\s/i.test(text) || /\b(for update|in share mode|for share)\b/i.test(text)

/** All statements of the sources that lock rows by a search, inserts by key not among them. */
export async function lockingStatements(files: readonly string[]): Promise<SourceStatement[]> {
  const found = await Promise.all(
    files.map(async (file) =>
      templatesIn(await Bun.file(file).text()).map((template) => ({ file, ...template })),
    ),
  )
  return found.flat().filter(({ texts }) => isLocking(texts.join('?').trim()))
}

type Template = Omit<SourceStatement, 'file'>

/** Template literals of a source, those within holes included. */
function templatesIn(source: string): Template[] {
  const found: Template[] = []
  for (let at = source.indexOf('`'); at !== -1; at = source.indexOf('`', at)) {
    at = readTemplate(source, at, found)
  }
  return found
}

/** Reads the template that begins at `start`. @returns where it has ended */
function readTemplate(source: string, start: number, found: Template[]): number {
  const template: Template = { texts: [''], holes: [] }
  let at = start + 1
  while (at < source.length && source[at] !== '`') {
    if (source.startsWith('${', at)) {
      const end = endOfHole(source, at + 2, found)
      template.holes.push(source.slice(at + 2, end - 1).trim())
      template.texts.push('')
      at = end
    } else {
      template.texts.push(`${template.texts.pop()}${source[at]}`)
      at += 1
    }
  }
  found.push(template)
  return at + 1
}

function endOfHole(source: string, start: number, found: Template[]): number {
  let depth = 1
  let at = start
  while (at < source.length && depth > 0) {
    if (source[at] === '`') at = readTemplate(source, at, found) - 1
    else if (source[at] === '{') depth += 1
    else if (source[at] === '}') depth -= 1
    at += 1
  }
  return at
}
