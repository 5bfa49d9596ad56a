import { html } from 'hono/html'
import type { Html } from '../../report/page.ts'
import { checkText } from '../../report/rows.ts'
import type { StockReport } from '../result.ts'
import { wordOf } from './rows.ts'

/** The checks that are not true everywhere, with the designs that broke them, and how many held. */
export function checksSection(
  { rungs, arms }: StockReport,
  promises: Record<string, string>,
): Html {
  const names = [
    ...new Set(Object.values(arms).flatMap(({ checkers }) => checkers.map(({ name }) => name))),
  ]
  const rows = names.map((name) => ({
    name,
    bad: rungs.flatMap((rung) => {
      const check = arms[rung.name]?.checkers.find((one) => one.name === name)
      return check?.verdict === 'true' ? [] : [{ rung, check }]
    }),
  }))
  const bad = rows.filter((row) => row.bad.length > 0)
  const held = `${rows.length - bad.length} of ${rows.length} checks hold in every design.`
  return html`
    <h3 class="grid">Is the data right?</h3>
    <p class="soft">${held} ${bad.length > 0 ? 'The others:' : ''}</p>
    ${
      bad.length === 0
        ? ''
        : html`<div class="scroll"><table><tbody>${bad.map(
            ({ name, bad }) => html`
              <tr class="check">
                <th scope="row"><span class="check-name">${name}</span>
                  <span class="promise">${promises[name] ?? ''}</span></th>
                <td class="broken">${bad.map(
                  ({ rung, check }) => html`<div>
                    <b>${wordOf(rung)}</b> ${checkText(check)}
                    <span class="example">${check?.first ?? ''}</span></div>`,
                )}</td>
              </tr>`,
          )}</tbody></table></div>`
    }`
}
