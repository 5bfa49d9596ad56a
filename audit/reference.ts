import { checkers } from './registry.ts'

/** The name of this check is one of `report.json`, and older than the name of its file. */
const fileNames: Record<string, string> = { quiet: 'quiescent' }

const linkOf = (name: string): string =>
  `[\`${name}\`](../../audit/checkers/${fileNames[name] ?? name}.ts)`

/** Markdown table of the registry, for the generated reference page. */
export function checkersReference(): string {
  const rows = checkers.map(
    ({ name, promise, exercise }) => `| ${linkOf(name)} | ${promise} | ${exercise.by} |`,
  )
  return [
    '| checker | what holds when it is true | exercised by |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
