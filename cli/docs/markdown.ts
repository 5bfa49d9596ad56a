/** A page that names its generator. */
export function page(title: string, ...parts: string[]): string {
  const note =
    '<!-- Written by `./stampede docs` from the code; change the code, not this page. -->'
  return `${[`# ${title}`, note, ...parts].join('\n\n').trimEnd()}\n`
}

/** A table; cells are Markdown, and `|` in them is kept from ending the cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** Text as code, empty when there is none. */
export const code = (text: string | number | undefined) => (text === undefined ? '' : `\`${text}\``)

export const block = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\``
