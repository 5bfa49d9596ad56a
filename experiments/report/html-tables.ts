import { html } from 'hono/html'
import type { CheckResult, Report } from '../run/result.ts'
import type { Html } from './page.ts'
import { checkRowsOf, checkText, comparisonOf, hasThinP99, type Row } from './rows.ts'

/** Before, after and ratio, figure by figure. */
export function comparisonSection(report: Report): Html {
  const ratio = report.ratios !== null
  const columns = Object.keys(report.arms).length + (ratio ? 2 : 1)
  return html`
    <section aria-labelledby="figures">
      <h2 id="figures">${Object.keys(report.arms).length > 1 ? 'Side by side' : 'In figures'}</h2>
      <div class="scroll"><table class="comparison">
        <thead><tr><th scope="col"><span class="soft">figure</span></th>${armHeads(report, true)}
          ${ratio ? html`<th scope="col" class="figure">ratio, 95 % interval</th>` : ''}
        </tr></thead>
        ${comparisonOf(report).map(
          ({ title, rows }) => html`
            <tbody>
              <tr class="group"><th scope="rowgroup" colspan="${columns}">${title}</th></tr>
              ${rows.map((row) => comparisonRow(row, ratio))}
            </tbody>`,
        )}
      </table></div>
      ${
        hasThinP99(report)
          ? html`<p class="soft">* from fewer than 1,000 checkouts: indicative only.</p>`
          : ''
      }
    </section>`
}

/** Every checker with what it promises, each arm's verdict, and the first violation. */
export function checksSection(report: Report, promises: Record<string, string>): Html {
  const { sums } = report
  const arms = Object.keys(report.arms)
  return html`
    <section aria-labelledby="checks">
      <h2 id="checks">Is the data right?</h2>
      <p class="soft">Asked of the database, the bank’s own ledger and the clients’ own history,
        after everything went quiet. Unknown is never a pass.</p>
      <div class="scroll"><table>
        <thead><tr><th scope="col">check</th>${armHeads(report, false)}</tr></thead>
        <tbody>
          ${checkRowsOf(report).map((row) =>
            checkRow(arms, row.name, promises[row.name], row.cells),
          )}
          ${checkRow(
            arms,
            sums.name,
            'Started = outcomes, offered = started + dropped, each journey counted once.',
            arms.map(() => sums),
          )}
        </tbody>
      </table></div>
    </section>`
}

function armHeads(report: Report, figures: boolean): Html[] {
  const names = Object.keys(report.arms)
  return names.map((name, index) => {
    const role = index === 0 && names.length > 1 ? 'before' : 'after'
    return html`<th scope="col" class="arm ${role}${figures ? ' figure' : ''}">${name}</th>`
  })
}

function comparisonRow({ label, cells, ratio }: Row, withRatio: boolean): Html {
  return html`
    <tr>
      <th scope="row">${label}</th>
      ${cells.map((cell) => html`<td class="figure">${cell}</td>`)}
      ${withRatio ? html`<td class="figure ratio">${ratio}</td>` : ''}
    </tr>`
}

function checkRow(
  arms: string[],
  name: string,
  promise: string | undefined,
  cells: (CheckResult | undefined)[],
): Html {
  const examples = cells.flatMap((cell, index) =>
    cell && cell.verdict !== 'true' && cell.first ? [`${arms[index]}, ${cell.first}`] : [],
  )
  return html`
    <tr class="check">
      <th scope="row"><span class="check-name">${name}</span>
        ${promise ? html`<span class="promise">${promise}</span>` : ''}
        ${examples.map((first) => html`<span class="example">first in ${first}</span>`)}</th>
      ${cells.map(checkCell)}
    </tr>`
}

function checkCell(check: CheckResult | undefined): Html {
  return html`<td class="${check?.verdict ?? 'unknown'}">${checkText(check)}</td>`
}
