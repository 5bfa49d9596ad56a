import { type BoardEntry, row } from '../board.ts'
import { text, timeseries, tooHighFrom } from '../entries.ts'
import { arms, orZero, perSecond, query, rate, ratio, withinOrZero } from '../queries.ts'
import { optionPanel } from '../shared-panels.ts'

const events = (by: string, event: string) =>
  perSecond(by, 'stampede_coupons_total', `${arms},event="${event}"`)
const duration = 'stampede_http_request_duration_seconds'

export const coupons: BoardEntry = {
  uid: 'stampede-coupons',
  title: 'Coupons',
  description: 'How partners come by coupon numbers, and what it costs that they ask again.',
  arms: 'many',
  rows: [
    row('How numbers are issued', 6, [
      optionPanel('coupons', 'Numbers are issued by'),
      text(
        16,
        'A number is issued to one partner, once. Under **procedure** one statement ' +
          'does all, and reads the whole log for each coupon, the number marked; ' +
          '**application** sends the same queries one by one. **batched** issues for all that ' +
          'wait in one transaction.',
        'A crowd of buyers brings no partners: without them every rate here stays at 0.',
      ),
    ]),
    row('Are coupons issued?', 8, [
      timeseries('Coupons issued, and requests refused', 'ops')
        .good('issued is far above the rest.')
        .otherwise('pool-empty: fewer numbers are made than issued. failed: read the server’s log.')
        .show(rate('arm, event', 'stampede_coupons_total')),
      timeseries('A request for coupons: 95 % within', 's', tooHighFrom(0.1, 1))
        .good('milliseconds; 0 where no partner asks.')
        .otherwise('seconds under procedure: requests queue for the number that all have picked.')
        .show(withinOrZero(0.95, 'arm', duration, `${arms},route="coupons.issue"`)),
    ]),
    row('Do requests get in each other’s way?', 8, [
      timeseries('Collisions for one coupon issued', 'short', tooHighFrom(0.2, 1))
        .good('near 0.')
        .otherwise('grows with the requests at once: they pick the same number. Try batched.')
        .show(
          query(
            orZero(
              `${events('arm', 'collision')} / (${events('arm', 'issued')} > 0)`,
              events('arm', 'issued'),
            ),
            '{{arm}}',
          ),
        ),
      timeseries('Requests that share a transaction', 'short')
        .good('grows with the requests at once; empty unless coupons=batched.')
        .otherwise('stays at 1 under a crowd: requests do not wait for each other, or come singly.')
        .show(
          query(
            ratio('arm', ['stampede_coupon_merged_total', 'stampede_coupon_batches_total'], arms),
            '{{arm}}',
          ),
        ),
    ]),
  ],
}
