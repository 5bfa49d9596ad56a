import { html } from 'hono/html'
import { type Column, plainOf, type Row, type RowGroup, type Table, toneOf } from './document.ts'

/** A table that scrolls by itself where the window is narrower. */
export function tableElement({ columns, groups }: Table) {
  return html`
    <div class="scroll"><table>
      <thead><tr>${columns.map(headCell)}</tr></thead>
      ${groups.map((group) => bodyOf(group, columns))}
    </table></div>`
}

const headCell = ({ title, role, isFigure }: Column) =>
  html`<th scope="col" class="${[role ? `arm ${role}` : '', isFigure ? 'figure' : ''].join(' ')}"
    >${title}</th>`

function bodyOf({ title, rows }: RowGroup, columns: readonly Column[]) {
  const head = html`<tr class="group">
    <th scope="rowgroup" colspan="${columns.length}">${title ?? ''}</th></tr>`
  return html`<tbody>${title === undefined ? '' : head}${rows.map((row) => rowOf(row, columns))}
    </tbody>`
}

function rowOf({ cells, note, examples = [] }: Row, columns: readonly Column[]) {
  const [head = '', ...others] = cells
  const classOf = (index: number) => (columns[index]?.isFigure ? 'figure' : '')
  return html`
    <tr>
      <th scope="row" class="${classOf(0)} ${toneOf(head) ?? ''}">${plainOf(head)}
        ${note ? html`<span class="note">${note}</span>` : ''}
        ${examples.map((example) => html`<span class="example">${example}</span>`)}</th>
      ${others.map(
        (cell, index) =>
          html`<td class="${classOf(index + 1)} ${toneOf(cell) ?? ''}">${plainOf(cell)}</td>`,
      )}
    </tr>`
}
