export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

export const list = (items: string[]) => items.map((item) => `- ${item}`).join('\n')

/** Text from a run must not become mark-up or HTML in somebody's Markdown viewer. */
export function escaped(text: string): string {
  return text
    .replaceAll(/[\\`*_[\]]/g, '\\$&')
    .replaceAll('<', '&lt;')
    .replaceAll(/\s*\n\s*/g, ' ')
}
