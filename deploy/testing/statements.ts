import { join } from 'node:path'
import * as ast from 'typescript/unstable/ast'
import { API } from 'typescript/unstable/async'
import { root } from './compose-file.ts'

export interface Statement {
  /** `file:line` */
  where: string
  /** Every hole and placeholder filled with something of its kind. */
  sql: string
}

const verbs = [
  'select\\s',
  'insert (?:ignore )?into\\s',
  'update [\\w${}]+ (?:force index \\(primary\\) )?set\\s',
  'delete from\\s',
  'with \\w+ as',
  '(?:create|drop) database\\s',
  'set (?:time_zone|\\w+_\\w+) =',
  'show (?:global|session)\\s',
  '(?:start transaction|commit|rollback)$',
]
const statement = new RegExp(`^\\s*(?:${verbs.join('|')})`, 'i')

/** Every SQL statement that is written out in sources of the project, with its holes filled. */
export async function statementsIn(paths: string[]): Promise<Statement[]> {
  const api = new API({ cwd: root })
  try {
    const snapshot = await api.updateSnapshot({ openProjects: [join(root, 'tsconfig.json')] })
    const [project] = snapshot.getProjects()
    const files = paths.map((path) => project?.program.getSourceFile(join(root, path)))
    return (await Promise.all(files)).flatMap((file, at) => {
      if (!file) throw new Error(`${paths[at]} is not in the project`)
      return statementsOf(paths[at] ?? '', file)
    })
  } finally {
    await api.close()
  }
}

/** The pieces of text of a string or template, and what is in the holes between them. */
interface Literal {
  pieces: string[]
  holes: string[]
  line: number
  /** It is SQL to drizzle: a plain text in one of its holes is a value. */
  isTagged: boolean
}

function statementsOf(path: string, file: ast.SourceFile): Statement[] {
  const literals: Literal[] = []
  const named = new Map<string, Literal>()
  const visit = (node: ast.Node) => {
    const literal = literalOf(node, file)
    if (literal) literals.push(literal)
    if (ast.isVariableDeclaration(node) && ast.isIdentifier(node.name) && node.initializer) {
      const { initializer } = node
      const value = ast.isTaggedTemplateExpression(initializer) ? initializer.template : initializer
      const fragment = literalOf(value, file)
      if (fragment) named.set(node.name.text, fragment)
    }
    node.forEachChild(visit)
  }
  visit(file)
  return literals
    .filter(({ pieces }) => statement.test(pieces.join('${}')))
    .map((literal) => ({ where: `${path}:${literal.line}`, sql: filled(literal, named) }))
}

function literalOf(node: ast.Node, file: ast.SourceFile): Literal | null {
  const line = file.text.slice(0, node.getStart(file)).split('\n').length
  if (ast.isStringLiteral(node) || ast.isNoSubstitutionTemplateLiteral(node)) {
    const isTagged = ast.isTaggedTemplateExpression(node.parent)
    return { pieces: [node.text], holes: [], line, isTagged }
  }
  if (!ast.isTemplateExpression(node)) return null
  const spans = [...node.templateSpans]
  return {
    pieces: [node.head.text, ...spans.map(({ literal }) => literal.text)],
    holes: spans.map(({ expression }) => expression.getText(file)),
    line,
    isTagged: ast.isTaggedTemplateExpression(node.parent),
  }
}

function filled({ pieces, holes, isTagged }: Literal, named: ReadonlyMap<string, Literal>): string {
  const text = pieces.reduce((before, piece, index) => {
    const fragment = named.get(holes[index - 1] ?? '')
    const isSql = fragment && (fragment.isTagged || !isTagged)
    return before + (isSql ? filled(fragment, named) : sample(before)) + piece
  })
  return text.replaceAll(/\bvalues \?/g, 'values (1)').replaceAll('?', '1')
}

/** A valid text for the hole: a row, a query, a name, a change, no more, or else a number. */
function sample(before: string): string {
  if (/\bset\s+$/i.test(before)) return 'id = id'
  if (/\bvalues\s*$/i.test(before)) return '(1)'
  if (/\bfrom \($/i.test(before)) return 'select 1 as violation, 1 as idempotency_key, 1 as tries'
  if (/\binto \w+ \($/i.test(before)) return 'id'
  if (/\b(?:from|join|into|update|database|exists)\s+$/i.test(before)) return 'some_name'
  if (/\bin \([^()]*\)\s+$/i.test(before)) return ''
  return '1'
}
