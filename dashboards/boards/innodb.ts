import { type BoardEntry, row } from '../board.ts'
import { timeseries, tooHighFrom, tooLowBelow } from '../entries.ts'
import {
  arms,
  dashed,
  labelled,
  orZero,
  perSecond,
  query,
  rate,
  serverGauge,
  serverRate,
  servers,
} from '../queries.ts'
import { blockPanel, optionPanel, upPanel } from '../shared-panels.ts'

const status = 'mysql_global_status'
const commits = `${servers},command="commit"`
const growth = (name: string) => serverRate(`${status}_${name}`)
const batches = 'stampede_order_lots'

export const innodb: BoardEntry = {
  uid: 'stampede-innodb',
  title: 'InnoDB locks and deadlocks',
  description:
    'Up side by side, each arm has a database server of its own. One that the arms share (in a ' +
    'rehearsal, in docker compose, or your own) has no arm: the blue bands say whose block it was.',
  arms: 'many',
  rows: [
    row('Locks', 8, [
      timeseries('Row locks being waited for now', 'short', tooHighFrom(2, 5))
        .good('0 or 1.')
        .otherwise('a hot row: a sequence row or the stock of the item that everybody wants.')
        .show(serverGauge('sum', `${status}_innodb_row_lock_current_waits`, 'waiting now')),
      timeseries('Row-lock waits begun', 'ops')
        .good('far fewer than orders a second.')
        .otherwise('close to one an order: every order queues. Try stock=conditional-update.')
        .show(labelled('arm', growth('innodb_row_lock_waits'), 'waits')),
      timeseries('Mean wait for a row lock', 's', tooHighFrom(0.05, 0.5))
        .good('a few milliseconds.')
        .otherwise(
          'as long as the transaction that holds it: is it calling the bank? A wait is counted ' +
            'when it ends, so a long one shows late.',
        )
        .show(
          labelled(
            'arm',
            orZero(
              `${growth('innodb_row_lock_time')} / 1000 / ` +
                `(${growth('innodb_row_lock_waits')} > 0)`,
              growth('innodb_row_lock_waits'),
            ),
            'mean wait',
          ),
        ),
      timeseries('Deadlocks, and transactions tried again', 'ops', tooHighFrom(0.1, 1))
        .good('none.')
        .otherwise(
          'two transactions took the same rows in another order; InnoDB rolled one back. ' +
            'Locking items in the order of their ids, or one transaction an item, ends it.',
        )
        .show(
          labelled('arm', growth('innodb_deadlocks'), 'deadlocks'),
          dashed(
            query(
              perSecond('arm, reason', 'stampede_transaction_retries_total', arms),
              '{{arm}} again after {{reason}}',
            ),
          ),
        ),
    ]),
    row('Orders that share a transaction', 8, [
      optionPanel('transaction', 'A transaction is'),
      timeseries('Orders, and transactions for them', 'ops')
        .good('orders follow the crowd, transactions level off; all 0: the option is another.')
        .otherwise('the two lie on each other: no order waits, so there is nothing to share.')
        .show(
          rate('arm', `${batches}_orders_total`, 'orders'),
          dashed(rate('arm', `${batches}_begun_total`, 'transactions')),
        ),
      timeseries('Shared transactions that were undone', 'ops', tooHighFrom(0.1, 1))
        .good('none.')
        .otherwise(
          'an order in the batch could not be (a key used twice, a quota), or the database went ' +
            'away: each order of the lot was then tried by itself.',
        )
        .show(rate('arm', `${batches}_undone_total`)),
    ]),
    row('Whose block it was', 4, [
      blockPanel(
        'the arms take turns, one at a time.',
        'both at once: figures without an arm belong to both.',
      ),
    ]),
    row('Sessions and work', 8, [
      timeseries('Sessions', 'short')
        .good('few of those connected are running: they finish at once.')
        .otherwise('as many running as connected: they wait for locks or for the processor.')
        .show(
          serverGauge('sum', `${status}_threads_running`, 'running'),
          dashed(serverGauge('sum', `${status}_threads_connected`, 'connected')),
        ),
      timeseries('Statements', 'ops')
        .good('commits stand in a fixed proportion to orders; rollbacks are rare.')
        .otherwise('many selects a commit: rows are read one at a time. Rollbacks: see deadlocks.')
        .show(
          rate(
            'arm, command',
            `${status}_commands_total`,
            '',
            `${servers},command=~"select|insert|update|delete|commit|rollback"`,
          ),
        ),
      timeseries('Writes of the redo log a commit', 'short')
        .good('below 1 under load: several commits share one write (group commit).')
        .otherwise('at 1 or more commits go one by one: they hold each other up by locks.')
        .show(
          // MySQL counts forced writes, MariaDB writes: either is one for a group of commits.
          labelled(
            'arm',
            `(${growth('innodb_os_log_fsyncs')} or ${growth('innodb_log_writes')}) / ` +
              `(${serverRate(`${status}_commands_total`, 'arm', commits)} > 0)`,
            'writes a commit',
          ),
        ),
    ]),
    row('Storage', 8, [
      timeseries('Old row versions not purged', 'short', tooHighFrom(10_000, 100_000))
        .good('goes back to near 0 between blocks.')
        .otherwise('a transaction stays open somewhere and keeps them alive: reads get slower.')
        .show(serverGauge('max', `${status}_innodb_history_list_length`, 'history list')),
      timeseries('Pages found in memory', 'percentunit', tooLowBelow(0.95, 0.99))
        .good('99 % and more.')
        .otherwise('the buffer pool is too small for the data: the disk is what is measured.')
        .show(
          labelled(
            'arm',
            `1 - ${growth('innodb_buffer_pool_reads')} / ` +
              `(${growth('innodb_buffer_pool_read_requests')} > 0)`,
            'found',
          ),
        ),
      timeseries('Pages of the buffer pool', 'short')
        .good('free pages are left.')
        .otherwise('none free, many dirty: writes wait until pages have been flushed.')
        .show(
          labelled('arm, state', `sum by (arm, state) (${status}_buffer_pool_pages{${servers}})`),
          dashed(
            serverGauge('sum', `${status}_buffer_pool_dirty_pages`, 'changed, not written yet'),
          ),
        ),
      upPanel(
        'Database',
        'mysql_up',
        'database',
        'up.',
        'down: its sampler cannot reach it; nothing else on this board is current.',
        6,
      ),
    ]),
  ],
}
