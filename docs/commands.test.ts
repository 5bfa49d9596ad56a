import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { commands } from '../cli/commands.ts'
import { readTree } from '../testing/tidy/tree.ts'

const files = await readTree(join(import.meta.dir, '..'))

/** Each `./stampede …` of a page, in a code span or on a line of a block, without its comment. */
const quoted = files
  .filter(({ path }) => path.endsWith('.md') && !path.startsWith('docs/reference/'))
  .flatMap(({ path, text }) =>
    [...text.matchAll(/(?:^|`)\.\/stampede ([a-z][^`\n]*)/gm)].map(([, rest = '']) => ({
      path,
      words: wordsOf(rest.replace(/\s+#.*$/, '')),
    })),
  )

/** Words as a shell splits them, quotes included. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''))
}

/** `<name>`, `RUN` and `…` stand for what the reader fills in; examples add what is not there. */
const isPlaceholder = (word: string) => /<|…|^[A-Z]+$|^event-loop-stall:|=first-in-line$/.test(word)

test('the pages quote commands', () => {
  expect(quoted.length).toBeGreaterThan(50)
})

test.each(quoted.filter(({ words }) => !words.some(isPlaceholder)))(
  '$path: $words',
  async ({ words: [name = '', ...rest] }) => {
    const load = commands[name]
    expect(load).toBeDefined()
    const command = (await load?.())?.default
    expect(() => command?.read(rest)).not.toThrow()
  },
)
