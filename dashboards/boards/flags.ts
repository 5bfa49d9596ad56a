import { type BoardEntry, row } from '../board.ts'
import { timeseries, tooHighFrom } from '../entries.ts'
import { arms, labelled, moving, perSecond, quantile, query, rate, within } from '../queries.ts'

const requests = 'stampede_design_requests_total'
const ends = 'stampede_design_split_requests_total'
const duration = 'stampede_design_split_request_duration_seconds'
const by = 'arm, axis, option'
const bySide = 'arm, axis, side'

/** Of two options of one axis at once; an axis with one option says nothing here. */
const splitOnly = (expr: string) =>
  `${expr} and on (arm, axis) (count by (arm, axis)` +
  ` (max by (${by}) (stampede_design_share{${arms}}) > 0) > 1)`

const checkout = `${arms},class!="browse"`

export const flags: BoardEntry = {
  uid: 'stampede-flags',
  title: 'Flags',
  description: 'Which customers have which option while a shop is moved, and how they fare.',
  arms: 'many',
  rows: [
    row('Who has what?', 8, [
      timeseries('Share by option', 'percentunit')
        .good('the share that was asked for, as soon as the flag was changed.')
        .otherwise('another one: customers who come more often than others, or x-design.')
        .with({ width: 12, noValue: 'no axis has two options' })
        .show(
          query(
            splitOnly(
              `${perSecond(by, requests, arms)} / on (arm, axis) group_left ()` +
                ` (${perSecond('arm, axis', requests, arms)} > 0)`,
            ),
            '{{arm}} {{axis}}={{option}}',
          ),
        ),
      timeseries('Share by the flags', 'percentunit')
        .good('the same as beside this.')
        .otherwise('`PUT /designs/{axis}` sets it: docs/how-to/move-a-running-shop.md.')
        .with({ width: 12, noValue: 'no axis has two options' })
        .show(
          query(
            splitOnly(`max by (${by}) (stampede_design_share{${arms}}) > 0`),
            '{{arm}} {{axis}}={{option}}',
          ),
        ),
    ]),
    row('How do they fare?', 8, [
      timeseries('Failed, of the requests of an option', 'percentunit', tooHighFrom(0.01, 0.05))
        .good('both options alike, near 0.')
        .otherwise('one above the other: go back with `POST /designs/rollback`.')
        .with({ noValue: 'no axis has two options' })
        .show(outcomes('failed')),
      timeseries('Refused, of the requests of an option', 'percentunit')
        .good('both options alike: as many are sold out or declined.')
        .otherwise('one above the other: it refuses what the other one grants, or the reverse.')
        .with({ noValue: 'no axis has two options' })
        .show(outcomes('refused')),
      timeseries('Orders and payments: 95 % are answered within', 's', tooHighFrom(0.3, 0.5))
        .good('the new option is below the old one.')
        .otherwise('above it: the new option waits for something. Order flow shows where.')
        .with({ noValue: 'no axis has two options' })
        .show(labelled(bySide, quantile(0.95, bySide, duration, checkout))),
    ]),
    row('Would the other option answer the same?', 8, [
      timeseries('Mismatches of a shadow, by field', 'reqps', tooHighFrom(0.001, 1))
        .good('none: both options give every customer the same answer.')
        .otherwise('`GET /designs/shadow` has the values; the option is wrong until explained.')
        .with({ noValue: 'no mismatch' })
        .show(moving(rate('arm, axis, field', 'stampede_shadow_mismatches_total'))),
      timeseries('Requests of a shadow, by their end', 'reqps')
        .good('nearly all are the same, and what is dropped is a small part.')
        .otherwise('dropped: the shop is busy, lower its percent; failed: see its log.')
        .with({ noValue: 'no axis has a shadow' })
        .show(moving(rate('arm, axis, outcome', 'stampede_shadow_requests_total'))),
      timeseries('Fields that differ by nature', 'reqps')
        .good('only ids, times, and what other customers change meanwhile.')
        .otherwise('`GET /designs/shadow` lists them: ask why the old option differs from itself.')
        .with({ noValue: 'none' })
        .show(moving(rate('arm, axis', 'stampede_shadow_natural_total'))),
      timeseries('Runs of a shadow: 95 % take less than', 's', tooHighFrom(0.25, 1))
        .good('as long as a request takes; no customer waits for it.')
        .otherwise('near 2 s, where it is given up: it has two connections of its own.')
        .with({ noValue: 'no axis has a shadow' })
        .show(within(0.95, 'arm, axis', 'stampede_shadow_run_duration_seconds')),
    ]),
    row('What does a shadow on the shop’s own tables cost?', 6, [
      timeseries('Transactions that waited for a lock of a shadow', 'reqps', tooHighFrom(0.01, 1))
        .good('none: shadows write to tables of their own.')
        .otherwise('orders wait for runs that are rolled back: leave `writes` out of the flag.')
        .with({ noValue: 'none', width: 24 })
        .show(moving(rate('arm, axis', 'stampede_shadow_blocked_total'))),
    ]),
    row('Do all processes obey?', 8, [
      timeseries('Change in force, by process', 'short')
        .good('one step up, in all processes within a second.')
        .otherwise('one stays behind: it cannot read its flags, see beside this.')
        .with({ width: 12 })
        .show(
          query(
            `max by (arm, job, instance) (stampede_design_epoch{${arms}})`,
            '{{arm}} {{job}} {{instance}}',
          ),
        ),
      timeseries('Age of the flags', 's', tooHighFrom(1, 5))
        .good('below half a second.')
        .otherwise('the database is away, or the flags are of a later version: see its log.')
        .with({ width: 12 })
        .show(
          query(
            `max by (arm, job, instance) (stampede_design_flags_age_seconds{${arms}})`,
            '{{arm}} {{job}} {{instance}}',
          ),
        ),
    ]),
  ],
}

/** `option` = of most customers, `to` = of those in the share. */
function outcomes(outcome: 'failed' | 'refused') {
  const of = perSecond(bySide, ends, `${arms},outcome="${outcome}"`)
  const all = perSecond(bySide, ends, arms)
  return labelled(bySide, `${of} / (${all} > 0)`)
}
