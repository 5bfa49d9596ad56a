import { checkers } from './registry.ts'

/** Markdown table of the registry, for the generated reference page. */
export function checkersReference(): string {
  const rows = checkers.map(
    ({ name, promise, exercise }) => `| \`${name}\` | ${promise} | ${exercise.by} |`,
  )
  return [
    '| checker | what holds when it is true | exercised by |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
